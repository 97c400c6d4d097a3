import type { ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Metrics } from "@agentkeys/common/metrics";
import type { HeldKey, K3Keys } from "./k3.ts";

/** What `/k3` of the admin port answers: by it a rotation is steered, and nothing in it is secret. */
export interface K3Status {
  /** The chain's epoch as last read; null before that. */
  chain_epoch: number | null;
  keys: readonly HeldKey[];
}

export interface K3Watch {
  /** Readiness: null when the chain's epoch is known and its K3 is here. A chain that cannot be read throws. */
  probe: () => Promise<string | null>;
  /** As of now, or of a second ago: whoever asks more often does not make the chain be read more often. */
  status: () => Promise<K3Status>;
}

const READ_EVERY_MS = 1000;

/** Keeps an eye on the epochs: which keys are held, and whether the chain's is among them. */
export function watchK3(deps: { chain: Pick<ChainReader, "currentEpoch">; k3: K3Keys; metrics: Metrics; clock: Clock }): K3Watch {
  const current = deps.metrics.gauge("k3_epoch", "Key epoch of the chain as last read");
  const held = deps.metrics.gauge("k3_held", "1 for each key epoch whose K3 is held", ["epoch"]);
  let chainEpoch: number | null = null;
  let readAtMs = -Infinity;
  const look = (): readonly HeldKey[] => {
    deps.k3.refresh();
    const keys = deps.k3.held();
    held.reset();
    for (const { epoch } of keys) held.set({ epoch: String(epoch) }, 1);
    return keys;
  };
  const probe = async (): Promise<string | null> => {
    readAtMs = deps.clock.nowMs();
    look();
    const epoch = await deps.chain.currentEpoch();
    chainEpoch = epoch;
    current.set(epoch);
    return deps.k3.get(epoch) === null ? `the chain is at key epoch ${epoch}: add file ${epoch} to k3Dir` : null;
  };
  return {
    probe,
    status: async () => {
      if (deps.clock.nowMs() - readAtMs >= READ_EVERY_MS) await probe().catch(() => undefined);
      return { chain_epoch: chainEpoch, keys: look() };
    },
  };
}
