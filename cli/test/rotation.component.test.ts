import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectKey, objectPrefix } from "@agentkeys/common/envelope";
import { keyHex, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import { fundWithAnvil } from "@agentkeys/contracts/deploy";
import { computeAddress } from "ethers";
import { openChainWriter } from "../../operator/src/chain/index.ts";
import { fetchCredential } from "../../sidecar/src/caps/fetch.ts";
import { BUCKET, Installation, SYSTEM } from "./fakes/installation.ts";
import { TestMachine, type Outcome } from "./fakes/machine.ts";

interface OlderActor {
  omni: string;
  wallet: string;
  objects: { key: string; service: string; secret: string; blob_hex: string }[];
}
/** Written by an implementation in another language: see generate.py beside it. */
const OLDER = JSON.parse(readFileSync(new URL("../../creds-worker/test/fixtures/v1/objects.json", import.meta.url), "utf8")) as {
  master_secret: string;
  actors: [OlderActor, OlderActor];
};
const SERVICES = ["openai", "github", "anthropic", "openrouter"];
const [OLD_A, OLD_B] = OLDER.actors;

let world: Installation;
let machine: TestMachine;
let older: { actor: Hex; of: OlderActor }[];

beforeAll(async () => {
  world = await Installation.start({
    agents: ["a", "b", "older-a", "older-b"],
    services: SERVICES,
    legacy: (started) => {
      older = [OLD_A, OLD_B].map((of, index) => ({ actor: started.agent(index === 0 ? "older-a" : "older-b").actorOmni, of }));
      for (const { actor, of } of older) started.wallets[actor] = { wallet: of.wallet };
      writeFileSync(join(started.legacyDir, "master-secret"), OLDER.master_secret);
      mapWallets(started.legacyDir, older.slice(0, 1));
    },
  });
  machine = new TestMachine();
  world.install(machine);
  for (const { of } of older) for (const { key, blob_hex: hex } of of.objects) await putRaw(key, Buffer.from(hex, "hex"));
}, 90_000);
afterAll(async () => {
  await world.stop();
});

function mapWallets(dir: string, entries: typeof older): void {
  const map = Object.fromEntries(entries.map(({ actor, of }) => [actor, { wallet: of.wallet, omni: of.omni }]));
  writeFileSync(join(dir, "wallets.json"), JSON.stringify(map));
}
async function rivalWallet(rpcUrl: string): Promise<Secret> {
  const key = Secret.of(Buffer.alloc(32, 0x77));
  await fundWithAnvil(rpcUrl, computeAddress(keyHex(key)));
  return key;
}
const putRaw = (Key: string, Body: Uint8Array): Promise<unknown> =>
  world.minio.root.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
async function bytes(Key: string): Promise<Buffer | null> {
  try {
    const { Body } = await world.minio.root.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch {
    return null;
  }
}
const header = async (agent: string, service = "openai"): Promise<number[]> => [
  ...((await bytes(objectKey(world.agent(agent).actorOmni, service)))?.subarray(0, 2) ?? []),
];
const store = (agent: string, service: string, value: string): Promise<unknown> =>
  world.vault.store({ actorOmni: world.agent(agent).actorOmni, service, value: Secret.of(value) });
const read = async (agent: string, service = "openai"): Promise<string> =>
  (await fetchCredential(service, world.agent(agent).fetchDeps)).secret.reveal();
const run = (...argv: string[]): Promise<Outcome> => machine.run(argv);
const json = async (...argv: string[]): Promise<Record<string, unknown>> =>
  (await run(...argv, "--json")).json() as Record<string, unknown>;
const leftOf = (answer: Record<string, unknown>): unknown[] => answer["left"] as unknown[];

/** Fetches and stores one after the other until told to stop, twice at least; what failed, and the most caps that one call took. */
function load(agent: string, service: string): { stop: () => Promise<{ faults: unknown[]; calls: number; mostCaps: number }> } {
  const stopping = new AbortController();
  const { calls } = world.agent(agent);
  const result = { faults: [] as unknown[], calls: 0, mostCaps: 0 };
  const running = (async () => {
    for (let turn = 0; turn < 2 || !stopping.signal.aborted; turn += 1) {
      calls.length = 0;
      await read(agent, service).catch((fault: unknown) => result.faults.push(fault));
      result.calls += 1;
      result.mostCaps = Math.max(result.mostCaps, calls.filter((path) => path.startsWith("/v1/cap/")).length);
      await store(agent, "openrouter", `value ${turn}`).catch((fault: unknown) => result.faults.push(fault));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      return result;
    },
  };
}

describe("a rotation, under load", () => {
  beforeAll(async () => {
    for (const agent of ["a", "b"]) for (const service of ["openai", "github"]) await store(agent, service, `sk-${agent}-${service}`);
  });

  test("WRK-16 moves the chain once every signer holds the key; no call fails, none takes more than two caps, old blobs are read", async () => {
    const running = [load("a", "openai"), load("b", "github")];
    const rotated = await run("rotate", "k3", "--json");
    const results = await Promise.all(running.map(({ stop }) => stop()));
    expect(rotated).toMatchObject({ code: 0 });
    expect(rotated.json()).toEqual({ from: 1, to: 2, done: true });
    for (const { faults, calls, mostCaps } of results) {
      expect(faults).toEqual([]);
      expect(calls).toBeGreaterThan(1);
      expect(mostCaps).toBeLessThanOrEqual(2);
    }
    const order = ["made key 2", "every signer (2) holds key 2", "the chain is at epoch 2", "every signer (2) has seen epoch 2"];
    const places = order.map((text) => rotated.err.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((x, y) => x - y));
    expect([await header("a"), await read("a")]).toEqual([[4, 1], "sk-a-openai"]);
    await store("b", "openai", "sk-new");
    expect(await header("b")).toEqual([4, 2]);
    expect(machine.kubectl.open.size).toBe(0);
  }, 60_000);

  test("status says where it stands; the key itself is in nothing that was printed", async () => {
    const status = await run("rotate", "status");
    expect(status).toMatchObject({ code: 0 });
    expect(status.out).toMatch(/epoch +2\n[^]*keys +1, 2\n[^]*rotation under way +none[^]*agentkeys-signer-b +2 +1 \([0-9a-f]{16}\), 2 \(/);
    const secret = await machine.kubectl.get<{ data: Record<string, string> }>("secret", { namespace: SYSTEM, name: "agentkeys-k3" });
    expect(status.out + status.err).not.toContain(secret?.data["2"] ?? "");
  });

  test("a key that something needs is not retired, and neither is the current one", async () => {
    const refused = await run("rotate", "retire", "--epoch", "1", "--quiet-seconds", "0", "--json");
    expect(refused.code).toBe(1);
    expect(refused.json()).toMatchObject({
      retired: false,
      needing: expect.arrayContaining([expect.objectContaining({ credential: "team-a/a openai" })]),
    });
    for (const epoch of ["2", "3"])
      expect(await run("rotate", "retire", "--epoch", epoch)).toMatchObject({
        code: 2,
        err: expect.stringContaining("The chain is at epoch 2"),
      });
    expect(await run("rotate", "retire", "--epoch", "256")).toMatchObject({ code: 2 });
  });

  test("reencrypt shows what it would do, may be interrupted, goes on, and reads every value as before", async () => {
    const dry = await json("rotate", "reencrypt", "--dry-run");
    expect(leftOf(dry).length).toBeGreaterThanOrEqual(3);
    expect(await header("a")).toEqual([4, 1]);
    const interrupted = new AbortController();
    machine.signal = interrupted.signal;
    interrupted.abort();
    expect(await run("rotate", "reencrypt")).toMatchObject({ code: 1 });
    machine.signal = new AbortController().signal;
    const running = load("b", "github");
    const done = await run("rotate", "reencrypt", "--json");
    expect((await running.stop()).faults).toEqual([]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.err).toContain("team-a/a openai: epoch 1 -> epoch 2");
    expect(leftOf(done.json() as Record<string, unknown>)).toEqual([]);
    expect([await header("a"), await read("a"), await read("a", "github")]).toEqual([[4, 2], "sk-a-openai", "sk-a-github"]);
    expect(leftOf(await json("rotate", "reencrypt", "--dry-run"))).toEqual([]);
  }, 30_000);

  test("then the old key is retired from the Secret and from every signer, and everything is still read", async () => {
    const retired = await run("rotate", "retire", "--epoch", "1", "--quiet-seconds", "0", "--json");
    expect(retired).toMatchObject({ code: 0 });
    expect(retired.json()).toMatchObject({ retired: true, needing: [] });
    const status = await json("rotate", "status");
    expect(status["keys"]).toEqual([2]);
    for (const signer of status["signers"] as { keys: { epoch: number }[] }[]) expect(signer.keys.map(({ epoch }) => epoch)).toEqual([2]);
    expect(await read("a")).toBe("sk-a-openai");
    expect(await run("rotate", "retire", "--epoch", "1", "--quiet-seconds", "0")).toMatchObject({ code: 0 });
  }, 30_000);

  test("an operator that cannot be looked at stands in the way, until it is said that it stores nothing here", async () => {
    const rival = openChainWriter(world.chain.config, await rivalWallet(world.chain.url), captureLog().log);
    await rival.registerMaster(`0x${"9".repeat(64)}`);
    rival.close();
    const refused = await run("rotate", "retire", "--epoch", "1", "--quiet-seconds", "0");
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`Operator ${rival.operatorOmni} may have something`) });
    const named = ["--operators", world.operatorOmni];
    expect(await run("rotate", "retire", "--epoch", "1", "--quiet-seconds", "0", ...named)).toMatchObject({ code: 0 });
  }, 30_000);

  test("--prepare stops before the chain and is ended when the governance wallet has moved it", async () => {
    const prepared = await json("rotate", "k3", "--prepare");
    const contract = world.chain.config.contracts.epoch;
    expect(prepared).toMatchObject({ from: 2, to: 3, done: false, contract, data: expect.stringMatching(/^0x[0-9a-f]{8}$/) });
    expect(await json("rotate", "status")).toMatchObject({ epoch: 2, keys: [2, 3], rotatingTo: 3 });
    expect(await json("rotate", "k3")).toEqual({ from: 2, to: 3, done: true });
    expect(await json("rotate", "status")).toMatchObject({ epoch: 3, rotatingTo: null });
  }, 30_000);
});

describe("a migration, on data that another implementation wrote", () => {
  test("WRK-14 a wallet-keyed credential is read, copied under the epoch, and its blob stays as it was", async () => {
    const [{ service, secret, key, blob_hex: hex }] = OLD_A.objects as [OlderActor["objects"][0]];
    expect(await read("older-a", service)).toBe(secret);
    expect((await bytes(objectKey(world.agent("older-a").actorOmni, service)))?.subarray(0, 2)).toEqual(Buffer.of(4, 3));
    expect((await bytes(key))?.toString("hex")).toBe(hex);
  });

  test("an actor whose wallet is mapped later is served without a restart", async () => {
    await expect(read("older-b", "github")).rejects.toMatchObject({ code: "no_such_credential" });
    mapWallets(world.legacyDir, older);
    const services = async (): Promise<string[]> =>
      (await world.vault.list({ actorOmni: world.agent("older-b").actorOmni, service: "any" })).services.map(({ service }) => service);
    while ((await services()).length === 0) await machine.clock.sleep(100);
    expect(await services()).toEqual(["anthropic", "github", "openai", "openrouter"]);
  }, 20_000);

  test("migrate shows what it would do, copies the rest, keeps the older blobs and counts a second run as done", async () => {
    await store("older-b", "openai", "sk-stored-since");
    const dry = await json("migrate", "--operator-omni", world.operatorOmni, "--dry-run");
    expect(leftOf(dry)).toHaveLength(OLD_A.objects.length + OLD_B.objects.length - 2);
    const done = await run("migrate", "--operator-omni", world.operatorOmni);
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining("team-a/older-b github: wallet-keyed -> epoch 3") });
    for (const { of } of older) for (const { key, blob_hex: hex } of of.objects) expect((await bytes(key))?.toString("hex")).toBe(hex);
    for (const { service, secret } of OLD_A.objects) expect(await read("older-a", service)).toBe(secret);
    expect(await read("older-b", "openai")).toBe("sk-stored-since");
    expect(await json("migrate")).toMatchObject({ done: 0, failed: 0, left: [] });
  }, 30_000);

  test("--delete-v1 deletes each older blob once the newer one is proven; one that is not stays and is said", async () => {
    const broken = objectKey(world.agent("older-b").actorOmni, "github");
    const whole = (await bytes(broken)) ?? Buffer.alloc(0);
    await putRaw(broken, Buffer.concat([whole.subarray(0, -1), Buffer.of((whole.at(-1) ?? 0) ^ 1)]));
    const first = await run("migrate", "--delete-v1");
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining("github: epoch 3 -> failed: envelope_decrypt") });
    expect(await bytes(`bots/${OLD_B.wallet}/credentials/github.enc`)).not.toBeNull();
    await putRaw(broken, whole);
    expect(await json("migrate", "--delete-v1")).toMatchObject({ done: 1, failed: 0, left: [] });
    for (const { of } of older) for (const { key } of of.objects) expect(await bytes(key)).toBeNull();
    for (const { service, secret } of OLD_B.objects.filter((each) => each.service !== "openai"))
      expect(await read("older-b", service)).toBe(secret);
  }, 30_000);

  test("WRK-12 a blob at another actor's key does not open, and is not re-encrypted", async () => {
    const from = await bytes(objectKey(world.agent("a").actorOmni, "openai"));
    await putRaw(
      `${objectPrefix(world.agent("b").actorOmni)}anthropic.enc`,
      Buffer.concat([Buffer.of(4, 2), (from ?? Buffer.alloc(0)).subarray(2)]),
    );
    await expect(read("b", "anthropic")).rejects.toMatchObject({ code: "envelope_decrypt" });
    expect(await run("rotate", "reencrypt")).toMatchObject({
      code: 1,
      err: expect.stringContaining("b anthropic: epoch 2 -> failed: envelope_decrypt"),
    });
    const kept = await json("rotate", "retire", "--epoch", "2", "--quiet-seconds", "0", "--operators", world.operatorOmni);
    expect(kept).toMatchObject({ retired: false, needing: [{ credential: "team-a/b anthropic", "sealed by": "epoch 2" }] });
  }, 30_000);
});
