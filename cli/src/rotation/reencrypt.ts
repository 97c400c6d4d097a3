import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { VaultClient } from "@agentkeys/common/vault-client";
import type { ReencryptAnswer } from "@agentkeys/common/wire";
import type { StoredItem } from "./inventory.ts";

const AT_ONCE = 4;

/** What came of one credential. */
export interface Outcome {
  credential: string;
  before: string;
  after: string;
}

/** What seals an object, for people. */
export function sealOf({ envelope, epoch }: Pick<StoredItem, "envelope" | "epoch">): string {
  if (envelope === 4) return `epoch ${epoch ?? 0}`;
  return envelope === 2 ? "static key" : envelope === 1 ? "wallet-keyed" : "unknown";
}

/**
 * Has the worker re-encrypt each, some at a time, and says how far it is. One that fails does not stop the rest; one that is gone by
 * now is done. Stops at the signal between two calls: what is done stays done.
 */
export async function reencryptAll(of: {
  vault: Pick<VaultClient, "reencrypt">;
  items: readonly StoredItem[];
  deleteV1: boolean;
  say: (text: string) => void;
  signal: AbortSignal;
}): Promise<{ outcomes: Outcome[]; failed: number }> {
  const { vault, items, deleteV1, say, signal } = of;
  const outcomes: Outcome[] = [];
  let failed = 0;
  const queue = [...items];
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      signal.throwIfAborted();
      const credential = `${item.owner} ${item.service}`;
      const after = await vault.reencrypt({ actorOmni: item.actorOmni, service: item.service, deleteV1 }).then(doneText, faultText);
      if (after.isFault) failed += 1;
      outcomes.push({ credential, before: sealOf(item), after: after.text });
      say(`${outcomes.length}/${items.length} ${credential}: ${sealOf(item)} -> ${after.text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { outcomes, failed };
}

interface Said {
  text: string;
  isFault: boolean;
}

function doneText({ epoch, changed, v1 }: ReencryptAnswer): Said {
  const removed = v1 === "deleted" ? ", older blob deleted" : "";
  return { text: `epoch ${epoch}${changed ? "" : " (was so already)"}${removed}`, isFault: false };
}

function faultText(fault: unknown): Said {
  const { code, publicMessage } = toAgentKeysError(fault);
  if (fault instanceof AgentKeysError && code === "no_such_credential") return { text: "deleted meanwhile", isFault: false };
  return { text: `failed: ${code} (${publicMessage})`, isFault: true };
}
