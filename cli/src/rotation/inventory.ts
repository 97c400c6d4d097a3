/**
 * What is stored for the actors of an operator, without values: every object with its envelope. Must not know what it is for.
 */
import type { Hex } from "@agentkeys/common/identity";
import type { VaultClient } from "@agentkeys/common/vault-client";
import type { ListedCredential } from "@agentkeys/common/wire";

/** One credential of one actor. */
export interface StoredItem extends ListedCredential {
  actorOmni: Hex;
  /** The binding it is of, when the cluster knows one; else the actor. */
  owner: string;
}

const ACTORS_AT_ONCE = 4;
/** Listing does not depend on which service the cap names. */
const ANY_SERVICE = "any";

/** Lists every actor, some at a time. The first fault ends it: what was not seen is not known to be fine. */
export async function takeInventory(of: {
  vault: Pick<VaultClient, "list">;
  actors: readonly Hex[];
  ownerOf: (actor: Hex) => string;
  onActor?: (done: number, of: number) => void;
}): Promise<StoredItem[]> {
  const { vault, actors, ownerOf, onActor } = of;
  const items: StoredItem[] = [];
  for (let from = 0; from < actors.length; from += ACTORS_AT_ONCE) {
    const batch = actors.slice(from, from + ACTORS_AT_ONCE).map(async (actorOmni) => {
      const { services } = await vault.list({ actorOmni, service: ANY_SERVICE, details: true });
      return services.map((listed) => ({ ...listed, actorOmni, owner: ownerOf(actorOmni) }));
    });
    items.push(...(await Promise.all(batch)).flat());
    onActor?.(Math.min(actors.length, from + ACTORS_AT_ONCE), actors.length);
  }
  return items;
}

/** Whether something at the actor's own path is sealed under an epoch before `current`, or under the static key. */
export function isBehind({ path, envelope, epoch }: StoredItem, current: number): boolean {
  if (path !== "v2") return false;
  return envelope === 2 || (envelope === 4 && epoch !== undefined && epoch < current);
}

/** How many objects there are of each kind: `epoch 2`, `static key`, `wallet-keyed`, `unknown`. */
export function countByKey(items: readonly StoredItem[]): { key: string; objects: number }[] {
  const counts = new Map<string, number>();
  for (const { envelope, epoch } of items) {
    const key = envelope === 4 ? `epoch ${epoch ?? 0}` : envelope === 2 ? "static key" : envelope === 1 ? "wallet-keyed" : "unknown";
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, objects]) => ({ key, objects })).sort((a, b) => a.key.localeCompare(b.key, "en", { numeric: true }));
}
