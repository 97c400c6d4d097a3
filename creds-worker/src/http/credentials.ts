import type { CheckedCap } from "@agentkeys/common/cap-chain";
import { TIER_MASTER } from "@agentkeys/common/chain";
import { aadV1, aadV2, envelopeKind, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { sealToJwk } from "@agentkeys/common/jose";
import type { Secret } from "@agentkeys/common/secret";
import { validator } from "@agentkeys/common/validator";
import type {
  CapChain,
  FetchAnswer,
  ListAnswer,
  SealedCredential,
  StoreAnswer,
  StoreRequest,
  TeardownAnswer,
  TeardownRequest,
} from "@agentkeys/common/wire";
import { checkEmptyBody, checkStoreRequest, checkTeardownRequest } from "@agentkeys/common/wire-checks";
import type { Kek, Signer } from "../signer/index.ts";
import type { StoredBlob, Vaults } from "../vault/index.ts";

/** What a handler gets once every check has passed. */
export interface Granted extends CheckedCap {
  chain: CapChain;
  vaults: Vaults;
}

export interface CredentialDeps {
  signer: Signer;
  randomBytes: (length: number) => Uint8Array;
}

const NONCE_BYTES = 12;
const parseEmpty = validator<Record<string, never>>(checkEmptyBody);
const parseTeardown = validator<TeardownRequest>(checkTeardownRequest);
const parseStore = validator<StoreRequest>(checkStoreRequest);

/** A blob with the key and context that open it. The version must be one that belongs where the blob was found. */
interface Found extends StoredBlob {
  kek: Kek;
  aad: string;
}

/** The actor's own path first; the wallet's only when nothing is there (a refusal or fault has thrown by then). */
async function find({ cap, vaults }: Granted): Promise<Found> {
  const own = await vaults.own.get(cap.service);
  if (own !== null) {
    const kind = envelopeKind(own.blob);
    if (kind.version === 1) throw new AgentKeysError("envelope_unknown_version", { detail: "a wallet-keyed envelope at an actor's path" });
    return { ...own, kek: kind, aad: aadV2(cap.actor_omni, cap.service) };
  }
  const older = vaults.walletKeyed;
  const found = (await older?.vault.get(cap.service)) ?? null;
  if (older === null || found === null) throw new AgentKeysError("no_such_credential");
  const kind = envelopeKind(found.blob);
  if (kind.version !== 1) throw new AgentKeysError("envelope_unknown_version", { detail: "not wallet-keyed, at a wallet's path" });
  return { ...found, kek: kind, aad: aadV1(older.wallet, cap.service) };
}

/** The credential, sealed to the session key. */
export async function fetchCredential(granted: Granted, body: unknown, deps: CredentialDeps): Promise<FetchAnswer> {
  parseEmpty(body ?? {});
  const { cap, chain, sessionJwk } = granted;
  const found = await find(granted);
  const secret = await withKek(deps.signer.kek(chain, found.kek), (kek) => openEnvelope(found.blob, { kek, aad: found.aad }));
  try {
    const payload: SealedCredential = { service: cap.service, credential: secret.reveal(), version: found.version, expires_at: cap.exp };
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
    return { ok: true, version: await vaults.own.put(cap.service, blob, request.if_version), envelope_size: blob.length };
  } finally {
    plaintext.fill(0);
  }
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
 * Both paths, or an older credential would come back once the newer one is gone.
 */
export async function teardown({ cap, vaults, facts }: Granted, body: unknown): Promise<TeardownAnswer> {
  const isAll = parseTeardown(body ?? {}).all === true;
  if (isAll && facts.device?.tier !== TIER_MASTER)
    throw new AgentKeysError("service_not_in_scope", { message: "Only a master device may delete every credential of an actor" });
  const answer: TeardownAnswer = { ok: true, keys_deleted: 0, failures: [] };
  for (const vault of vaults.walletKeyed === null ? [vaults.own] : [vaults.own, vaults.walletKeyed.vault]) {
    const { deleted, failures } = isAll ? await vault.removeAll() : await vault.remove(cap.service);
    answer.keys_deleted += deleted;
    answer.failures.push(...failures);
  }
  return answer;
}

/** What is stored at the actor's own path. */
export async function list({ vaults }: Granted): Promise<ListAnswer> {
  const listed = await vaults.own.list();
  return { ok: true, services: listed.map(({ service, version, updatedAt }) => ({ service, version, updated_at: updatedAt })) };
}
