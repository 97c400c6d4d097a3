import type { CapOp } from "@agentkeys/common/cap";
import { checkCapChain, routeOf, type CapChainDeps, type CheckedCap } from "@agentkeys/common/cap-chain";
import { TIER_MASTER } from "@agentkeys/common/chain";
import { aadV2, envelopeKind, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createApp, finishApp, validator } from "@agentkeys/common/http";
import { sealToJwk } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import {
  emptyBodySchema,
  storeRequestSchema,
  teardownRequestSchema,
  type CapChain,
  type FetchAnswer,
  type ListAnswer,
  type SealedCredential,
  type StoreAnswer,
  type StoreRequest,
  type TeardownAnswer,
  type TeardownRequest,
} from "@agentkeys/common/wire";
import type { Express, Request } from "express";
import type { Signer } from "../signer/index.ts";
import type { OpenVault, Vault } from "../vault/index.ts";

export interface WorkerDeps {
  log: Log;
  metrics: Metrics;
  capChain: CapChainDeps;
  signer: Signer;
  openVault: OpenVault;
  randomBytes: (length: number) => Uint8Array;
}

const MAX_STORE_BODY_BYTES = 98_304;
const NONCE_BYTES = 12;
const parseEmpty = validator<Record<string, never>>(emptyBodySchema);
const parseTeardown = validator<TeardownRequest>(teardownRequestSchema);
const parseStore = validator<StoreRequest>(storeRequestSchema);

/** What a handler gets once every check has passed. */
interface Granted extends CheckedCap {
  chain: CapChain;
  vault: Vault;
}

function presentedBy(request: Request): CapChain {
  const cap = /^DPoP (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  const delegation = request.headers["agentkeys-delegation"];
  const proof = request.headers["dpop"];
  if (cap === undefined || typeof delegation !== "string" || typeof proof !== "string" || delegation === "")
    throw new AgentKeysError("unauthorized", { message: "Send Authorization: DPoP <cap>, DPoP and AgentKeys-Delegation" });
  return { cap, delegation, proof };
}

async function fetchCredential(granted: Granted, deps: WorkerDeps): Promise<FetchAnswer> {
  const { cap, vault, chain } = granted;
  const stored = await vault.get(cap.service);
  if (stored === null) throw new AgentKeysError("no_such_credential");
  const kind = envelopeKind(stored.blob);
  if (kind.version !== 4)
    throw new AgentKeysError("envelope_unknown_version", { detail: "a static or wallet-keyed envelope needs migration" });
  const kek = await deps.signer.kek(chain, kind.epoch);
  try {
    const secret = openEnvelope(stored.blob, { kek, aad: aadV2(cap.actor_omni, cap.service) });
    const payload: SealedCredential = { service: cap.service, credential: secret.reveal(), version: stored.version, expires_at: cap.exp };
    secret.wipe();
    return { ok: true, sealed: await sealToJwk(granted.sessionJwk, { ...payload }) };
  } finally {
    kek.wipe();
  }
}

async function storeCredential(granted: Granted, body: unknown, deps: WorkerDeps): Promise<StoreAnswer> {
  const { cap, vault, chain, facts } = granted;
  const request = parseStore(body);
  const plaintext = Buffer.from(request.value_b64, "base64");
  const kek = await deps.signer.kek(chain, facts.k3Epoch);
  try {
    const aad = aadV2(cap.actor_omni, cap.service);
    const blob = sealEnvelope({ kek, epoch: facts.k3Epoch, nonce: deps.randomBytes(NONCE_BYTES), plaintext, aad });
    return { ok: true, version: await vault.put(cap.service, blob, request.if_version), envelope_size: blob.length };
  } finally {
    kek.wipe();
    plaintext.fill(0);
  }
}

/** `{}` deletes the cap's service; `{all: true}` everything of the actor, which a cap of one service cannot grant an agent. */
async function teardown({ cap, vault, facts }: Granted, body: unknown): Promise<TeardownAnswer> {
  const isAll = parseTeardown(body ?? {}).all === true;
  if (isAll && facts.device?.tier !== TIER_MASTER)
    throw new AgentKeysError("service_not_in_scope", { message: "Only a master device may delete every credential of an actor" });
  const { deleted, failures } = isAll ? await vault.removeAll() : await vault.remove(cap.service);
  return { ok: true, keys_deleted: deleted, failures };
}

async function list({ vault }: Granted): Promise<ListAnswer> {
  const listed = await vault.list();
  return { ok: true, services: listed.map(({ service, version, updatedAt }) => ({ service, version, updated_at: updatedAt })) };
}

/** The four credential routes; nothing touches store or signer before the whole cap chain held. */
export function createWorkerApp(deps: WorkerDeps): Express {
  const app = createApp({ log: deps.log, metrics: deps.metrics, maxBodyBytes: MAX_STORE_BODY_BYTES });
  const outcomes = deps.metrics.counter("credential_calls_total", "Credential calls that passed every check", ["op"]);
  const mount = (op: CapOp, handle: (granted: Granted, body: unknown) => Promise<object>): void => {
    app.post(routeOf(op), async (request, response) => {
      const chain = presentedBy(request);
      const checked = await checkCapChain(chain, op, deps.capChain);
      const vault = deps.openVault(checked.cap.actor_omni, await deps.signer.session(chain));
      response.json(await handle({ ...checked, chain, vault }, request.body));
      outcomes.inc({ op });
      const { actor_omni: actor, service, device_key_hash: device, jti } = checked.cap;
      deps.log.info("credential call served", { op, actor, service, device, capId: jti });
    });
  };
  mount("cred-fetch", (granted, body) => {
    parseEmpty(body ?? {});
    return fetchCredential(granted, deps);
  });
  mount("cred-store", (granted, body) => storeCredential(granted, body, deps));
  mount("cred-teardown", teardown);
  mount("cred-list", list);
  finishApp(app, { log: deps.log });
  return app;
}
