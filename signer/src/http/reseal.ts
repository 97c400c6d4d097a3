import type { CheckedCap } from "@agentkeys/common/cap-chain";
import { aadV1, aadV2, deriveKek, envelopeKind, openEnvelope, sealEnvelope, type EnvelopeKind } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Secret } from "@agentkeys/common/secret";
import type { K3Keys } from "../keys/k3.ts";
import type { LegacyKeys } from "../keys/legacy.ts";

export interface ResealDeps {
  k3: K3Keys;
  legacy: LegacyKeys;
  randomBytes: (length: number) => Uint8Array;
}

const NONCE_BYTES = 12;

/**
 * A stored blob sealed again under the chain's current epoch. A re-encryption cap opens every envelope; a fetch cap only a
 * wallet-keyed one, which is copied as it is read. What the blob is bound to comes from the cap, so another actor's or
 * service's does not open.
 */
export function resealBlob(checked: CheckedCap, blob: Uint8Array, deps: ResealDeps): Buffer {
  const { op, actor_omni: actor, service } = checked.cap;
  const kind = envelopeKind(blob);
  if (op !== "cred-reencrypt" && (op !== "cred-fetch" || kind.version !== 1)) throw new AgentKeysError("cap_op_mismatch");
  const epoch = checked.facts.k3Epoch;
  if (kind.version === 4 && kind.epoch > epoch) throw new AgentKeysError("k3_epoch_mismatch", { detail: "an epoch that is yet to come" });
  const opened = openWith(openingKek(checked, kind, deps), blob, aadOf(checked, kind, deps));
  const sealing = deriveKek(keyOf(deps.k3.getForSealing(epoch)), actor);
  const plaintext = opened.revealBytes();
  try {
    return sealEnvelope({ kek: sealing, epoch, nonce: deps.randomBytes(NONCE_BYTES), plaintext, aad: aadV2(actor, service) });
  } finally {
    sealing.wipe();
    opened.wipe();
  }
}

function openWith(kek: Secret, blob: Uint8Array, aad: string): Secret {
  try {
    return openEnvelope(blob, { kek, aad });
  } finally {
    kek.wipe();
  }
}

function keyOf(key: Secret | null): Secret {
  if (key === null) throw new AgentKeysError("k3_key_missing");
  return key;
}

function openingKek({ cap }: CheckedCap, kind: EnvelopeKind, { k3, legacy }: ResealDeps): Secret {
  if (kind.version === 4) return deriveKek(keyOf(k3.get(kind.epoch)), cap.actor_omni);
  const kek = kind.version === 2 ? legacy.staticKek() : legacy.walletKek(cap.actor_omni, cap.service);
  if (kek === null) throw new AgentKeysError("envelope_key_missing", { detail: `envelope version ${kind.version}` });
  return kek;
}

function aadOf({ cap }: CheckedCap, kind: EnvelopeKind, { legacy }: ResealDeps): string {
  if (kind.version !== 1) return aadV2(cap.actor_omni, cap.service);
  const wallet = legacy.walletOf(cap.actor_omni);
  if (wallet === null) throw new AgentKeysError("envelope_key_missing", { detail: "no wallet is mapped to this actor" });
  return aadV1(wallet, cap.service);
}
