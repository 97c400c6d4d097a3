import type { ChainReader } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { parseKey32 } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** K3 of each epoch. `get` reads the folder again for an epoch it does not know, so that a rotation needs no restart. */
export interface K3Keys {
  get(epoch: number): Secret | null;
}

/** Reads `<dir>/<epoch>` files; throws `config_invalid` when there is none. */
export function openK3Dir(dir: string): K3Keys {
  let keys = readKeys(dir);
  if (keys.size === 0)
    throw new AgentKeysError("config_invalid", { message: `k3Dir ${dir} holds no key: name each file by its epoch, "1" first` });
  return {
    get: (epoch) => {
      if (!keys.has(epoch)) keys = readKeys(dir);
      return keys.get(epoch) ?? null;
    },
  };
}

/** Readiness: null when the chain's epoch is known and its K3 is here. A chain that cannot be read throws. */
export async function currentK3Problem(chain: Pick<ChainReader, "currentEpoch">, k3: K3Keys): Promise<string | null> {
  const epoch = await chain.currentEpoch();
  return k3.get(epoch) === null ? `the chain is at key epoch ${epoch}: add file ${epoch} to k3Dir` : null;
}

function readKeys(dir: string): Map<number, Secret> {
  const names = readdirSync(dir).filter((name) => /^[1-9]\d{0,2}$/.test(name) && Number(name) <= 255);
  return new Map(names.map((name) => [Number(name), parseKey32(readFileSync(join(dir, name)))]));
}
