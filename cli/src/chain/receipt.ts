import { systemClock } from "@agentkeys/common/clock";
import type { JsonRpcProvider, TransactionReceipt } from "ethers";

const MINED_WITHIN_MS = 180_000;

/**
 * The receipt of a transaction, once it is mined; throws a TypeError when that takes too long. Asks for it again and again: ethers' own wait
 * misses a block that comes between its first look and its first poll, and on a chain without further blocks then never ends.
 */
export async function receiptOf(provider: JsonRpcProvider, hash: string): Promise<TransactionReceipt> {
  const end = systemClock.nowMs() + MINED_WITHIN_MS;
  for (;;) {
    const receipt = await provider.getTransactionReceipt(hash);
    if (receipt !== null) return receipt;
    if (systemClock.nowMs() > end) throw new TypeError(`transaction ${hash} was not seen`);
    await systemClock.sleep(provider.pollingInterval);
  }
}
