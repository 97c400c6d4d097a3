import { afterEach, describe, expect, test } from "@jest/globals";
import { openChainReader, type ChainConfig, type ChainReader } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { FakeClock } from "@agentkeys/common/testing";
import { startFakeRpc, type Answer, type FakeRpc } from "./fake-rpc.ts";

const NOW = 1_800_000_000;
const addressOf = (digit: string): string => `0x${digit.repeat(40)}`;
const contracts = { registry: addressOf("1"), scope: addressOf("2"), epoch: addressOf("3"), lens: addressOf("4") };
const hexOf = (digit: string): Hex => `0x${digit.repeat(64)}`;
const question = { deviceKeyHash: hexOf("d"), operatorOmni: hexOf("a"), actorOmni: hexOf("b"), serviceHash: hexOf("c") };
const word = (value: number): string => value.toString(16).padStart(64, "0");
const isFault = { code: "chain_rpc_error", status: 502 };

interface View {
  registeredAt?: number;
  revoked?: number;
  inScope?: number;
  readOnly?: number;
  epoch?: number;
  block?: number;
  time?: number;
}

/** The lens' 14 words of one view; a granted, active device unless the test says otherwise. */
function factsOf(view: View = {}): string {
  const { registeredAt = 42, revoked = 0, inScope = 1, readOnly = 0, epoch = 3, block = 100, time = NOW } = view;
  const owner = registeredAt === 0 ? word(0).repeat(2) : hexOf("a").slice(2) + hexOf("b").slice(2);
  const ids = registeredAt === 0 ? word(0).repeat(2) : word(2) + word(1);
  const device = owner + word(0) + ids + word(registeredAt) + word(revoked);
  const operator = registeredAt === 0 ? word(0) : hexOf("a").slice(2);
  return `0x${device}${operator}${[inScope, readOnly, epoch, block, time].map(word).join("")}`;
}

const opened: (ChainReader | FakeRpc)[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** A node whose answer to the lens depends on the tag it is asked for. */
async function nodeOf(answerOf: (tag: string) => Answer): Promise<FakeRpc & { tags: string[] }> {
  const tags: string[] = [];
  const rpc = await startFakeRpc((method, params) => {
    if (method === "eth_chainId") return { result: "0x7a69" };
    tags.push(String(params[1]));
    return answerOf(String(params[1]));
  });
  opened.push(rpc);
  return Object.assign(rpc, { tags });
}

const saying = (view?: View): Promise<FakeRpc & { tags: string[] }> => nodeOf(() => ({ result: factsOf(view) }));

function open(nodes: readonly FakeRpc[], change: Partial<ChainConfig> = {}, clock = new FakeClock(NOW)): ChainReader {
  const config: ChainConfig = { profile: "own", chainId: 31337, rpcUrls: nodes.map(({ url }) => url), contracts, ...change };
  const reader = openChainReader(config, { clock, timeoutMs: 300 });
  opened.unshift(reader);
  return reader;
}

describe("finality", () => {
  const atTag = (final: View, latest: View = {}): Promise<FakeRpc & { tags: string[] }> =>
    nodeOf((tag) => ({ result: factsOf(tag === "latest" ? latest : final) }));

  test("latest alone is one read", async () => {
    const node = await saying();
    await open([node], { finality: "latest" }).capFacts(question);
    expect(node.tags).toEqual(["latest"]);
  });

  test.each(["safe", "finalized"] as const)("%s is read beside latest, at the same time", async (finality) => {
    const node = await saying();
    expect(await open([node], { finality }).capFacts(question)).toMatchObject({ device: { revoked: false }, inScope: true });
    expect(node.tags.toSorted()).toEqual([finality, "latest"].toSorted());
  });

  test("a device that is not registered finally yet does not count", async () => {
    const reader = open([await atTag({ registeredAt: 0, inScope: 0 })], { finality: "finalized" });
    expect(await reader.capFacts(question)).toMatchObject({ device: null, actorOperator: null, inScope: false });
  });

  test("a scope that is not granted finally yet does not count", async () => {
    const reader = open([await atTag({ inScope: 0 })], { finality: "safe" });
    expect(await reader.capFacts(question)).toMatchObject({ device: { revoked: false }, inScope: false });
  });

  test("revocations count at latest, before they are final", async () => {
    const reader = open([await atTag({}, { revoked: 1, inScope: 0, readOnly: 1, epoch: 4 })], { finality: "finalized" });
    expect(await reader.capFacts(question)).toMatchObject({ device: { revoked: true }, inScope: false, readOnly: true, k3Epoch: 4 });
  });

  test("a node that does not know the tag is a chain fault", async () => {
    const node = await nodeOf((tag) => (tag === "latest" ? { result: factsOf() } : { text: '{"error":{}}' }));
    await expect(open([node], { finality: "safe" }).capFacts(question)).rejects.toMatchObject(isFault);
  });

  test("an old finality tag counts, only latest must be fresh", async () => {
    const reader = open([await atTag({ time: NOW - 900 })], { finality: "finalized", maxAgeSeconds: 60 });
    expect(await reader.capFacts(question)).toMatchObject({ inScope: true, blockTimestamp: NOW });
  });
});

describe("a frozen RPC", () => {
  test("keeps no revoked grant alive: facts older than the limit are a chain fault, as are head and epoch", async () => {
    const clock = new FakeClock(NOW);
    const reader = open([await saying()], { maxAgeSeconds: 60 }, clock);
    clock.advance(60_000);
    expect(await reader.capFacts(question)).toMatchObject({ inScope: true });
    clock.advance(1_000);
    await expect(reader.capFacts(question)).rejects.toMatchObject(isFault);
    await expect(reader.blockNumber()).rejects.toMatchObject(isFault);
    await expect(reader.currentEpoch()).rejects.toMatchObject(isFault);
  });

  test("gives way to the next URL", async () => {
    const [frozen, live] = [await saying({ time: NOW - 61 }), await saying({ inScope: 0 })];
    expect(await open([frozen, live], { maxAgeSeconds: 60 }).capFacts(question)).toMatchObject({ inScope: false });
  });

  test("has no vote in a quorum", async () => {
    const [frozen, live] = [await saying({ time: NOW - 61 }), await saying()];
    await expect(open([frozen, live], { maxAgeSeconds: 60, quorum: 2 }).capFacts(question)).rejects.toMatchObject(isFault);
  });
});

describe("a quorum", () => {
  test("agrees although its nodes are at different blocks, and promises the earliest", async () => {
    const nodes = [await saying({ block: 101, time: NOW }), await saying({ block: 100, time: NOW - 2 })];
    expect(await open(nodes, { quorum: 2 }).capFacts(question)).toMatchObject({ inScope: true, blockNumber: 100, blockTimestamp: NOW - 2 });
  });

  test.each<[string, View]>([
    ["scope", { inScope: 0 }],
    ["revocation", { revoked: 1 }],
    ["registration", { registeredAt: 0 }],
    ["read-only flag", { readOnly: 1 }],
    ["epoch", { epoch: 4 }],
  ])("that disagrees on the %s is a chain fault", async (_name, view) => {
    const nodes = [await saying(), await saying(view)];
    await expect(open(nodes, { quorum: 2 }).capFacts(question)).rejects.toMatchObject(isFault);
  });

  test("of two is not reached when one is down, hangs or answers garbage", async () => {
    const down = await saying();
    await down.close();
    const hangs = await nodeOf(() => ({ silent: true }));
    const garbage = await nodeOf(() => ({ result: factsOf().slice(0, -64) }));
    for (const bad of [down, hangs, garbage])
      await expect(open([await saying(), bad], { quorum: 2 }).capFacts(question)).rejects.toMatchObject(isFault);
  });

  test("of two among three outlives one that hangs, without waiting for it", async () => {
    const nodes = [await nodeOf(() => ({ silent: true })), await saying(), await saying()];
    expect(await open(nodes, { quorum: 2 }).capFacts(question)).toMatchObject({ inScope: true });
  });

  test("is not misled by one liar among three", async () => {
    const nodes = [await saying(), await saying({ inScope: 0 }), await saying({ inScope: 0 })];
    expect(await open(nodes, { quorum: 2 }).capFacts(question)).toMatchObject({ inScope: false });
  });

  test("holds for the epoch too", async () => {
    const epochs = await Promise.all([4, 4, 5].map((epoch) => saying({ epoch })));
    expect(await open(epochs, { quorum: 2 }).currentEpoch()).toBe(4);
    await expect(open(epochs, { quorum: 3 }).currentEpoch()).rejects.toMatchObject(isFault);
  });
});

test("with quorum 1, one of two RPCs down or hanging is no fault", async () => {
  const down = await saying();
  await down.close();
  for (const bad of [down, await nodeOf(() => ({ silent: true }))])
    expect(await open([bad, await saying()]).capFacts(question)).toMatchObject({ inScope: true });
});
