import { MAX_DAILY_NANO_USD, MAX_STATEMENT_CHARS } from "../budget-token/index.ts";
import type { Hex } from "../identity/index.ts";
import { MAX_SPIFFE_ID_BYTES, SPIFFE_ID_PATTERN } from "../workload/spiffe-id.ts";

export interface ServiceAuth {
  type: "bearer" | "header" | "basic" | "query" | "path";
  /** Header or query name, or the user of basic. */
  name?: string;
  /** Text with `{secret}` in it. */
  format?: string;
}

export interface ServiceLimits {
  requestsPerMinute?: number;
  requestsPerHour?: number;
  maxConcurrent?: number;
  maxBodyBytes?: number;
  /** Nano-dollars (10⁻⁹ US$) that all pods of the binding may spend on the service in a UTC day. */
  dailyNanoUsd?: number;
}

/** How calls of a service are priced. */
export interface ServicePricing {
  /** Provider of the price table. */
  provider: string;
  /** What happens to a model without a price, where a daily limit holds; without one it is let through unpriced. */
  unknownModel: "Refuse" | "ChargeDearest";
}

/** A process on the machine of the proxy. `binaryPath` is the absolute path of its executable; absent: any of that uid. */
export interface ProcessCaller {
  uid: number;
  binaryPath?: string;
}

/** A workload by its SPIFFE ID. `publicKeySha256` pins its key (hex of the hashed SubjectPublicKeyInfo), `measurement` what it runs. */
export interface WorkloadCaller {
  spiffeId: string;
  publicKeySha256?: string;
  measurement?: string;
}

/** Who may use a service; each names one kind. */
export type Caller = ProcessCaller | WorkloadCaller;

export interface ServicePolicy {
  name: string;
  /** Service hash. */
  hash: Hex;
  /** https URL, with the base path that is put before the request's. */
  upstream: string;
  auth: ServiceAuth;
  methods: string[];
  paths: string[];
  denyPaths: string[];
  /** Put before the request's path once when it lacks it. */
  pathPrefix?: string;
  tls?: { caBundle: string };
  allowPrivateAddresses: boolean;
  allowInsecure: boolean;
  errorShape: "openai" | "anthropic" | "generic";
  limits: ServiceLimits;
  pricing?: ServicePricing;
  /** Signed statement of `limits.dailyNanoUsd` (`budget-token/`), which the ledger believes instead of the sidecar. */
  budget?: string;
  /** Absent: every process of the pod. Empty: nobody. */
  callers?: Caller[];
}

/** Whose word about what a workload runs is taken: a verifier that signs EAT attestation results (RFC 9711) as JWT. */
export interface AttestationPolicy {
  /** `iss` of its tokens. */
  issuer: string;
  /** What `aud` must hold; absent: not looked at. */
  audience?: string;
  /** Its public keys or certificates, PEM. */
  keys: string[];
  /** JSON pointer (RFC 6901) to the claim that callers pin as `measurement`. */
  measurementClaim: string;
  /** Claims that every token must have, by JSON pointer and value as text. */
  require?: { claim: string; value: string }[];
  /** A token issued longer ago is refused whatever its `exp` says. */
  maxAgeSeconds: number;
}

/** What a sidecar may do, as the operator says it; the chain decides again at every cap. */
export interface BindingPolicy {
  version: string;
  namespace: string;
  binding: string;
  agent: string;
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
  placeholder: "Optional" | "Required";
  suspended: boolean;
  services: ServicePolicy[];
  /** Absent: no measurement of a caller counts. */
  attestation?: AttestationPolicy;
}

const text = { type: "string", maxLength: 2048 } as const;
const patterns = { type: "array", items: text, maxItems: 256 } as const;
const count = { type: "integer", minimum: 1 } as const;

const uid = { type: "integer", minimum: 0, maximum: 4_294_967_295 } as const;
const absolutePath = { type: "string", pattern: "^/", maxLength: 4096 } as const;

/** JSON Schema of {@link WorkloadCaller}. */
export const workloadCallerSchema = {
  type: "object",
  additionalProperties: false,
  required: ["spiffeId"],
  properties: {
    spiffeId: { type: "string", pattern: SPIFFE_ID_PATTERN, maxLength: MAX_SPIFFE_ID_BYTES },
    publicKeySha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
    measurement: { type: "string", minLength: 1, maxLength: 1024 },
  },
} as const;

const callerSchema = {
  oneOf: [
    { type: "object", additionalProperties: false, required: ["uid"], properties: { uid, binaryPath: absolutePath } },
    workloadCallerSchema,
  ],
} as const;

const servicePolicySchema = {
  type: "object",
  additionalProperties: false,
  required: [
    "name",
    "hash",
    "upstream",
    "auth",
    "methods",
    "paths",
    "denyPaths",
    "allowPrivateAddresses",
    "allowInsecure",
    "errorShape",
    "limits",
  ],
  properties: {
    name: { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" },
    hash: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
    upstream: { type: "string", pattern: "^https?://", maxLength: 2048 },
    auth: {
      type: "object",
      additionalProperties: false,
      required: ["type"],
      properties: { type: { enum: ["bearer", "header", "basic", "query", "path"] }, name: text, format: text },
    },
    methods: patterns,
    paths: patterns,
    denyPaths: patterns,
    pathPrefix: text,
    tls: {
      type: "object",
      additionalProperties: false,
      required: ["caBundle"],
      properties: { caBundle: { type: "string", maxLength: 262_144 } },
    },
    allowPrivateAddresses: { type: "boolean" },
    allowInsecure: { type: "boolean" },
    errorShape: { enum: ["openai", "anthropic", "generic"] },
    limits: {
      type: "object",
      additionalProperties: false,
      properties: {
        requestsPerMinute: count,
        requestsPerHour: count,
        maxConcurrent: count,
        maxBodyBytes: count,
        dailyNanoUsd: { type: "integer", minimum: 1, maximum: MAX_DAILY_NANO_USD },
      },
    },
    pricing: {
      type: "object",
      additionalProperties: false,
      required: ["provider", "unknownModel"],
      properties: {
        provider: { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" },
        unknownModel: { enum: ["Refuse", "ChargeDearest"] },
      },
    },
    budget: { type: "string", maxLength: MAX_STATEMENT_CHARS },
    callers: { type: "array", maxItems: 64, items: callerSchema },
  },
} as const;

const pointer = { type: "string", pattern: "^(/([^~/]|~[01])*)+$", maxLength: 512 } as const;

/** JSON Schema of {@link AttestationPolicy}. */
export const attestationSchema = {
  type: "object",
  additionalProperties: false,
  required: ["issuer", "keys", "measurementClaim", "maxAgeSeconds"],
  properties: {
    issuer: { type: "string", minLength: 1, maxLength: 2048 },
    audience: { type: "string", minLength: 1, maxLength: 2048 },
    keys: { type: "array", minItems: 1, maxItems: 8, items: { type: "string", maxLength: 16_384 } },
    measurementClaim: pointer,
    require: {
      type: "array",
      maxItems: 16,
      items: { type: "object", additionalProperties: false, required: ["claim", "value"], properties: { claim: pointer, value: text } },
    },
    maxAgeSeconds: { type: "integer", minimum: 1, maximum: 86_400 },
  },
} as const;

const omni = { type: "string", pattern: "^0x[0-9a-f]{64}$" } as const;

/** JSON Schema of {@link BindingPolicy}. */
export const bindingPolicySchema = {
  type: "object",
  additionalProperties: false,
  required: [
    "version",
    "namespace",
    "binding",
    "agent",
    "operatorOmni",
    "actorOmni",
    "deviceKeyHash",
    "placeholder",
    "suspended",
    "services",
  ],
  properties: {
    version: text,
    namespace: text,
    binding: text,
    agent: text,
    operatorOmni: omni,
    actorOmni: omni,
    deviceKeyHash: omni,
    placeholder: { enum: ["Optional", "Required"] },
    suspended: { type: "boolean" },
    services: { type: "array", maxItems: 64, items: servicePolicySchema },
    attestation: attestationSchema,
  },
} as const;
