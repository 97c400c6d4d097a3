import { afterEach, describe, expect, test } from "@jest/globals";
import { Interface } from "ethers";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { openChainReader, type CapFacts, type ChainConfig, type ChainReader } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { EVENT_ABI } from "../../src/chain/abi.ts";
import { startFakeRpc, type Answer, type FakeRpc } from "./fake-rpc.ts";

const addressOf = (digit: string): string => `0x${digit.repeat(40)}`;
const contracts = { registry: addressOf("1"), scope: addressOf("2"), epoch: addressOf("3"), lens: addressOf("4") };
const hexOf = (digit: string): Hex => `0x${digit.repeat(64)}`;
const word = (value: number): string => value.toString(16).padStart(64, "0");
const question = { deviceKeyHash: hexOf("d"), operatorOmni: hexOf("a"), actorOmni: hexOf("b"), serviceHash: hexOf("c") };

const vectorFile = readFileSync(new URL("../vectors/upstream.json", import.meta.url), "utf8");
const { vectors } = JSON.parse(vectorFile) as { vectors: { id: string; input: { raw: string }; output: Record<string, unknown> }[] };
const vectorOf = (id: string): { raw: string; output: Record<string, unknown> } => {
  const found = vectors.find((vector) => vector.id === id);
  if (found === undefined) throw new TypeError(`no vector ${id}`);
  return { raw: found.input.raw, output: found.output };
};
/** The lens' 12 words: a device of 7, then scope, read-only, epoch, block, time. */
const factsOf = (device: string, epoch = 3): string =>
  `${device}${hexOf("a").slice(2)}${word(1)}${word(0)}${word(epoch)}${word(70)}${word(1_700_000_000)}`;
const stage1 = vectorOf("abi.device_entry_7w_stage1").raw;
const good = factsOf(stage1);

const opened: (ChainReader | FakeRpc)[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function readerOf(answer: Answer | ((method: string) => Answer), timeoutMs = 2000): Promise<{ reader: ChainReader; rpc: FakeRpc }> {
  const answerOf = typeof answer === "function" ? answer : () => answer;
  const rpc = await startFakeRpc((method) => (method === "eth_chainId" ? { result: "0x7a69" } : answerOf(method)));
  const reader = open([rpc.url], timeoutMs);
  opened.push(rpc);
  return { reader, rpc };
}

function open(rpcUrls: string[], timeoutMs = 2000): ChainReader {
  const config: ChainConfig = { profile: "anvil", chainId: 31337, rpcUrls, contracts };
  const reader = openChainReader(config, { clock: new FakeClock(), timeoutMs });
  opened.unshift(reader);
  return reader;
}

const isFault = { code: "chain_rpc_error", status: 502 };

describe("cap facts", () => {
  test("are the lens' words, read in one call", async () => {
    const { reader, rpc } = await readerOf({ result: good });
    const { output } = vectorOf("abi.device_entry_7w_stage1");
    const expected: CapFacts = {
      device: {
        operatorOmni: hexOf("a"),
        actorOmni: hexOf("b"),
        tier: Number(output["tier"]),
        roles: Number(output["roles"]),
        registeredAt: Number(output["registered_at"]),
        revoked: false,
      },
      actorOperator: hexOf("a"),
      inScope: true,
      readOnly: false,
      k3Epoch: 3,
      blockNumber: 70,
      blockTimestamp: 1_700_000_000,
    };
    expect(await reader.capFacts(question)).toEqual(expected);
    expect(await reader.capFacts(question)).toEqual(expected);
    expect(rpc.calls).toEqual(["eth_chainId", "eth_call", "eth_call"]);
  });

  test("of a device that was never registered have no device", async () => {
    const { reader } = await readerOf({ result: factsOf(`0x${word(0).repeat(7)}`) });
    expect((await reader.capFacts(question)).device).toBeNull();
  });

  test("of an actor without a device name no operator", async () => {
    const { reader } = await readerOf({ result: good.replace(`${hexOf("a").slice(2)}${word(1)}`, `${word(0)}${word(1)}`) });
    expect((await reader.capFacts(question)).actorOperator).toBeNull();
  });

  test.each<[string, Answer]>([
    ["two bytes", { result: vectorOf("abi.device_entry_too_short").raw }],
    ["no code at the address", { result: "0x" }],
    ["a word too few", { result: good.slice(0, -64) }],
    ["a word too many", { result: good + word(0) }],
    ["a device of upstream's eleven words", { result: factsOf(vectorOf("abi.device_entry_11w_active").raw) }],
    ["a flag that is neither 0 nor 1", { result: factsOf(vectorOf("abi.device_entry_7w_stage1").raw.slice(0, -1) + "2") }],
    ["a tier with high bits set", { result: good.replace(`${word(0)}${word(2)}`, `${word(0)}${word(0x102)}`) }],
    ["epoch 0", { result: factsOf(stage1, 0) }],
    ["epoch 256", { result: factsOf(stage1, 256) }],
    ["no hex", { result: "yes" }],
    ["null", { result: null }],
    ["an object", { result: {} }],
    ["HTML", { text: "<html>gateway</html>" }],
    ["a 503", { text: "{}", status: 503 }],
    ["an empty body", { text: "" }],
    ["more than it may", { text: " ".repeat(9_000_000) }],
    ["a redirect", { text: "", status: 302 }],
    ["an RPC error", { text: '{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"no"}}' }],
    ["another call's id", { text: `{"jsonrpc":"2.0","id":99,"result":"${good}"}` }],
  ])("are a chain fault when the node answers %s", async (_name, answer) => {
    const { reader } = await readerOf(answer);
    await expect(reader.capFacts(question)).rejects.toMatchObject(isFault);
  });

  test.each<[string, Answer]>([
    ["says nothing", { silent: true }],
    ["drips blanks for ever", { dripping: true }],
  ])("are a chain fault when the node %s", async (_name, answer) => {
    const { reader } = await readerOf(answer, 150);
    await expect(reader.capFacts(question)).rejects.toMatchObject(isFault);
  });
});

test.each<[string, Answer]>([
  ["refuses", { text: "{}", status: 401 }],
  ["asks to wait", { text: "{}", status: 429 }],
  ["fails", { text: "{}", status: 503 }],
  ["answers HTML", { text: "<html>" }],
  ["says nothing", { silent: true }],
])("the key in an RPC's URL is in no fault and no log when it %s", async (_name, answer) => {
  const { rpc } = await readerOf(answer);
  const fault: unknown = await open([`${rpc.url}/v3/canary-key`], 150)
    .blockNumber()
    .catch((caught: unknown) => caught);
  const { log, text } = captureLog();
  log.warn("chain cannot be read, retrying", { cause: fault });
  expect(fault).toMatchObject(isFault);
  expect(`${text()} ${inspect(fault, { depth: 10 })}`).not.toContain("canary-key");
});

describe("the head", () => {
  test("is the block of the lens' own answer, in one call", async () => {
    const { reader, rpc } = await readerOf({ result: good });
    expect(await reader.blockNumber()).toBe(70);
    expect(rpc.calls).toEqual(["eth_chainId", "eth_call"]);
  });
});

describe("several RPC URLs", () => {
  test("are tried in order, and the one that answered is asked first from then on", async () => {
    const { rpc: broken } = await readerOf({ text: "<html>" });
    const { rpc: sound } = await readerOf({ result: factsOf(stage1, 4) });
    const reader = open([broken.url, sound.url]);
    expect(await reader.currentEpoch()).toBe(4);
    expect(await reader.currentEpoch()).toBe(4);
    expect(broken.calls).toEqual(["eth_chainId", "eth_call"]);
    expect(sound.calls).toEqual(["eth_chainId", "eth_call", "eth_call"]);
  });

  test("never serve another chain's answer", async () => {
    const other = await startFakeRpc((method) => ({ result: method === "eth_chainId" ? "0x1" : factsOf(stage1, 9) }));
    opened.push(other);
    const { rpc: sound } = await readerOf({ result: factsOf(stage1, 4) });
    expect(await open([other.url, sound.url]).currentEpoch()).toBe(4);
    await expect(open([other.url]).currentEpoch()).rejects.toMatchObject(isFault);
  });

  test("that all refuse the connection are a chain fault", async () => {
    const reader = open(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
    await expect(reader.blockNumber()).rejects.toMatchObject(isFault);
  });
});

describe("events", () => {
  const events = new Interface(EVENT_ABI);
  const logOf = (name: string, args: unknown[], over: Record<string, unknown> = {}): Record<string, unknown> => ({
    address: contracts.scope,
    ...events.encodeEventLog(name, args),
    blockNumber: "0x5",
    blockHash: hexOf("e"),
    transactionHash: hexOf("f"),
    transactionIndex: "0x0",
    logIndex: "0x0",
    removed: false,
    ...over,
  });
  const updated = ["ScopeUpdated", [hexOf("a"), hexOf("b"), [hexOf("c")], true]] as const;

  test("are named, filled and sorted, and unknown kinds are left out", async () => {
    const result = [
      logOf("K3Rotated", [1, 2], { address: contracts.epoch, blockNumber: "0x6" }),
      logOf(updated[0], [...updated[1]], { logIndex: "0x1" }),
      logOf("DeviceRevoked", [hexOf("d"), hexOf("a"), hexOf("b")], { address: contracts.registry }),
      { ...logOf("ScopeRevoked", [hexOf("a"), hexOf("b")]), topics: [hexOf("9")] },
    ];
    const { reader } = await readerOf((method) => ({ result: method === "eth_getLogs" ? result : good }));
    const found = await reader.events(5, 6);
    expect(found.map(({ kind, logIndex }) => [kind, logIndex])).toEqual([
      ["DeviceRevoked", 0],
      ["ScopeUpdated", 1],
      ["K3Rotated", 0],
    ]);
    expect(found[0]).toMatchObject({ deviceKeyHash: hexOf("d"), operatorOmni: hexOf("a"), actorOmni: hexOf("b"), blockNumber: 5 });
    expect(found[2]).toMatchObject({ k3Epoch: 2, blockHash: hexOf("e"), transactionHash: hexOf("f") });
  });

  test.each<[string, Record<string, unknown>]>([
    ["of a contract that is not ours", { address: addressOf("9") }],
    ["of a block outside the range", { blockNumber: "0x7" }],
    ["whose data is cut", { data: "0x1234" }],
    ["whose data has a tail", { data: `${String(logOf(updated[0], [...updated[1]])["data"])}${word(0)}` }],
    ["without a block", { blockNumber: null }],
  ])("%s are a chain fault", async (_name, over) => {
    const result = [logOf(updated[0], [...updated[1]], over)];
    const { reader } = await readerOf((method) => ({ result: method === "eth_getLogs" ? result : good }));
    await expect(reader.events(5, 6)).rejects.toMatchObject(isFault);
  });
});
