import type { Clock } from "../clock/index.ts";
import { RpcFault } from "./rpc-fault.ts";
import type { CapFacts } from "./types.ts";

type Block = Pick<CapFacts, "blockNumber" | "blockTimestamp">;

/**
 * Makes the check of one RPC that its view is not older than `maxAgeSeconds`; throws `RpcFault` when it is. A view is as old
 * as its block's time says, or as long as it has stood still before us: a chain whose clock runs ahead hides no stop.
 */
export function createFreshnessCheck(maxAgeSeconds: number | undefined, clock: Clock): (block: Block) => void {
  if (maxAgeSeconds === undefined) return () => undefined;
  let lastBlock: number | null = null;
  let lastChange = 0;
  return ({ blockNumber, blockTimestamp }) => {
    const now = clock.nowSeconds();
    if (blockNumber !== lastBlock) {
      lastBlock = blockNumber;
      lastChange = now;
    }
    const ageSeconds = now - Math.min(blockTimestamp, lastChange);
    if (ageSeconds > maxAgeSeconds)
      throw new RpcFault("stale", `the RPC's view of the chain is ${ageSeconds} s old, more than ${maxAgeSeconds} s: is its node in sync?`);
  };
}
