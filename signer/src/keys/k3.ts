import { systemClock, type Clock } from "@agentkeys/common/clock";
import { MAX_EPOCH } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { parseKey32 } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What may be told about a held key: nothing that helps to guess it. */
export interface HeldKey {
  epoch: number;
  /** Equal for equal keys; by it replicas, and the person who made the key, see that they mean the same one. */
  fingerprint: string;
  /** Since this process last gave it for sealing, or started. */
  idle_seconds: number;
}

/** K3 of each epoch. The folder is read again for an unknown epoch and on `refresh`, so that a rotation needs no restart. */
export interface K3Keys {
  get(epoch: number): Secret | null;
  /** As `get`, and notes that something is sealed under it now. */
  getForSealing(epoch: number): Secret | null;
  /** Takes up new files and forgets removed ones. */
  refresh(): void;
  held(): readonly HeldKey[];
}

/** First 16 hex of `H256("agentkeys.k3.fingerprint" || key)`. */
export function k3Fingerprint(key: Secret): string {
  return createHash("sha256").update("agentkeys.k3.fingerprint").update(key.revealBytes()).digest("hex").slice(0, 16);
}

interface K3Deps {
  clock: Clock;
  log?: Log;
}

/** Reads `<dir>/<epoch>` files; throws `config_invalid` when there is none. */
export function openK3Dir(dir: string, deps: K3Deps = { clock: systemClock }): K3Keys {
  const startedAt = deps.clock.nowSeconds();
  const sealedAt = new Map<number, number>();
  let keys = readKeys(dir);
  if (keys.size === 0)
    throw new AgentKeysError("config_invalid", { message: `k3Dir ${dir} holds no key: name each file by its epoch, "1" first` });
  const warned = new Set<number>();
  const refresh = (): void => {
    try {
      keys = merged(keys, readKeys(dir), (message, epoch) => {
        if (!warned.has(epoch)) deps.log?.error(message, { epoch });
        warned.add(epoch);
      });
    } catch (cause) {
      deps.log?.error("k3Dir cannot be read, its keys stay as they were", { cause });
    }
  };
  const get = (epoch: number): Secret | null => {
    if (!keys.has(epoch)) refresh();
    return keys.get(epoch) ?? null;
  };
  return {
    get,
    getForSealing: (epoch) => {
      sealedAt.set(epoch, deps.clock.nowSeconds());
      return get(epoch);
    },
    refresh,
    held: () => {
      const now = deps.clock.nowSeconds();
      const held = [...keys].map(([epoch, key]) => ({
        epoch,
        fingerprint: k3Fingerprint(key),
        idle_seconds: Math.max(0, now - (sealedAt.get(epoch) ?? startedAt)),
      }));
      return held.sort((a, b) => a.epoch - b.epoch);
    },
  };
}

/** A known epoch keeps its key: another one in its file would make what is stored unreadable, so it waits for a person. */
function merged(
  known: ReadonlyMap<number, Secret>,
  read: ReadonlyMap<number, Secret>,
  warn: (message: string, epoch: number) => void,
): Map<number, Secret> {
  // An empty folder is a volume being exchanged or lost, no wish to retire everything.
  if (read.size === 0) return new Map(known);
  const next = new Map(read);
  for (const [epoch, key] of known) {
    const found = read.get(epoch);
    if (found === undefined) continue;
    if (k3Fingerprint(found) !== k3Fingerprint(key))
      warn("the file of a K3 changed and is not taken up: put the old key back, a new key needs a new epoch", epoch);
    next.set(epoch, key);
  }
  return next;
}

function readKeys(dir: string): Map<number, Secret> {
  const names = readdirSync(dir).filter((name) => /^[1-9]\d{0,2}$/.test(name) && Number(name) <= MAX_EPOCH);
  return new Map(names.map((name) => [Number(name), parseKey32(readFileSync(join(dir, name)))]));
}
