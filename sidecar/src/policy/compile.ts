import { isIP } from "node:net";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { BindingPolicy, Caller, ServicePolicy, ServicePricing } from "@agentkeys/common/wire";
import { compileAttestation, type CompiledAttestation } from "./attestation.ts";
import { compileRules, type RuleSet } from "./rules.ts";

/** The one slot that the key goes into. `before` and `after` surround it, `name` is lower case for headers. */
export interface CompiledAuth {
  readonly type: "bearer" | "header" | "basic" | "query" | "path";
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface CompiledService {
  readonly name: string;
  readonly hash: string;
  readonly origin: string;
  /** Host as dialled, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isHttps: boolean;
  /** Base path of the upstream, without a trailing slash; "" when there is none. */
  readonly basePath: string;
  readonly pathPrefix: string;
  readonly auth: CompiledAuth;
  readonly methods: ReadonlySet<string>;
  readonly rules: RuleSet;
  readonly caBundle: string | undefined;
  readonly allowPrivateAddresses: boolean;
  readonly errorShape: "openai" | "anthropic" | "generic";
  readonly limits: { perMinute: number | undefined; perHour: number | undefined; concurrent: number | undefined; bodyBytes: number };
  readonly pricing: ServicePricing | null;
  /** Nano-dollars a UTC day over all pods of the binding. Null: no limit. */
  readonly dailyNanoUsd: number | null;
  /** The signed statement of that limit. */
  readonly budget: string | null;
  /** Null: every process of the pod. Empty: nobody. */
  readonly callers: readonly Caller[] | null;
  /** Equal for two policies exactly when connections of the one may serve the other. */
  readonly transportKey: string;
}

export interface CompiledPolicy {
  readonly version: string;
  readonly namespace: string;
  readonly binding: string;
  readonly agent: string;
  readonly isPlaceholderRequired: boolean;
  readonly isSuspended: boolean;
  readonly services: ReadonlyMap<string, CompiledService>;
  /** Null: no measurement of a caller counts. */
  readonly attestation: CompiledAttestation | null;
}

const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024;
const HOP_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
const SLOT = "{secret}";

function invalid(service: ServicePolicy, detail: string): never {
  throw new AgentKeysError("config_invalid", { detail: `service ${service.name}: ${detail}` });
}

function compileAuth(service: ServicePolicy): CompiledAuth {
  const { type, name, format } = service.auth;
  const defaults = {
    bearer: { name: "authorization", format: "Bearer {secret}" },
    header: { name: "authorization", format: SLOT },
    basic: { name: "authorization", format: name === undefined ? SLOT : `${name}:${SLOT}` },
    query: { name: "key", format: SLOT },
    path: { name: "", format: SLOT },
  }[type];
  const slotName = type === "header" ? (name ?? defaults.name).toLowerCase() : type === "query" ? (name ?? defaults.name) : defaults.name;
  const template = format ?? defaults.format;
  // A path format may be written `/bot{secret}`: it always is the first segment.
  const [before, after, ...more] = (type === "path" && template.startsWith("/") ? template.slice(1) : template).split(SLOT);
  if (before === undefined || after === undefined || more.length > 0) invalid(service, "auth format must hold {secret} once");
  if (type === "header" && !TOKEN.test(slotName)) invalid(service, "auth header name");
  if (type === "path" && /[/?#%;\\\s]/.test(before + after)) invalid(service, "auth path format must be part of one segment");
  if (/[^\x20-\x7e]/.test(before + after)) invalid(service, "auth format must be printable ASCII");
  return { type, name: slotName, before, after };
}

function compileUpstream(service: ServicePolicy): Pick<CompiledService, "origin" | "host" | "port" | "isHttps" | "basePath"> {
  if (!URL.canParse(service.upstream)) invalid(service, "upstream is not a URL");
  const url = new URL(service.upstream);
  const isHttps = url.protocol === "https:";
  if (!isHttps && !(url.protocol === "http:" && service.allowInsecure)) invalid(service, "upstream must be https");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    invalid(service, "upstream holds more than a base");
  const bare = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const basePath = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : url.pathname;
  return { origin: url.origin, host: bare, port: url.port === "" ? (isHttps ? 443 : 80) : Number(url.port), isHttps, basePath };
}

function compileService(service: ServicePolicy): CompiledService {
  const upstream = compileUpstream(service);
  const prefix = service.pathPrefix ?? "";
  if (prefix !== "" && (!/^(?:\/[A-Za-z0-9\-._~]+)+$/.test(prefix) || /\/\.{1,2}(?:\/|$)/.test(prefix))) invalid(service, "pathPrefix");
  const methods = new Set(service.methods.map((method) => method.toUpperCase()).filter((method) => !HOP_METHODS.has(method)));
  const caBundle = service.tls?.caBundle;
  return {
    ...upstream,
    name: service.name,
    hash: service.hash,
    pathPrefix: prefix,
    auth: compileAuth(service),
    methods,
    rules: compileRules(service.paths, service.denyPaths),
    caBundle,
    allowPrivateAddresses: service.allowPrivateAddresses,
    errorShape: service.errorShape,
    limits: {
      perMinute: service.limits.requestsPerMinute,
      perHour: service.limits.requestsPerHour,
      concurrent: service.limits.maxConcurrent,
      bodyBytes: service.limits.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    },
    pricing: service.pricing ?? null,
    dailyNanoUsd: service.limits.dailyNanoUsd ?? null,
    budget: service.budget ?? null,
    callers: service.callers ?? null,
    transportKey: JSON.stringify([upstream.origin, caBundle ?? "", service.allowPrivateAddresses, isIP(upstream.host)]),
  };
}

/** Compiles a policy for the hot path; throws `config_invalid` as a whole, so that a half-valid policy is never in force. */
export function compilePolicy(policy: BindingPolicy): CompiledPolicy {
  return {
    version: policy.version,
    namespace: policy.namespace,
    binding: policy.binding,
    agent: policy.agent,
    isPlaceholderRequired: policy.placeholder === "Required",
    isSuspended: policy.suspended,
    services: new Map(policy.services.map((service) => [service.name, compileService(service)])),
    attestation: policy.attestation === undefined ? null : compileAttestation(policy.attestation),
  };
}
