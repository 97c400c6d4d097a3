import type { Clock } from "../clock/index.ts";
import { createFreshnessCheck } from "./freshness.ts";
import { RpcFault } from "./rpc-fault.ts";
import type { RpcNode } from "./rpc-pool.ts";
import type { CapFacts } from "./types.ts";

/** A node whose newest block is this much older than one that was seen already is behind, however young its block is. */
const LAG_SECONDS = 15;

export interface Views {
  /** Throws `RpcFault` when the node's newest block is too old, or older than what another has shown. */
  assertCurrent: (node: RpcNode, facts: CapFacts) => void;
  /** The last block the node showed; -1 before. */
  headOf: (node: RpcNode) => number;
  /** Nobody could serve: should the chain itself have begun anew, its nodes are not behind. */
  forget: () => void;
}

/** What each node showed last, and how new the newest of all was. */
export function createViews(nodes: number, maxAgeSeconds: number | undefined, clock: Clock): Views {
  const checks = Array.from({ length: nodes }, () => createFreshnessCheck(maxAgeSeconds, clock));
  const heads = new Map<number, number>();
  let newest = 0;
  return {
    assertCurrent: ({ index }, facts) => {
      checks[index]?.(facts);
      if (nodes > 1 && facts.blockTimestamp < newest - LAG_SECONDS)
        throw new RpcFault("lagging", `the RPC is ${newest - facts.blockTimestamp} s behind another one`);
      // A block from the future says nothing of how new the others must be.
      newest = Math.max(newest, Math.min(facts.blockTimestamp, clock.nowSeconds()));
      heads.set(index, facts.blockNumber);
    },
    headOf: ({ index }) => heads.get(index) ?? -1,
    forget: () => {
      newest = 0;
      heads.clear();
    },
  };
}
