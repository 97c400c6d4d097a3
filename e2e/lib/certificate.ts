import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
}

/**
 * A self-signed certificate of two days, made by openssl in a folder; `names` as in subjectAltName, the first one's value is its
 * common name.
 */
export function makeCertificate(names: readonly string[], folder = mkdtempSync(join(tmpdir(), "agentkeys-certificate-"))): Certificate {
  const [certFile, keyFile] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  // A common name holds 64 characters.
  const subject = `/CN=${(names[0] ?? "")
    .replace(/^[^:]*:/, "")
    .replaceAll("/", "-")
    .slice(-64)}`;
  const subjects = ["-subj", subject, "-addext", `subjectAltName=${names.join(",")}`];
  const written = ["-keyout", keyFile, "-out", certFile];
  execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "2", ...subjects, ...written], { stdio: "pipe" });
  return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8"), certFile, keyFile };
}
