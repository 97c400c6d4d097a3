import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KeyPair {
  cert: string;
  key: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x"];

export const GOOD = "subjectAltName=URI:spiffe://agents.test/a\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n";
const AUTHORITY = "keyUsage=critical,keyCertSign,cRLSign\nbasicConstraints=critical,CA:TRUE\n";

/** A certificate with exactly these extensions, and its key; signed by itself when there is no issuer. */
export function certificateWith(extensions: string, of: { days?: number; issuer?: KeyPair } = {}): KeyPair {
  const dir = mkdtempSync(join(tmpdir(), "agentkeys-svid-"));
  const { days = 1, issuer } = of;
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  try {
    writeFileSync(join(dir, "conf"), `[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\n${extensions}`);
    const asked = ["req", ...KEY, "-config", "conf", "-keyout", "key"];
    if (issuer === undefined) openssl(...asked, "-x509", "-days", String(days), "-out", "cert");
    else {
      writeFileSync(join(dir, "ca.crt"), issuer.cert);
      writeFileSync(join(dir, "ca.key"), issuer.key);
      openssl(...asked, "-new", "-out", "csr");
      const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "7", "-extfile", "conf", "-extensions", "ext"];
      openssl("x509", "-req", "-in", "csr", ...signed, "-days", String(days), "-out", "cert");
    }
    return { cert: read("cert"), key: read("key") };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** An authority that signs SVIDs. */
export function createAuthority(): KeyPair {
  return certificateWith(AUTHORITY, { days: 9 });
}
