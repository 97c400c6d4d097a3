import type { FailoverProvider } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { TransactionReceipt } from "ethers";

const MINED_WITHIN_MS = 180_000;

/**
 * The receipt of a transaction, once it is mined; throws a TypeError when that takes too long. Afterwards no node counts that has not seen
 * its block. Asks for it again and again: ethers' own wait misses a block that comes between its first look and its first poll, and on a
 * chain without further blocks then never ends.
 */
export async function receiptOf(provider: FailoverProvider, hash: string, withinMs = MINED_WITHIN_MS): Promise<TransactionReceipt> {
  const end = systemClock.nowMs() + withinMs;
  for (;;) {
    // It is sent: an RPC that does not answer now is no reason to lose sight of it.
    const found = await provider.getTransactionReceipt(hash).catch((cause: unknown) => ({ cause }));
    if (found !== null && !("cause" in found)) {
      provider.seen(found.blockNumber);
      return found;
    }
    if (systemClock.nowMs() > end) throw new TypeError(`transaction ${hash} was sent and not seen mined: look at it`, found ?? {});
    await systemClock.sleep(provider.pollingInterval);
  }
}

/** What was to be sent; without `to` a contract is created. */
export interface Asked {
  from: string;
  to?: string;
  data: string;
}

/**
 * Waits until a transaction is mined and holds it against what was to be sent: a wallet program may have sent something else. Throws
 * `call_refused` then, and a TypeError when it was reverted.
 */
export async function minedAs(
  provider: FailoverProvider,
  hash: string,
  asked: Asked,
): Promise<{ hash: string; block: number; nonce: number }> {
  const receipt = await receiptOf(provider, hash);
  const sent = await provider.getTransaction(hash);
  if (sent === null) throw new TypeError(`transaction ${hash} was not seen`);
  const isSame =
    sent.from.toLowerCase() === asked.from.toLowerCase() &&
    (sent.to?.toLowerCase() ?? null) === (asked.to?.toLowerCase() ?? null) &&
    sent.data === asked.data.toLowerCase();
  if (!isSame)
    throw new AgentKeysError("call_refused", { message: `The wallet sent another transaction than it was asked for: look at ${hash}` });
  if (receipt.status !== 1) throw new TypeError(`transaction ${hash} was reverted`);
  return { hash, block: receipt.blockNumber, nonce: sent.nonce };
}
