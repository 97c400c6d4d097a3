import { isError } from "ethers";
import type { FailoverProvider } from "../chain/index.ts";

/** What a node's receipt says, strictly read. */
export interface Receipt {
  hash: string;
  block: number;
  isSuccess: boolean;
}

const HASH = /^0x[0-9a-f]{64}$/;
const QUANTITY = /^0x[0-9a-f]{1,13}$/;

/** How many transactions of an address are known: a number that at least `quorum` nodes have reached, those in their pools included. */
export async function nonceOf(
  provider: FailoverProvider,
  of: { address: string; quorum: number; tag: "latest" | "pending" },
): Promise<number> {
  const { answers, faults } = await provider.all(of.quorum, async (node) =>
    quantity(await node.provider.send("eth_getTransactionCount", [of.address, of.tag])),
  );
  const nonce = answers.sort((a, b) => b - a)[of.quorum - 1];
  if (nonce === undefined)
    throw new AggregateError(faults, `only ${answers.length} RPC URLs told the account's nonce, ${of.quorum} are needed`);
  return nonce;
}

/** The receipt of the one of several transactions that was mined, once `quorum` nodes tell of it; null before. */
export async function receiptOf(provider: FailoverProvider, hashes: readonly string[], quorum: number): Promise<Receipt | null> {
  const { answers } = await provider.all(quorum, async (node) => {
    for (const hash of hashes) {
      const receipt = strictReceipt(await node.provider.send("eth_getTransactionReceipt", [hash]), hash);
      if (receipt !== null) return receipt;
    }
    return null;
  });
  const told = new Map<string, Receipt[]>();
  for (const answer of answers)
    if (answer !== null) {
      const key = JSON.stringify(answer);
      told.set(key, [...(told.get(key) ?? []), answer]);
    }
  return [...told.values()].find((same) => same.length >= quorum)?.[0] ?? null;
}

function strictReceipt(answer: unknown, hash: string): Receipt | null {
  if (answer === null) return null;
  const { transactionHash, blockNumber, blockHash, status } = answer as Record<string, unknown>;
  const isWhole = transactionHash === hash && HASH.test(String(blockHash)) && (status === "0x0" || status === "0x1");
  if (!isWhole) throw new TypeError("the RPC answered no receipt of this transaction");
  return { hash, block: quantity(blockNumber), isSuccess: status === "0x1" };
}

function quantity(answer: unknown): number {
  if (typeof answer !== "string" || !QUANTITY.test(answer)) throw new TypeError("the RPC answered no number");
  return Number(answer);
}

/** Hands signed transactions to every node. Answers whether one has it; throws the refusal when every node refuses it for good. */
export async function broadcast(provider: FailoverProvider, raw: string): Promise<boolean> {
  const refusals: unknown[] = [];
  const { answers, faults } = await provider.all(1, async (node) => {
    try {
      await node.provider.send("eth_sendRawTransaction", [raw]);
      return true;
    } catch (fault) {
      if (isKnown(fault)) return true;
      if (!isRefusal(fault)) throw fault;
      refusals.push(fault);
      return false;
    }
  });
  if (answers.includes(true)) return true;
  if (faults.length === 0 && refusals.length > 0) throw refusals[0];
  return false;
}

function isKnown(fault: unknown): boolean {
  return /already known|already imported|known transaction/i.test(String((fault as { message?: unknown }).message));
}

/** The chain's own no, which no other node will answer otherwise. */
function isRefusal(fault: unknown): boolean {
  return (
    isError(fault, "NONCE_EXPIRED") ||
    isError(fault, "INSUFFICIENT_FUNDS") ||
    isError(fault, "REPLACEMENT_UNDERPRICED") ||
    isError(fault, "UNKNOWN_ERROR")
  );
}
