import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { systemClock } from "@agentkeys/common/clock";
import { listen, type Listening } from "@agentkeys/common/http";
import { importSigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { ISSUER_PATHS } from "@agentkeys/common/oidc";
import { captureLog } from "@agentkeys/common/testing";
import { staticTls } from "@agentkeys/common/tls";
import { createAuthority, issueLeaf } from "../../../operator/src/tls/authority.ts";
import { createOidcApp } from "../../../signer/src/http/routes.ts";
import { SYSTEM } from "../fakes/services.ts";
import { TestMachine } from "../fakes/machine.ts";

const ISSUER = "https://oidc.acme.example";
const PATHS = { files: [...ISSUER_PATHS] };
const newKey = (): string =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }) as string;

/** The signer's public listener for real, in a cluster in memory. */
const k2 = newKey();
let signer: Listening;
let ca: string;
beforeAll(async () => {
  const authority = await createAuthority(systemClock.nowMs(), randomBytes);
  ca = authority.cert;
  const leaf = await issueLeaf({ authority, service: "signer", namespace: SYSTEM, nowMs: systemClock.nowMs(), random: randomBytes });
  const key = await importSigningKey(k2);
  const app = createOidcApp({ log: captureLog().log, metrics: createMetrics("signer"), issuer: ISSUER, key });
  signer = await listen(app, { port: 0, host: "127.0.0.1", tls: staticTls({ ...leaf, ca: authority.cert }) });
});
afterAll(() => signer.close(0));

function machineWith(): { machine: TestMachine; key: string; out: string; read: () => Buffer[] } {
  const machine = new TestMachine();
  machine.kubectl.put("configmap", { metadata: { namespace: SYSTEM, name: "agentkeys-trust-bundle" }, ...{ data: { "ca.crt": ca } } });
  machine.kubectl.ports.set(`${SYSTEM}/service/agentkeys-signer-oidc:8093`, signer.port);
  const [key, out] = [join(machine.folder, "k2.pem"), join(machine.folder, "site")];
  writeFileSync(key, k2, { mode: 0o600 });
  return { machine, key, out, read: () => PATHS.files.map((path) => readFileSync(join(out, path))) };
}

function served(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    get({ port: signer.port, host: "127.0.0.1", path, ca, checkServerIdentity: () => undefined }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks)));
    }).on("error", reject);
  });
}

test.each([["--from-signer"], ["--key"]])("with %s the files are, byte for byte, what the signer serves", async (from) => {
  const { machine, key, out, read } = machineWith();
  const source = from === "--key" ? [from, key] : [from];
  const { code, json: files } = await machine.run(["oidc", "export", "--issuer", ISSUER, ...source, "--out", out, "--json"]);
  expect(code).toBe(0);
  expect(files()).toEqual(PATHS.files.map((path) => ({ file: join(out, path) })));
  expect(read()).toEqual(await Promise.all(PATHS.files.map(served)));
  expect(machine.kubectl.open.size).toBe(0);
});

test("a key that will follow is published beside, and no private half of either", async () => {
  const { machine, key, out, read } = machineWith();
  const next = join(machine.folder, "next.pem");
  writeFileSync(next, newKey(), { mode: 0o600 });
  expect((await machine.run(["oidc", "export", "--issuer", ISSUER, "--key", key, "--next-key", next, "--out", out])).code).toBe(0);
  const { keys } = JSON.parse(read()[1]?.toString("utf8") ?? "") as { keys: { kid: string; d?: string }[] };
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
  for (const one of keys) expect(one).not.toHaveProperty("d");
});

test.each<[string[], number, RegExp]>([
  [["--issuer", ISSUER], 2, /either --key or --from-signer/],
  [["--issuer", ISSUER, "--from-signer", "--key", "x"], 2, /either --key or --from-signer/],
  [["--issuer", ISSUER, "--from-signer", "--next-key", "x"], 2, /--next-key needs --key/],
  [["--issuer", "https://oidc.acme.example/x", "--from-signer"], 2, /https origin/],
  [["--issuer", "https://other.example", "--from-signer"], 2, /another issuer, https:\/\/oidc.acme.example/],
  [["--issuer", ISSUER, "--key", "/nowhere"], 1, /cannot be read/],
])("%j is refused and nothing is written", async (words, exit, message) => {
  const { machine, out, read } = machineWith();
  const { code, err } = await machine.run(["oidc", "export", ...words, "--out", out]);
  expect(code).toBe(exit);
  expect(err).toMatch(message);
  expect(read).toThrow("ENOENT");
});
