import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectKey } from "@agentkeys/common/envelope";
import { keyHex } from "@agentkeys/common/identity";
import { TestMachine, type Outcome } from "./fakes/machine.ts";
import { startServices, SYSTEM, type Services } from "./fakes/services.ts";

const VALUE = "sk-canary-of-the-command-line";
const BINDING = ["--binding", "team-a/research"];
let services: Services;
let machine: TestMachine;
const everything: string[] = [];

beforeAll(async () => {
  services = await startServices();
}, 60_000);
afterAll(async () => {
  await services.stop();
});
beforeEach(() => {
  machine = new TestMachine();
  services.install(machine);
  services.store.objects.clear();
});

async function run(argv: readonly string[], input?: string): Promise<Outcome> {
  const outcome = await machine.run(argv, input === undefined ? {} : { input });
  everything.push(outcome.out, outcome.err);
  return outcome;
}

const put = (service: string, ...more: string[]): Promise<Outcome> =>
  run(["credential", "put", service, ...BINDING, ...more], `${VALUE}\n`);
const stored = (service: string): boolean => services.store.objects.has(objectKey(services.actorOmni, service));

describe("credential put", () => {
  test("stores what standard input holds, with a device of one's own that the first call registers", async () => {
    const first = await put("openai");
    expect(first).toMatchObject({ code: 0 });
    expect(first.err).toMatch(/made a device key of your own: .*\nevaluation: using the wallet of Secret .*\nregistered your device/);
    expect(stored("openai")).toBe(true);
    const second = await put("github", "--json");
    expect(second.err).toBe("");
    expect(second.json()).toEqual({ binding: "team-a/research", service: "github", version: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(machine.kubectl.open.size).toBe(0);
  });

  test("the wallet of init registers the device when it is the operator's", async () => {
    const file = join(machine.folder, "key");
    writeFileSync(file, keyHex(services.chain.walletKey), { mode: 0o600 });
    expect(await run(["init", "--wallet-file", file])).toMatchObject({ code: 0 });
    const outcome = await put("openai");
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.err).not.toContain("Secret");
  });

  test("one RPC URL stands in for a quorum of several", async () => {
    const { config, url } = services.chain;
    const several = { ...config, rpcUrls: ["http://one.test", "http://two.test"], quorum: 2 };
    const data = { "chain.json": JSON.stringify(several) };
    machine.kubectl.put("configmap", { metadata: { namespace: SYSTEM, name: "agentkeys-chain" }, ...{ data } });
    expect(await put("openai", "--rpc-url", url)).toMatchObject({ code: 0, err: expect.stringContaining("registered your device") });
  });

  test("a file is read too, and one newline at its end is left out", async () => {
    const file = join(machine.folder, "value");
    const sizeOf = (): number => services.store.objects.get(objectKey(services.actorOmni, "openai"))?.body.length ?? 0;
    writeFileSync(file, VALUE);
    expect(await run(["credential", "put", "openai", ...BINDING, "--file", file])).toMatchObject({ code: 0 });
    const bare = sizeOf();
    for (const end of ["\n", "\r\n"]) {
      writeFileSync(file, `${VALUE}${end}`);
      expect(await run(["credential", "put", "openai", ...BINDING, "--file", file])).toMatchObject({ code: 0 });
      expect(sizeOf()).toBe(bare);
    }
    writeFileSync(file, `${VALUE}\n\n`);
    await run(["credential", "put", "openai", ...BINDING, "--file", file]);
    expect(sizeOf()).toBe(bare + 1);
  });

  test("a value given as an argument is refused and not repeated", async () => {
    for (const words of [[VALUE], ["--value", VALUE], [`--value=${VALUE}`], [`-${VALUE}`], [`--${VALUE}`]]) {
      const outcome = await run(["credential", "put", "openai", ...words, ...BINDING], "");
      expect(outcome.code).toBe(2);
      expect(outcome.out + outcome.err).not.toContain("canary");
    }
    expect(machine.kubectl.asked).toEqual([]);
  });

  test.each([
    ["an empty value", "\n", /empty/],
    ["one longer than the wire takes", "x".repeat(65_536), /longer than 65535/],
  ])("%s is refused before anything is asked of the services", async (_name, input, words) => {
    const outcome = await run(["credential", "put", "openai", ...BINDING], input);
    expect(outcome).toMatchObject({ code: 2, err: expect.stringMatching(words) });
    expect(services.store.objects.size).toBe(0);
  });

  test("nothing is typed: a terminal as standard input is refused with the two other ways", async () => {
    expect(await run(["credential", "put", "openai", ...BINDING])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/key\.txt.*--file/),
    });
  });

  test("a service the binding does not have is a typing mistake, not a place to store", async () => {
    expect(await put("openia")).toMatchObject({ code: 1, err: expect.stringMatching(/has no service openia \(it has openai, github\)/) });
  });

  test("a lost race is told, and create-only keeps what is there", async () => {
    const { version } = (await put("openai", "--json")).json() as { version: string };
    expect(await put("openai", "--create-only")).toMatchObject({ code: 1, err: expect.stringContaining("version changed") });
    expect(await put("openai", "--if-version", "0".repeat(32))).toMatchObject({ code: 1 });
    expect(await put("openai", "--if-version", version)).toMatchObject({ code: 0 });
    expect(await put("openai", "--if-version", version, "--create-only")).toMatchObject({ code: 2 });
  });
});

describe("credential list and rm", () => {
  test("lists services and versions, removes one, then all", async () => {
    await put("openai");
    await put("github");
    const list = async (): Promise<unknown> => (await run(["credential", "list", ...BINDING, "--json"])).json();
    expect(await list()).toEqual([
      { service: "github", version: expect.any(String), updated: expect.any(String) },
      { service: "openai", version: expect.any(String), updated: expect.any(String) },
    ]);
    const removed = await run(["credential", "rm", "openai", ...BINDING, "--json"]);
    expect(removed.json()).toEqual([{ service: "openai", deleted: 1, failed: "" }]);
    expect([stored("openai"), stored("github")]).toEqual([false, true]);
    expect((await run(["credential", "rm", "openai", ...BINDING, "--json"])).json()).toEqual([
      { service: "openai", deleted: 0, failed: "" },
    ]);
    expect(await run(["credential", "rm", "--all", ...BINDING])).toMatchObject({ code: 0 });
    expect(await list()).toEqual([]);
  });

  test("neither names nor --all, or both, is a wrong call", async () => {
    expect(await run(["credential", "rm", ...BINDING])).toMatchObject({ code: 2 });
    expect(await run(["credential", "rm", "openai", "--all", ...BINDING])).toMatchObject({ code: 2 });
  });
});

describe("what stands in the way names the next step", () => {
  test("a wallet of another operator is refused before anything is sent", async () => {
    expect(await run(["init"])).toMatchObject({ code: 0 });
    const outcome = await run(["credential", "put", "openai", ...BINDING, "--wallet-file", machine.home("wallet")], VALUE);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining("give its master wallet with --wallet-file") });
    expect(services.store.objects.size).toBe(0);
  });

  test("a binding without an actor, and one that does not exist", async () => {
    machine.kubectl.put("agentkeysbindings.agentkeys.io", { metadata: { namespace: "team-a", name: "fresh" } });
    expect(await run(["credential", "list", "--binding", "team-a/fresh"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("wait for the operator"),
    });
    expect(await run(["credential", "list", "--binding", "team-a/none"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("kubectl get"),
    });
    expect(await run(["credential", "list", "--binding", "--all"])).toMatchObject({ code: 2 });
  });

  test("a key file that others may read is refused", async () => {
    await put("openai");
    chmodSync(machine.home("device"), 0o644);
    expect(await put("openai")).toMatchObject({ code: 1, err: expect.stringContaining("chmod 600") });
  });
});

test("no value and no key was printed or logged by anybody", () => {
  const printed = everything.join("\n") + services.log();
  expect(printed).not.toContain("canary");
  expect(printed).not.toContain(keyHex(services.chain.walletKey).slice(2));
});
