import { TIER_MASTER } from "@agentkeys/common/chain";
import { aadV2, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { sealToJwk } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import { validator } from "@agentkeys/common/validator";
import type { FetchAnswer, SealedCredential, StoreAnswer, StoreRequest, TeardownAnswer, TeardownRequest } from "@agentkeys/common/wire";
import { checkEmptyBody, checkStoreRequest, checkTeardownRequest } from "@agentkeys/common/wire-checks";
import type { WorkerMeasures } from "../measures.ts";
import type { Signer } from "../signer/index.ts";
import type { Vault } from "../vault/index.ts";
import { copyOver } from "./copy.ts";
import { find, type Granted } from "./find.ts";

export interface CredentialDeps {
  signer: Signer;
  randomBytes: (length: number) => Uint8Array;
  log: Log;
  measures: WorkerMeasures;
  /** Whether a wallet-keyed credential is copied to the actor's own path when it is read; true when absent. */
  lazyCopy?: boolean;
}

const NONCE_BYTES = 12;
const parseEmpty = validator<Record<string, never>>(checkEmptyBody);
const parseTeardown = validator<TeardownRequest>(checkTeardownRequest);
const parseStore = validator<StoreRequest>(checkStoreRequest);

/** The credential, sealed to the session key. */
export async function fetchCredential(granted: Granted, body: unknown, deps: CredentialDeps): Promise<FetchAnswer> {
  parseEmpty(body ?? {});
  const { cap, chain, sessionJwk } = granted;
  const found = await find(granted);
  const secret = await withKek(deps.signer.kek(chain, found.kek), (kek) => openEnvelope(found.blob, { kek, aad: found.aad }));
  try {
    if (found.isOlder) deps.measures.fallbackReads.inc();
    const version = found.isOlder ? await copyOver(granted, found, deps) : found.version;
    const payload: SealedCredential = { service: cap.service, credential: secret.reveal(), version, expires_at: cap.exp };
    return { ok: true, sealed: await sealToJwk(sessionJwk, { ...payload }) };
  } finally {
    secret.wipe();
  }
}

/** Seals under the chain's current epoch, always at the actor's own path. */
export async function storeCredential(granted: Granted, body: unknown, deps: CredentialDeps): Promise<StoreAnswer> {
  const { cap, vaults, chain, facts } = granted;
  const request = parseStore(body);
  const plaintext = Buffer.from(request.value_b64, "base64");
  const epoch = facts.k3Epoch;
  try {
    const blob = await withKek(deps.signer.kek(chain, { version: 4, epoch }), (kek) =>
      sealEnvelope({ kek, epoch, nonce: deps.randomBytes(NONCE_BYTES), plaintext, aad: aadV2(cap.actor_omni, cap.service) }),
    );
    const condition = await conditionOf(granted, request.if_version);
    return { ok: true, version: await vaults.own.put(cap.service, blob, condition), envelope_size: blob.length };
  } finally {
    plaintext.fill(0);
  }
}

/** What must be at the actor's own path for a store that names what it replaces: that may lie under the older wallet as yet. */
async function conditionOf({ cap, vaults }: Granted, ifVersion: string | null | undefined): Promise<string | null | undefined> {
  const older = vaults.walletKeyed?.vault;
  if (older === undefined || ifVersion === undefined) return ifVersion;
  const [own, left] = [await vaults.own.get(cap.service), await older.get(cap.service)];
  if (own !== null || left === null) return ifVersion;
  if (left.version !== ifVersion) throw new AgentKeysError("version_conflict", { detail: "wallet-keyed" });
  return null;
}

async function withKek<T>(asked: Promise<Secret>, use: (kek: Secret) => T): Promise<T> {
  const kek = await asked;
  try {
    return use(kek);
  } finally {
    kek.wipe();
  }
}

/**
 * `{}` deletes the cap's service; `{all: true}` everything of the actor, which a cap of one service cannot grant an agent.
 * Both paths, or an older credential would come back once the newer one is gone; the older one first, so that a copy that is
 * being made of it is deleted with the newer one or sees that it was.
 */
export async function teardown({ cap, vaults, facts }: Granted, body: unknown): Promise<TeardownAnswer> {
  const isAll = parseTeardown(body ?? {}).all === true;
  if (isAll && facts.device?.tier !== TIER_MASTER)
    throw new AgentKeysError("service_not_in_scope", { message: "Only a master device may delete every credential of an actor" });
  const answer: TeardownAnswer = { ok: true, keys_deleted: 0, failures: [] };
  const paths: Vault[] = vaults.walletKeyed === null ? [vaults.own] : [vaults.walletKeyed.vault, vaults.own];
  for (const vault of paths) {
    const { deleted, failures } = isAll ? await vault.removeAll() : await vault.remove(cap.service);
    answer.keys_deleted += deleted;
    answer.failures.push(...failures);
  }
  return answer;
}
