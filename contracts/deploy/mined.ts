import { systemClock } from "@agentkeys/common/clock";
import type { TransactionResponse } from "ethers";

const POLL_MS = 25;

/**
 * Waits until a transaction on a local chain is mined; throws a TypeError when it was reverted. ethers' own wait misses a block that comes
 * between its first look and its first poll, and ends only with the next block, which may never come.
 */
export async function mined(sent: Pick<TransactionResponse, "hash" | "provider">): Promise<void> {
  for (;;) {
    const receipt = await sent.provider.getTransactionReceipt(sent.hash);
    if (receipt?.status === 0) throw new TypeError(`transaction ${sent.hash} was reverted`);
    if (receipt !== null) return;
    await systemClock.sleep(POLL_MS);
  }
}
