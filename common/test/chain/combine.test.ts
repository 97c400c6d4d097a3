import { describe, expect, test } from "@jest/globals";
import { keccak256 } from "ethers";
import { combiningOf, isOwnFault, keyOfReply, pick, takenAs, type Reply } from "../../src/chain/combine.ts";

const call = (method: string, params: unknown[] = []): { method: string; params: unknown[]; id: number; jsonrpc: "2.0" } => ({
  method,
  params,
  id: 1,
  jsonrpc: "2.0",
});
const says = (result: unknown): Reply => ({ id: 1, result });
const refuses = (error: object): Reply => ({ id: 1, error }) as Reply;
const isSame = (method: string, one: Reply, other: Reply): boolean => keyOfReply(call(method), one) === keyOfReply(call(method), other);

describe("state", () => {
  test("is believed of one RPC, or compared where there is a quorum", () => {
    expect(combiningOf(call("eth_call"), 1)).toBe("first");
    expect(combiningOf(call("eth_call"), 2)).toBe("agreed");
    expect(combiningOf(call("eth_feeHistory"), 2)).toBe("first");
    expect(combiningOf(call("constructor"), 2)).toBe("first");
  });

  test("is the same in whatever case and with whatever a node adds to it", () => {
    const log = { address: "0xAb", topics: ["0x1"], data: "0x", blockNumber: "0x1", transactionHash: "0x2", logIndex: "0x0" };
    expect(isSame("eth_call", says("0xAB"), says("0xab"))).toBe(true);
    expect(isSame("eth_getLogs", says([log]), says([{ blockTimestamp: "0x9", ...log, address: "0xab" }]))).toBe(true);
    expect(isSame("eth_getLogs", says([log]), says([]))).toBe(false);
    expect(isSame("eth_getLogs", says([log]), says([{ ...log, data: "0x01" }]))).toBe(false);
    const receipt = { transactionHash: "0x2", blockHash: "0x3", blockNumber: "0x1", status: "0x1", contractAddress: null, logs: [log] };
    expect(isSame("eth_getTransactionReceipt", says(receipt), says({ ...receipt, effectiveGasPrice: "0x7" }))).toBe(true);
    for (const other of [{ status: "0x0" }, { logs: [] }, { blockHash: "0x4" }])
      expect(isSame("eth_getTransactionReceipt", says(receipt), says({ ...receipt, ...other }))).toBe(false);
  });

  test("that a contract refuses is refused alike, by what it says and not by the node's words for it", () => {
    const revert = (message: string, data = "0x1234"): Reply => refuses({ code: 3, message, data });
    expect(isSame("eth_call", revert("execution reverted"), revert("VM Exception"))).toBe(true);
    expect(isSame("eth_call", revert("execution reverted"), revert("execution reverted", "0x5678"))).toBe(false);
    expect(isSame("eth_call", revert("execution reverted"), says("0x"))).toBe(false);
  });

  test("is not what a node says of itself", () => {
    expect(isOwnFault(refuses({ code: -32_603, message: "internal" }))).toBe(true);
    expect(isOwnFault(refuses({ code: -32_603, message: "reverted", data: "0x1234" }))).toBe(false);
    expect(isOwnFault(says("0x"))).toBe(false);
  });
});

test("of estimates that differ the highest is taken; that it fails is another answer", () => {
  const [low, high] = [says("0x5208"), says("0x6000")];
  expect(isSame("eth_estimateGas", low, high)).toBe(true);
  expect(isSame("eth_estimateGas", low, refuses({ code: 3, data: "0x1234" }))).toBe(false);
  expect(pick(call("eth_estimateGas"), [low, high])).toBe(high);
  expect(pick(call("eth_call"), [low, high])).toBe(low);
});

test("a transaction is taken when a node says its hash or knew it; another hash is none", () => {
  const raw = "0x02f8";
  const sent = call("eth_sendRawTransaction", [raw]);
  const hash = keccak256(raw);
  expect(takenAs(sent, says(hash))).toBe(hash);
  expect(takenAs(sent, refuses({ code: -32_000, message: "already known" }))).toBe(hash);
  expect(takenAs(sent, says(`0x${"00".repeat(32)}`))).toBeNull();
  expect(takenAs(sent, refuses({ code: -32_000, message: "nonce too low" }))).toBeNull();
  expect(takenAs(call("eth_call", [{ to: "0x" }]), says("0x"))).toBeNull();
});
