/**
 * Taking a key away for good. It is proven first that nothing is sealed under it: by the chain, whose epoch is past it for good; by
 * every signer, which seals nothing under it any more; and then by every object of every actor. Must not know where those are.
 */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { StoredItem } from "./inventory.ts";
import type { K3Store } from "./keys.ts";
import { everySigner } from "./rotate.ts";
import type { SignerFleet } from "./signers.ts";

export interface RetireDeps {
  store: K3Store;
  fleet: SignerFleet;
  counter: { current(): Promise<number>; final(): Promise<number> };
  inventory: () => Promise<StoredItem[]>;
  clock: Clock;
  signal: AbortSignal;
  say: (text: string) => void;
  withinMs: number;
  /** For how long every signer must have sealed nothing under the key: a worker writes what was sealed within it, or not at all. */
  quietSeconds: number;
}

/** Retires the key of an epoch; `needing` is what stands in the way, and then nothing was done. */
export async function retireKey(deps: RetireDeps, epoch: number): Promise<{ needing: StoredItem[]; objects: number }> {
  const { store, counter, say } = deps;
  const [current, final] = [await counter.current(), await counter.final()];
  if (epoch >= Math.min(current, final))
    throw new AgentKeysError("invalid_input", {
      message:
        epoch < current
          ? `The chain has left epoch ${epoch}, but not finally yet: try again in some minutes`
          : `The chain is at epoch ${current}: key ${epoch} is in use, or will be`,
    });
  await everySigner(
    deps,
    `has sealed nothing under key ${epoch} for ${deps.quietSeconds} s`,
    ({ chainEpoch, keys }) =>
      chainEpoch !== null && chainEpoch > epoch && keys.every((key) => key.epoch !== epoch || key.idleSeconds >= deps.quietSeconds),
  );
  const items = await deps.inventory();
  // What is of no known format might be a form of it.
  const needing = items.filter(({ envelope, epoch: of }) => envelope === null || envelope === undefined || of === epoch);
  if (needing.length > 0) return { needing, objects: items.length };
  say(`none of ${items.length} objects is sealed under key ${epoch}`);
  if ((await store.read()).epochs.includes(epoch)) await store.remove(epoch);
  say(`removed key ${epoch} from ${store.name}`);
  await deps.fleet.hurry(String(deps.clock.nowMs()));
  await everySigner(deps, `has forgotten key ${epoch}`, ({ keys }) => keys.every((key) => key.epoch !== epoch));
  return { needing: [], objects: items.length };
}
