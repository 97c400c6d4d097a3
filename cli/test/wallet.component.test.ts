import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptKeystoreJson, Wallet } from "ethers";
import { keyHex, serviceHash } from "@agentkeys/common/identity";
import { captureLog } from "@agentkeys/common/testing";
import { openChainWriter, type ChainWriter } from "../../operator/src/chain/index.ts";
import { createKubectl } from "../src/kube/kubectl.ts";
import { realMachine, WALLET_VARIABLE } from "../src/machine.ts";
import { TestMachine } from "./fakes/machine.ts";
import { startServices, type Services } from "./fakes/services.ts";

const PASSWORD = "correct horse battery staple";
const GRANT = ["grant", "team-a/research", "openai", "--json"];

let services: Services;
let writer: ChainWriter;
let machine: TestMachine;
let key: string;
let keystore: string;

beforeAll(async () => {
  services = await startServices();
  writer = openChainWriter(services.chain.config, services.chain.walletKey, captureLog().log);
  key = keyHex(services.chain.walletKey);
  // Few rounds: the format is the same, the test is quick.
  const scrypt = { N: 2, r: 1, p: 1 };
  keystore = await encryptKeystoreJson({ address: new Wallet(key).address, privateKey: key }, PASSWORD, { scrypt });
}, 60_000);
afterAll(async () => {
  writer.close();
  await services.stop();
});
beforeEach(() => {
  machine = new TestMachine();
  services.install(machine);
  // Without it nothing but the wallet under test could sign.
  machine.kubectl.remove("secret", "agentkeys-wallet");
});

function file(name: string, text: string, mode = 0o600): string {
  const path = join(machine.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const granted = async (): Promise<boolean> => (await writer.scope(services.actorOmni)).services.includes(serviceHash("openai"));

describe("the master wallet", () => {
  test("of a keystore signs after its password was typed; neither is shown", async () => {
    const path = file("keystore.json", keystore);
    const outcome = await machine.run([...GRANT, "--wallet-file", path], { answers: [PASSWORD] });
    expect(outcome).toMatchObject({ code: 0 });
    expect(machine.asked).toEqual([`Password of ${path}: `]);
    expect(await granted()).toBe(true);
    expect(outcome.out + outcome.err).not.toMatch(new RegExp(`${PASSWORD}|${key.slice(2)}`));
    await writer.revokeScope(services.actorOmni);
  });

  test("of a keystore signs with the password of a file, where nobody can be asked", async () => {
    const flags = ["--wallet-file", file("keystore.json", keystore), "--password-file", file("password", `${PASSWORD}\n`)];
    expect(await machine.run([...GRANT, ...flags])).toMatchObject({ code: 0 });
    expect(await granted()).toBe(true);
    await writer.revokeScope(services.actorOmni);
  });

  test("of the environment signs without a file, is shown nowhere and goes to no other program", async () => {
    machine.env[WALLET_VARIABLE] = key;
    const outcome = await machine.run(GRANT);
    expect(outcome).toMatchObject({ code: 0 });
    expect(await granted()).toBe(true);
    expect(outcome.out + outcome.err).not.toContain(key.slice(2));
    await writer.revokeScope(services.actorOmni);
  });

  test.each<[string, () => string[], RegExp]>([
    ["a keystore others can read", () => [file("keystore.json", keystore, 0o644)], /is open to others: run chmod 600/],
    ["a plain key others can read", () => [file("key", key, 0o640)], /is open to others: run chmod 600/],
    [
      "a password file others can read",
      () => [file("keystore.json", keystore), "--password-file", file("password", PASSWORD, 0o604)],
      /password is open to others/,
    ],
    [
      "a wrong password",
      () => [file("keystore.json", keystore), "--password-file", file("password", "guess")],
      /The password does not open .*keystore\.json/,
    ],
    [
      "a broken keystore",
      () => [file("keystore.json", '{"version":3}'), "--password-file", file("password", PASSWORD)],
      /is no keystore that can be opened/,
    ],
    ["a keystore and nobody to ask", () => [file("keystore.json", keystore)], /no terminal/],
    ["a file that is no key", () => [file("key", "sk-canary-no-key")], /32 raw bytes or 64 hex digits/],
    ["a folder", () => (mkdirSync(join(machine.folder, "d"), 0o700), [join(machine.folder, "d")]), /cannot be read/],
    ["a file that is not there", () => [join(machine.folder, "none")], /cannot be read/],
    ["another operator's key", () => [file("key", "11".repeat(32))], /give its master wallet with --wallet-file/],
  ])("of %s is refused with what to do", async (_what, flags, words) => {
    const outcome = await machine.run([...GRANT, "--wallet-file", ...flags()]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringMatching(words) });
    expect(outcome.err).not.toMatch(/canary|correct horse/);
    expect(await granted()).toBe(false);
  });

  test("of an environment that holds no key is refused without showing it", async () => {
    machine.env[WALLET_VARIABLE] = "sk-canary-instead-of-a-key-32byt";
    const outcome = await machine.run(GRANT);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining(`${WALLET_VARIABLE} must hold a key`) });
    expect(outcome.err).not.toContain("canary");
  });
});

test("kubectl and its plugins do not inherit the wallet", async () => {
  const binary = file("kubectl", `#!/bin/sh\necho "{\\"wallet\\":\\"$${WALLET_VARIABLE}\\"}"\n`, 0o700);
  const env = { PATH: process.env["PATH"], KUBECTL: binary, [WALLET_VARIABLE]: key };
  const context = { argv: [], env, signal: new AbortController().signal, stdout: process.stdout, stderr: process.stderr };
  const { kubectl } = realMachine(context, () => Promise.resolve(0));
  expect(await kubectl.get("pods", { namespace: "team-a", name: "x" })).toEqual({ wallet: "" });
  const leaky = createKubectl(env, new AbortController().signal);
  expect(await leaky.get("pods", { namespace: "team-a", name: "x" })).toEqual({ wallet: key });
});
