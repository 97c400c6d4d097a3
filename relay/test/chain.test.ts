import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { AgentKeysForwarder } from "@agentkeys/contracts";
import { FailoverProvider } from "@agentkeys/common/chain";
import { forwardRequestId, type SignedForwardRequest } from "@agentkeys/common/forward-request";
import { FakeClock } from "@agentkeys/common/testing";
import { Interface, toQuantity } from "ethers";
import { startFakeRpc, type FakeRpc } from "../../common/test/chain/fake-rpc.ts";
import { openForwarder, type ForwarderView } from "../src/chain/index.ts";

const abi = new Interface(AgentKeysForwarder.abi);
const MOST_BLOCKS = 10_000;
const HEAD = 45_000;
const chainId = 31337;
const addressOf = (digit: string): string => `0x${digit.repeat(40)}`;
const [forwarder, wallet, hash] = [addressOf("f"), addressOf("a"), `0x${"7".repeat(64)}`];
const aRequest = (nonce: number): SignedForwardRequest => ({
  ...{ from: wallet, to: addressOf("b"), value: 0, gas: 100_000, nonce, deadline: 1_800_000_000, data: "0x", signature: "0x" },
});
const idOf = (request: SignedForwardRequest): string => forwardRequestId({ chainId, forwarder }, request);

let rpc: FakeRpc;
let provider: FailoverProvider;
let view: ForwarderView;
/** The forwarder's next nonce of the wallet, and the blocks in which the earlier ones were carried out. */
let carriedAt: number[];

interface LogFilter {
  fromBlock: string;
  toBlock: string;
}

function logsBetween({ fromBlock, toBlock }: LogFilter): object[] {
  return carriedAt.flatMap((block, nonce) => {
    if (block < Number(fromBlock) || block > Number(toBlock)) return [];
    const { topics, data } = abi.encodeEventLog("ExecutedForwardRequest", [wallet, nonce, true]);
    const at = { blockNumber: toQuantity(block), blockHash: hash, transactionHash: hash, transactionIndex: "0x0", logIndex: "0x0" };
    return [{ address: forwarder, topics, data, removed: false, ...at }];
  });
}

beforeEach(async () => {
  rpc = await startFakeRpc((method, params) => {
    if (method === "eth_chainId") return { result: toQuantity(chainId) };
    if (method === "eth_blockNumber") return { result: toQuantity(HEAD) };
    if (method === "eth_call") return { result: abi.encodeFunctionResult("nonces", [carriedAt.length]) };
    const filter = params[0] as LogFilter;
    const isNarrow = Number(filter.toBlock) - Number(filter.fromBlock) < MOST_BLOCKS;
    return isNarrow ? { result: logsBetween(filter) } : { text: "query exceeds max block range", status: 400 };
  });
  provider = new FailoverProvider({ rpcUrls: [rpc.url], chainId, clock: new FakeClock(), timeoutMs: 5000 });
  const contracts = { registry: addressOf("1"), scope: addressOf("2"), epoch: addressOf("3"), lens: addressOf("4"), forwarder };
  view = openForwarder(provider, { chainId, contracts, payer: addressOf("c") });
});

afterEach(async () => {
  provider.destroy();
  await rpc.close();
});

test("finds what became of requests of long ago on an RPC that answers logs of 10,000 blocks at once", async () => {
  carriedAt = [10, HEAD - 1];
  const [first, second, waiting] = [aRequest(0), aRequest(1), aRequest(2)];
  const found = await view.executions([first, second, waiting], 5);
  expect([...found]).toEqual([
    [idOf(first), { isSuccess: true, hash, block: 10 }],
    [idOf(second), { isSuccess: true, hash, block: HEAD - 1 }],
  ]);
});

test("reads no further than where the last one was carried out", async () => {
  carriedAt = [10_004];
  expect((await view.executions([aRequest(0)], 5)).size).toBe(1);
  expect(rpc.calls.filter((method) => method === "eth_getLogs")).toHaveLength(1);
});

test("reads no logs for a nonce that is not used up", async () => {
  carriedAt = [10];
  expect((await view.executions([aRequest(1)], 5)).size).toBe(0);
  expect(rpc.calls).not.toContain("eth_getLogs");
});
