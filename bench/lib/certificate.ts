import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** A certificate of one day for `upstream.test`, `localhost` and 127.0.0.1, made by openssl in a folder: paths of certificate and key. */
export function makeCertificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const names = "subjectAltName=DNS:upstream.test,DNS:localhost,IP:127.0.0.1";
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=bench"];
  execFileSync("openssl", [...made, "-addext", names, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { cert, key };
}
