import { isError, keccak256, type Wallet } from "ethers";
import type { FailoverProvider } from "../chain/index.ts";
import type { Clock } from "../clock/index.ts";
import type { Attempt, Journal } from "./journal.ts";
import { broadcast, nonceOf, receiptOf, type Receipt } from "./nodes.ts";

export interface TransactionCall {
  to: string;
  data: string;
  /** Taken instead of the chain's estimate. */
  gasLimit?: bigint;
}

export interface Mined {
  hash: string;
  block: number;
}

export interface SenderDeps {
  provider: FailoverProvider;
  /** Only signs; what it is connected to is not used. */
  wallet: Wallet;
  journal: Journal;
  clock: Clock;
  pollMs: number;
  /** After this long without being mined it is replaced by one that pays more. */
  replaceAfterMs: number;
  /** After this long the wait is given up; the transaction stays in the journal. */
  waitMs: number;
  /** How many RPCs must tell the same; 1 when absent. */
  quorum?: number;
  onReplace?: () => void;
}

export interface Sender {
  /**
   * Resolves once mined. Throws when the chain refuses it, when it was reverted, or when it was not mined in time: then what
   * comes next takes its nonce, so that only one of the two can happen. One call at a time.
   */
  send(call: TransactionCall, signal?: AbortSignal): Promise<Mined>;
  /** Waits for what an earlier process left under way; null when there is nothing, or it was overtaken. Throws as `send` does. */
  finish(signal?: AbortSignal): Promise<Mined | null>;
}

/** By at least an eighth more; nodes ask for a tenth. */
const dearer = (fee: bigint): bigint => fee + fee / 8n + 1n;
/** A node that dropped it, or was away, is told again. */
const TELL_AGAIN_MS = 5000;

/** Opens the sender of one account; nobody else should send from it, and if somebody does, both see a refused nonce at worst. */
export function openSender(deps: SenderDeps): Sender {
  const { provider, wallet, journal, quorum = 1 } = deps;

  const sign = async (call: Attempt["call"], earlier: Attempt | null, nonce: number): Promise<Attempt> => {
    const fees = await feesOf(provider, earlier);
    const { isLegacy, ...paid } = fees;
    const price = isLegacy ? { type: 0, gasPrice: paid.maxFeePerGas } : { type: 2, ...paid };
    const raw = await wallet.signTransaction({ ...call, value: 0n, ...price, nonce, chainId: provider._network.chainId });
    const attempt = {
      call,
      nonce,
      raws: [...(earlier?.raws ?? []), raw],
      hashes: [...(earlier?.hashes ?? []), keccak256(raw)],
      ...paid,
    };
    journal.save(attempt);
    return attempt;
  };
  const settle = (receipt: Receipt, others: readonly string[] = []): Mined => {
    provider.seen(receipt.block);
    journal.clear();
    if (others.includes(receipt.hash)) throw new TypeError("an earlier transaction was mined under its nonce: try again");
    if (!receipt.isSuccess) throw new TypeError(`transaction ${receipt.hash} was reverted`);
    return { hash: receipt.hash, block: receipt.block };
  };
  /** What is in the journal and can still happen. */
  const stillOpen = async (): Promise<Attempt | null> => {
    const left = journal.load();
    if (left === null) return null;
    const receipt = await receiptOf(provider, left.hashes, quorum);
    const isOver = receipt !== null || (await nonceOf(provider, { address: wallet.address, quorum, tag: "latest" })) > left.nonce;
    if (!isOver) return left;
    if (receipt !== null) provider.seen(receipt.block);
    journal.clear();
    return null;
  };
  const waitFor = (attempt: Attempt, signal?: AbortSignal): Promise<Receipt> =>
    waitMined(deps, { attempt, replace: (older) => sign(older.call, older, older.nonce) }, signal);

  return {
    send: async ({ to, data, gasLimit }, signal) => {
      const earlier = await stillOpen();
      const nonce = earlier?.nonce ?? (await nonceOf(provider, { address: wallet.address, quorum, tag: "pending" }));
      const limit = gasLimit ?? (await provider.estimateGas({ from: wallet.address, to, data }));
      const attempt = await sign({ to, data, gasLimit: limit }, earlier, nonce);
      await broadcast(provider, attempt.raws.at(-1) ?? "").catch((fault: unknown) => {
        // Refused before anybody took it: nothing of it can happen any more, unless an earlier one of its nonce still can.
        if (earlier === null) journal.clear();
        throw fault;
      });
      return settle(await waitFor(attempt, signal), earlier?.hashes);
    },
    finish: async (signal) => {
      const left = journal.load();
      if (left === null) return null;
      const receipt = await receiptOf(provider, left.hashes, quorum);
      if (receipt !== null) return settle(receipt);
      if ((await stillOpen()) === null) return null;
      for (const raw of left.raws) await broadcast(provider, raw).catch(() => false);
      return settle(await waitFor(left, signal));
    },
  };
}

async function feesOf(
  provider: FailoverProvider,
  earlier: Attempt | null,
): Promise<Pick<Attempt, "maxFeePerGas" | "maxPriorityFeePerGas"> & { isLegacy: boolean }> {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await provider.getFeeData();
  const tip = maxPriorityFeePerGas ?? gasPrice ?? 1n;
  const most = maxFeePerGas ?? gasPrice ?? 1n;
  const isLegacy = maxFeePerGas === null;
  if (earlier === null) return { maxFeePerGas: most, maxPriorityFeePerGas: tip, isLegacy };
  const atLeast = (now: bigint, before: bigint): bigint => (now > dearer(before) ? now : dearer(before));
  return {
    isLegacy,
    maxFeePerGas: atLeast(most, earlier.maxFeePerGas),
    maxPriorityFeePerGas: atLeast(tip, earlier.maxPriorityFeePerGas),
  };
}

async function waitMined(
  { provider, clock, quorum = 1, pollMs, replaceAfterMs, waitMs, onReplace }: SenderDeps,
  of: { attempt: Attempt; replace: (older: Attempt) => Promise<Attempt> },
  signal?: AbortSignal,
): Promise<Receipt> {
  let { attempt } = of;
  const begin = clock.nowMs();
  let sentAt = begin;
  let toldAt = begin;
  for (;;) {
    const receipt = await receiptOf(provider, attempt.hashes, quorum);
    if (receipt !== null) return receipt;
    const now = clock.nowMs();
    if (now - begin > waitMs) throw new TypeError(`transaction ${attempt.hashes.at(-1) ?? ""} was not mined within ${waitMs / 1000} s`);
    if (now - sentAt > replaceAfterMs) {
      attempt = await of.replace(attempt);
      [sentAt, toldAt] = [now, 0];
      onReplace?.();
    }
    if (now - toldAt > TELL_AGAIN_MS) {
      // A refusal here is of one already mined, or of one outbid by its successor: the receipt tells.
      await broadcast(provider, attempt.raws.at(-1) ?? "").catch(ignoreRefusal);
      toldAt = now;
    }
    await clock.sleep(pollMs, signal);
  }
}

function ignoreRefusal(fault: unknown): boolean {
  if (isError(fault, "INSUFFICIENT_FUNDS")) throw fault;
  return false;
}
