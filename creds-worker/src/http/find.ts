import type { CheckedCap } from "@agentkeys/common/cap-chain";
import { aadV1, aadV2, envelopeKind, type EnvelopeKind } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { CapChain } from "@agentkeys/common/wire";
import type { Kek } from "../signer/index.ts";
import type { StoredBlob, Vaults } from "../vault/index.ts";

/** What a handler gets once every check has passed. */
export interface Granted extends CheckedCap {
  chain: CapChain;
  vaults: Vaults;
}

/** A blob with the key and context that open it, and whether it lies under the actor's older wallet. */
export interface Found extends StoredBlob {
  kek: Kek;
  aad: string;
  isOlder: boolean;
}

/** Kind of a blob at one of the two paths; throws `envelope_unknown_version` for one that does not belong there. */
export function kindAt(blob: Uint8Array, path: "v1" | "v2"): EnvelopeKind {
  const kind = envelopeKind(blob);
  if ((kind.version === 1) === (path === "v1")) return kind;
  const detail = path === "v1" ? "not wallet-keyed, at a wallet's path" : "a wallet-keyed envelope at an actor's path";
  throw new AgentKeysError("envelope_unknown_version", { detail });
}

/** The actor's own path first; the wallet's only when nothing is there (a refusal or fault has thrown by then). */
export async function find({ cap, vaults }: Granted): Promise<Found> {
  const own = await vaults.own.get(cap.service);
  if (own !== null) return { ...own, kek: kindAt(own.blob, "v2"), aad: aadV2(cap.actor_omni, cap.service), isOlder: false };
  const older = vaults.walletKeyed;
  const found = (await older?.vault.get(cap.service)) ?? null;
  if (older === null || found === null) throw new AgentKeysError("no_such_credential");
  return { ...found, kek: kindAt(found.blob, "v1"), aad: aadV1(older.wallet, cap.service), isOlder: true };
}
