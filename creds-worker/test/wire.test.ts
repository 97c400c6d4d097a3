import { expect, test } from "@jest/globals";
import { createHttpClient } from "@agentkeys/common/http";
import type { Running } from "@agentkeys/common/lifecycle";
import { createTestAuthority, freePort } from "@agentkeys/common/testing";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSignerConfig } from "../../signer/src/config.ts";
import { startSigner } from "../../signer/src/wire.ts";
import { readWorkerConfig } from "../src/config.ts";
import { startWorker } from "../src/wire.ts";

const dir = mkdtempSync(join(tmpdir(), "agentkeys-wire-"));
const path = (name: string): string => join(dir, name);
const address = `0x${"ab".repeat(20)}`;

function writeFiles(): void {
  const { cert, key, ca } = createTestAuthority().issue();
  for (const [name, text] of Object.entries({ cert, key, ca })) writeFileSync(path(name), text);
  const contracts = { registry: address, scope: address, epoch: address, lens: address };
  const rpcUrls = ["http://127.0.0.1:1"];
  writeFileSync(path("chain.json"), JSON.stringify({ profile: "anvil", chainId: 31337, rpcUrls, contracts }));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(path("k2.pem"), privateKey.export({ type: "sec1", format: "pem" }));
  mkdirSync(path("k3"));
  writeFileSync(path("k3/1"), Buffer.alloc(32, 1));
}

const shared = (port: number): string[] => [
  ...["--listen=0", `--admin-listen=${port}`, `--chain-file=${path("chain.json")}`, "--log-level=error", "--bucket=credentials"],
  ...[
    `--tls-cert-file=${path("cert")}`,
    `--tls-key-file=${path("key")}`,
    `--tls-ca-file=${path("ca")}`,
    "--broker-url=https://127.0.0.1:1",
  ],
];

/** Asks `/readyz` until each name is there with a reason, as it is once every first probe has failed. */
async function notReadyWith(port: number, names: readonly string[]): Promise<void> {
  const client = createHttpClient();
  const missing = async (): Promise<string[]> => {
    const { status, body } = await client.json("GET", `http://127.0.0.1:${port}/readyz`);
    expect(status).toBe(503);
    return (body as { missing: string[] }).missing;
  };
  let found = await missing();
  while (found.some((text) => text.includes("not asked yet"))) found = await missing();
  expect(found.map((text) => text.split(": ")[0])).toEqual(names);
  expect(await client.json("GET", `http://127.0.0.1:${port}/healthz`)).toMatchObject({ status: 200 });
  await client.close();
}

test("worker and signer start without their peers, stay alive, and say on /readyz what each misses", async () => {
  writeFiles();
  const context = (argv: string[]): Parameters<typeof readWorkerConfig>[0] => ({
    argv,
    env: {},
    signal: new AbortController().signal,
    stdout: process.stdout,
    stderr: process.stderr,
  });
  const [workerPort, signerPort] = [await freePort(), await freePort()];
  const worker = readWorkerConfig(
    context([
      ...shared(workerPort),
      "--public-url=https://worker.test",
      "--signer-url=https://127.0.0.1:1",
      "--s3-endpoint=https://127.0.0.1:1",
    ]),
  );
  const own = [
    "--oidc-listen=0",
    "--oidc-issuer=https://oidc.test",
    "--worker-url=https://worker.test",
    "--role-arn=arn:aws:iam::0:role/a",
  ];
  const keys = [`--k3-dir=${path("k3")}`, `--oidc-key-file=${path("k2.pem")}`, "--sts-endpoint=https://127.0.0.1:1"];
  const signer = readSignerConfig(context([...shared(signerPort), ...own, ...keys]));
  const running: Running[] = [await startWorker(worker), await startSigner(signer)];
  try {
    await notReadyWith(workerPort, ["chain", "broker keys", "signer"]);
    await notReadyWith(signerPort, ["chain and K3", "broker keys"]);
  } finally {
    for (const service of running) await service.stop();
    rmSync(dir, { recursive: true });
  }
});
