import { AgentKeysError } from "@agentkeys/common/errors";
import type { EnvelopeKind } from "@agentkeys/common/envelope";
import { validator } from "@agentkeys/common/validator";
import type { ReencryptAnswer, ReencryptRequest } from "@agentkeys/common/wire";
import { checkReencryptRequest } from "@agentkeys/common/wire-checks";
import type { StoredBlob } from "../vault/index.ts";
import type { CredentialDeps } from "./credentials.ts";
import { kindAt, type Granted } from "./find.ts";

const parse = validator<ReencryptRequest>(checkReencryptRequest);
/** Whoever stores meanwhile wins; then it is looked at anew. */
const ATTEMPTS = 3;

/**
 * Seals a credential under the chain's current epoch at the actor's own path, whatever it is sealed as and wherever it lies. Each
 * write is conditional on what was read, so a store at the same time is never lost. The signer does the sealing: the worker sees
 * neither KEK nor value.
 */
export async function reencrypt(granted: Granted, body: unknown, deps: CredentialDeps): Promise<ReencryptAnswer> {
  const deletesV1 = parse(body ?? {}).delete_v1 === true;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await once(granted, deletesV1, deps);
      deps.measures.reencrypted.inc({ outcome: answer.changed ? "changed" : "unchanged" });
      return answer;
    } catch (fault) {
      const isLost = fault instanceof AgentKeysError && fault.code === "version_conflict";
      if (!isLost || attempt === ATTEMPTS) throw fault;
    }
  }
}

async function once(granted: Granted, deletesV1: boolean, deps: CredentialDeps): Promise<ReencryptAnswer> {
  const { cap, facts, chain, vaults } = granted;
  const own = await vaults.own.get(cap.service);
  const older = (await vaults.walletKeyed?.vault.get(cap.service)) ?? null;
  const source = own ?? older;
  if (source === null) throw new AgentKeysError("no_such_credential");
  const kind = kindAt(source.blob, own === null ? "v1" : "v2");
  const was = wasOf(kind);
  const removesV1 = deletesV1 && older !== null;
  const v1 = older === null ? "none" : "kept";
  if (own !== null && kind.version === 4 && kind.epoch === facts.k3Epoch && !removesV1)
    return { ok: true, version: own.version, epoch: kind.epoch, was, changed: false, v1 };
  const blob = await deps.signer.reseal(chain, source.blob);
  const version = await putAndReadBack(granted, blob, own);
  if (removesV1) await vaults.walletKeyed?.vault.remove(cap.service);
  return { ok: true, version, epoch: facts.k3Epoch, was, changed: true, v1: removesV1 ? "deleted" : v1 };
}

/** Nothing older is removed before what replaces it was read from the store as it was written. */
async function putAndReadBack({ cap, vaults }: Granted, blob: Buffer, own: StoredBlob | null): Promise<string> {
  const version = await vaults.own.put(cap.service, blob, own?.version ?? null);
  const back = await vaults.own.get(cap.service);
  if (back?.blob.equals(blob) === true) return version;
  throw new AgentKeysError("version_conflict", { detail: "stored by another since" });
}

function wasOf(kind: EnvelopeKind): ReencryptAnswer["was"] {
  return kind.version === 4 ? { envelope: 4, epoch: kind.epoch } : { envelope: kind.version };
}
