/**
 * Whether a session's device stands on chain as it says. A budget gives no credential, so an answer of a moment ago will do: sidecars
 * report every second or two, and the chain is not asked each time.
 */
import type { CapFacts, ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Hex } from "@agentkeys/common/identity";

const KEPT_MS = 30_000;
const MEMO_LIMIT = 4096;

export interface DeviceQuestion {
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
  serviceHash: Hex;
}

/** Facts of the chain that are at most half a minute old. */
export function recentFacts(chain: ChainReader, clock: Clock): (question: DeviceQuestion) => Promise<CapFacts> {
  const known = new Map<string, { atMs: number; facts: Promise<CapFacts> }>();
  return ({ deviceKeyHash, operatorOmni, actorOmni, serviceHash }) => {
    const key = deviceKeyHash + operatorOmni + actorOmni + serviceHash;
    const held = known.get(key);
    const nowMs = clock.nowMs();
    if (held !== undefined && Math.abs(nowMs - held.atMs) < KEPT_MS) return held.facts;
    const facts = chain.capFacts({ deviceKeyHash, operatorOmni, actorOmni, serviceHash });
    known.delete(key);
    const oldest = known.keys().next();
    if (known.size >= MEMO_LIMIT && oldest.done !== true) known.delete(oldest.value);
    known.set(key, { atMs: nowMs, facts });
    // What failed is asked again at once.
    facts.catch(() => known.delete(key));
    return facts;
  };
}
