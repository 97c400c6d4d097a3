import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Leaf {
  cert: string;
  key: string;
}
export interface TestCa {
  pem: string;
  issue(name: string, options?: { expired?: boolean }): Leaf;
  selfSigned(name: string): Leaf;
}

/** A CA and leaves made by the openssl command, in a fresh temporary folder. */
export function createTestCa(): TestCa {
  const dir = mkdtempSync(join(tmpdir(), "agentkeys-proxy-"));
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test ca");
  const read = (file: string): string => readFileSync(join(dir, file), "utf8");
  let serial = 0;
  return {
    pem: read("ca.crt"),
    issue(name, options = {}) {
      serial += 1;
      const id = `leaf${serial}`;
      openssl("req", "-new", ...key, "-keyout", `${id}.key`, "-out", `${id}.csr`, "-subj", `/CN=${name}`);
      writeFileSync(join(dir, `${id}.ext`), `subjectAltName=DNS:${name}\n`);
      const dates = options.expired === true ? ["-not_before", "20200101000000Z", "-not_after", "20200102000000Z"] : ["-days", "1"];
      const ca = ["-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", String(serial)];
      try {
        openssl("x509", "-req", "-in", `${id}.csr`, ...ca, "-extfile", `${id}.ext`, "-out", `${id}.crt`, ...dates);
      } catch (fault) {
        if (options.expired !== true) throw fault;
        // Older openssl cannot set dates in `x509`: a life of -1 days has ended as well.
        openssl("x509", "-req", "-in", `${id}.csr`, ...ca, "-extfile", `${id}.ext`, "-out", `${id}.crt`, "-days", "-1");
      }
      return { cert: read(`${id}.crt`), key: read(`${id}.key`) };
    },
    selfSigned(name) {
      const san = ["-addext", `subjectAltName=DNS:${name}`];
      openssl("req", "-x509", ...key, "-keyout", "self.key", "-out", "self.crt", "-days", "1", "-subj", `/CN=${name}`, ...san);
      return { cert: read("self.crt"), key: read("self.key") };
    },
  };
}
