import type { FailoverProvider } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
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
