/**
 * Bodies of every endpoint (protocol §5) as types and JSON Schemas. Must not know who sends or serves them.
 */
import { MAX_DELEGATION_CHARS } from "../delegation-token/index.ts";
import { bindingPolicySchema, type BindingPolicy } from "./policy.ts";

export {
  bindingPolicySchema,
  type AttestationPolicy,
  type BindingPolicy,
  type Caller,
  type ProcessCaller,
  type ServiceAuth,
  type ServiceLimits,
  type ServicePolicy,
  type ServicePricing,
  type WorkloadCaller,
} from "./policy.ts";
export {
  leaseAnswerSchema,
  leaseRequestSchema,
  MOST_SPEND_ACTORS,
  spendAnswerSchema,
  spendRequestSchema,
  type AccountSpend,
  type LeaseAnswer,
  type LeaseRequest,
  type SpendAnswer,
  type SpendRequest,
} from "./ledger.ts";

/** POST `/v1/cap/<op>`. Omni and hash are checked by the normaliser, the service name by its own rule. */
export interface CapRequest {
  operator_omni: string;
  actor_omni: string;
  service: string;
  device_key_hash: string;
  /** A wish; clamped to what a cap may live. */
  ttl_seconds?: number;
}
export interface CapAnswer {
  cap: string;
  expires_at: number;
}
export const capRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["operator_omni", "actor_omni", "service", "device_key_hash"],
  properties: {
    operator_omni: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$" },
    actor_omni: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$" },
    service: { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" },
    device_key_hash: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$" },
    ttl_seconds: { type: "integer", minimum: 1 },
  },
} as const;

/** Payload of a signed event on `/v1/events`. `services` are service hashes. */
export interface EventPayload {
  type: "heartbeat" | "drop" | "epoch";
  seq: number;
  iat: number;
  /** Session thumbprint the event is for. */
  aud: string;
  services?: string[] | "all";
  reason?: string;
  k3_epoch?: number;
}
export const EVENT_TYP = "agentkeys-event+jwt";

/** POST `/credential/fetch`: the payload inside the JWE. */
export interface SealedCredential {
  service: string;
  credential: string;
  version: string;
  expires_at: number;
}
export interface FetchAnswer {
  ok: true;
  sealed: string;
}
export interface StoreRequest {
  value_b64: string;
  /** Version that must be in the store; null for "none yet"; absent for any. */
  if_version?: string | null;
}
export interface StoreAnswer {
  ok: true;
  version: string;
  envelope_size: number;
}
export const storeRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["value_b64"],
  properties: {
    value_b64: { type: "string", minLength: 4, maxLength: 87_384, pattern: "^[A-Za-z0-9+/]+={0,2}$" },
    if_version: { type: ["string", "null"], maxLength: 256 },
  },
} as const;
/** POST `/credential/teardown`. */
export interface TeardownRequest {
  /** True for every credential of the actor (master devices only); otherwise the one the cap names. */
  all?: boolean;
}
export const teardownRequestSchema = {
  type: "object",
  additionalProperties: false,
  properties: { all: { type: "boolean" } },
} as const;
export interface TeardownAnswer {
  ok: true;
  keys_deleted: number;
  failures: string[];
}
/** POST `/credential/list`. */
export interface ListRequest {
  /** Looks into each blob's first two bytes as well: which envelope, which key epoch. */
  details?: boolean;
}
export const listRequestSchema = {
  type: "object",
  additionalProperties: false,
  properties: { details: { type: "boolean" } },
} as const;
export interface ListedCredential {
  service: string;
  version: string;
  updated_at: string;
  /** `v1` when the credential lies under the actor's older wallet alone. */
  path: "v1" | "v2";
  /** Whether a blob lies under the older wallet, alone or beside the newer one. */
  has_v1: boolean;
  /** With `details`: the envelope's version, or null for one of no known format. */
  envelope?: 1 | 2 | 4 | null;
  /** With `details`: the key epoch an envelope of version 4 names. */
  epoch?: number;
}
export interface ListAnswer {
  ok: true;
  services: ListedCredential[];
}
/** POST `/credential/reencrypt`: a master device has a credential sealed under the current key epoch; the value stays inside. */
export interface ReencryptRequest {
  /** Removes the blob under the older wallet once the newer one was written, read back and opened. */
  delete_v1?: boolean;
}
export const reencryptRequestSchema = {
  type: "object",
  additionalProperties: false,
  properties: { delete_v1: { type: "boolean" } },
} as const;
export interface ReencryptAnswer {
  ok: true;
  version: string;
  /** Key epoch it is sealed under now. */
  epoch: number;
  /** What it was sealed as before. */
  was: { envelope: 1 | 2 | 4; epoch?: number };
  /** False when it was right already and nothing was written. */
  changed: boolean;
  v1: "none" | "kept" | "deleted";
}
export const emptyBodySchema = { type: "object", additionalProperties: false } as const;

/** What every signer call carries to show that a live cap chain stands behind it. */
export interface CapChain {
  cap: string;
  delegation: string;
  proof: string;
}
const capChain = {
  cap: { type: "string", maxLength: 8192 },
  delegation: { type: "string", maxLength: MAX_DELEGATION_CHARS },
  proof: { type: "string", maxLength: 4096 },
} as const;
/** POST `/derive-cred-kek`: `k3_epoch` for version 4 (the default), none for the versions that are only read. */
export interface DeriveKekRequest extends CapChain {
  envelope_version?: 1 | 2 | 4;
  k3_epoch?: number;
}
export const deriveKekSchema = {
  type: "object",
  additionalProperties: false,
  required: ["cap", "delegation", "proof"],
  properties: { ...capChain, envelope_version: { enum: [1, 2, 4] }, k3_epoch: { type: "integer", minimum: 1, maximum: 255 } },
} as const;
/** POST `/reseal-cred`: opens a stored blob and answers it sealed under the current epoch; neither value nor KEK leaves the signer. */
export interface ResealRequest extends CapChain {
  blob_b64: string;
}
export interface ResealAnswer {
  blob_b64: string;
}
export const resealSchema = {
  type: "object",
  additionalProperties: false,
  required: ["cap", "delegation", "proof", "blob_b64"],
  properties: { ...capChain, blob_b64: { type: "string", minLength: 4, maxLength: 174_764, pattern: "^[A-Za-z0-9+/]+={0,2}$" } },
} as const;
/** POST `/verify/k10-sig`: whether an address signed 32 bytes. */
export interface VerifyK10Request {
  device_address: string;
  payload: string;
  sig: string;
}
export const verifyK10Schema = {
  type: "object",
  additionalProperties: false,
  required: ["device_address", "payload", "sig"],
  properties: {
    device_address: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" },
    payload: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$" },
    sig: { type: "string", pattern: "^0x[0-9a-fA-F]{130}$" },
  },
} as const;
/** POST `/sts-credentials`. */
export const stsSchema = {
  type: "object",
  additionalProperties: false,
  required: ["cap", "delegation", "proof"],
  properties: capChain,
} as const;
export interface StsAnswer {
  access_key_id: string;
  secret_access_key: string;
  session_token: string;
  expires_at: number;
  /** Wallet whose older, wallet-keyed storage this session may read and remove as well. */
  v1_wallet?: string;
}

/** POST `/v1/enroll` of the operator. */
export interface EnrollAnswer {
  delegation: string;
  binding: PolicyUpdate;
}
/** `data` of a `binding` event on `/v1/policy`. */
export interface PolicyUpdate {
  policy: BindingPolicy;
  version: string;
  /** Every CA to trust from now on, PEM: how a rotation reaches pods that were started before it. */
  trustBundle?: string;
}
export const policyUpdateSchema = {
  type: "object",
  additionalProperties: false,
  required: ["policy", "version"],
  properties: {
    policy: bindingPolicySchema,
    version: { type: "string", maxLength: 256 },
    trustBundle: { type: "string", minLength: 1, maxLength: 65_536 },
  },
} as const;
export const enrollAnswerSchema = {
  type: "object",
  additionalProperties: false,
  required: ["delegation", "binding"],
  properties: { delegation: { type: "string", maxLength: MAX_DELEGATION_CHARS }, binding: policyUpdateSchema },
} as const;
export const enrollRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["jwk"],
  properties: {
    jwk: {
      type: "object",
      additionalProperties: false,
      required: ["kty", "crv", "x", "y"],
      properties: {
        kty: { const: "EC" },
        crv: { const: "P-256" },
        x: { type: "string", maxLength: 64 },
        y: { type: "string", maxLength: 64 },
      },
    },
  },
} as const;
