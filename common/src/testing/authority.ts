import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A CA of one test, made by the openssl command. */
export interface TestAuthority {
  ca: string;
  /** A leaf for localhost and 127.0.0.1, with a URI name for mTLS when given. */
  issue(uri?: string): { cert: string; key: string; ca: string };
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function inFolder<T>(work: (openssl: (...args: string[]) => void, dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), "agentkeys-ca-"));
  try {
    return work((...args) => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" }), dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Makes a fresh CA; `name` tells it from others in certificates. */
export function createTestAuthority(name = "test ca"): TestAuthority {
  const own = inFolder((openssl, dir) => {
    openssl("req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", `/CN=${name}`);
    return { ca: readFileSync(join(dir, "ca.crt"), "utf8"), key: readFileSync(join(dir, "ca.key"), "utf8") };
  });
  let serial = 1;
  return {
    ca: own.ca,
    issue: (uri) =>
      inFolder((openssl, dir) => {
        const names = ["DNS:localhost", "IP:127.0.0.1", ...(uri === undefined ? [] : [`URI:${uri}`])];
        writeFileSync(join(dir, "ca.crt"), own.ca);
        writeFileSync(join(dir, "ca.key"), own.key);
        writeFileSync(join(dir, "ext"), `subjectAltName=${names.join(",")}\n`);
        openssl("req", "-new", ...KEY, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=leaf");
        const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", String(++serial), "-extfile", "ext", "-days", "1"];
        openssl("x509", "-req", "-in", "leaf.csr", "-out", "leaf.crt", ...signed);
        return { cert: readFileSync(join(dir, "leaf.crt"), "utf8"), key: readFileSync(join(dir, "leaf.key"), "utf8"), ca: own.ca };
      }),
  };
}
