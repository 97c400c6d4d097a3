import { attestationSchema, workloadCallerSchema, type ServiceAuth } from "../wire/policy.ts";
import { DEFAULT_MAX_AGE_SECONDS, LEAST_MAX_AGE_SECONDS, VERIFIER_KEY_PATTERN } from "../workload/index.ts";
import { checkPolicyFile } from "./generated/checks.ts";
import { parseToml } from "./toml.ts";

/** One line of who may use what: processes of a uid, of one executable if it is named. */
export interface PolicyRule {
  uid: number;
  binary_path?: string;
  services: string[];
}

/** The same of a workload elsewhere, by its SPIFFE ID and a pin. */
export interface PolicyWorkload {
  spiffe_id: string;
  public_key_sha256?: string;
  measurement?: string;
  services: string[];
}

/** Whose word about measurements counts. */
export interface PolicyAttestation {
  issuer: string;
  audience?: string;
  /** PEM. */
  keys: string[];
  measurement_claim: string;
  require?: { claim: string; value: string }[];
  max_age_seconds: number;
}

/** A service of one's own, or changes to a preset's. */
export interface PolicyService {
  name: string;
  preset?: string;
  upstream?: string;
  auth?: ServiceAuth;
  env?: Record<string, string>;
  methods?: string[];
  paths?: string[];
  deny_paths?: string[];
  path_prefix?: string;
  /** PEM file trusted for this upstream. */
  ca_bundle?: string;
  allow_private_addresses?: boolean;
  allow_insecure?: boolean;
  requests_per_minute?: number;
  requests_per_hour?: number;
  max_concurrent?: number;
  max_body_bytes?: number;
  /** US dollars that may be spent on it in a UTC day, as decimal text. */
  daily_usd?: string;
}

/** As in `policy.toml`. */
export interface PolicyFile {
  /** `required`: a call must hold the placeholder. */
  placeholder: "optional" | "required";
  rule: PolicyRule[];
  workload: PolicyWorkload[];
  attestation?: PolicyAttestation;
  service: PolicyService[];
  /** Kept for messages. */
  source: { path: string; text: string };
}

const text = { type: "string", maxLength: 2048 } as const;
const texts = { type: "array", items: text, maxItems: 128 } as const;
const count = { type: "integer", minimum: 1 } as const;
const name = { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" } as const;
const path = { type: "string", pattern: "^/", maxLength: 4096 } as const;
const services = {
  type: "array",
  items: name,
  maxItems: 64,
  description: "What it may use: presets, or services of this file",
} as const;
const { spiffeId, publicKeySha256, measurement } = workloadCallerSchema.properties;
const { issuer, audience, keys, measurementClaim, require, maxAgeSeconds } = attestationSchema.properties;

/** JSON Schema of {@link PolicyFile} without `source`. */
export const policyFileSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    placeholder: {
      enum: ["optional", "required"],
      default: "optional",
      description: "Whether a call must hold the placeholder where the key goes",
    },
    rule: {
      type: "array",
      default: [],
      maxItems: 256,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["uid", "services"],
        properties: {
          uid: { type: "integer", minimum: 0, maximum: 4_294_967_295, description: "User of the process" },
          binary_path: { ...path, description: "Its executable; a link is followed when the file is read. Left out: any" },
          services,
        },
      },
    },
    workload: {
      type: "array",
      default: [],
      maxItems: 256,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["spiffe_id", "services"],
        properties: {
          spiffe_id: { ...spiffeId, description: "SPIFFE ID of a workload that calls the port of `[mtls]`" },
          public_key_sha256: { ...publicKeySha256, description: "SHA-256 of the key of its certificate (SubjectPublicKeyInfo), hex" },
          measurement: { ...measurement, description: "What it runs; compared with the claim that `[attestation]` names" },
          services,
        },
      },
    },
    attestation: {
      type: "object",
      additionalProperties: false,
      required: ["issuer", "keys", "measurement_claim"],
      properties: {
        issuer: { ...issuer, description: "Claim `iss` of the verifier's tokens" },
        audience: { ...audience, description: "What claim `aud` must hold" },
        keys: {
          ...keys,
          items: { ...keys.items, pattern: VERIFIER_KEY_PATTERN },
          description: "The verifier's public keys or certificates, PEM",
        },
        measurement_claim: { ...measurementClaim, description: "JSON pointer to the claim that workloads pin" },
        require: { ...require, description: "Claims that every token must have besides: `{claim, value}` each" },
        max_age_seconds: {
          ...maxAgeSeconds,
          minimum: LEAST_MAX_AGE_SECONDS,
          default: DEFAULT_MAX_AGE_SECONDS,
          description: "A token issued longer ago is refused",
        },
      },
    },
    service: {
      type: "array",
      default: [],
      maxItems: 64,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name"],
        properties: {
          name: { ...name, description: "Name, also on chain" },
          preset: { ...text, description: "Preset it starts from; the one of its name when neither this nor `upstream` is set" },
          upstream: { ...text, description: "https URL, with a base path if there is one" },
          auth: {
            type: "object",
            additionalProperties: false,
            required: ["type"],
            description: "Where the key goes: `type` bearer, header, basic, query or path; `name`; `format` with `{secret}`",
            properties: { type: { enum: ["bearer", "header", "basic", "query", "path"] }, name: text, format: text },
          },
          env: {
            type: "object",
            description: "Variables; values may hold `{proxy}`, `{service}`, `{placeholder}`",
            propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$" },
            additionalProperties: text,
          },
          methods: {
            type: "array",
            items: { enum: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] },
            maxItems: 16,
            description: "Methods that are passed on",
          },
          paths: { ...texts, description: "Paths that are passed on (`/v1/**`)" },
          deny_paths: { ...texts, description: "Paths that are not, whatever `paths` says" },
          path_prefix: { ...text, description: "Put before a path that lacks it" },
          ca_bundle: { ...path, description: "Authorities of the upstream, a PEM file" },
          allow_private_addresses: { type: "boolean", description: "Let the upstream resolve to private addresses" },
          allow_insecure: { type: "boolean", description: "Let the upstream be http" },
          requests_per_minute: { ...count, description: "Of each caller" },
          requests_per_hour: { ...count, description: "Of each caller" },
          max_concurrent: { ...count, description: "Of each caller" },
          max_body_bytes: { ...count, description: "Largest body of a request" },
          daily_usd: {
            type: "string",
            maxLength: 32,
            description: "US dollars of a UTC day, as decimal text; for presets whose prices are known",
          },
        },
      },
    },
  },
} as const;

/** Reads a `policy.toml`; throws `config_invalid` with every problem and its line. */
export function parsePolicyFile(text: string, file: string): PolicyFile {
  const source = { path: file, text };
  return { ...parseToml<Omit<PolicyFile, "source">>(source, checkPolicyFile), source };
}

/** What holds where there is no file: nobody may use anything. */
export function emptyPolicyFile(file: string): PolicyFile {
  return { placeholder: "optional", rule: [], workload: [], service: [], source: { path: file, text: "" } };
}
