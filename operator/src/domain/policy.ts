import { createHash } from "node:crypto";
import { nanoUsdOf } from "@agentkeys/common/dollars";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import type { AttestationPolicy, BindingPolicy, Caller, ServiceLimits, ServicePolicy } from "@agentkeys/common/wire";
import type { AgentKeysBinding, BindingAttestation, BindingCaller, BindingLimits } from "../api/types.ts";
import type { AcceptedService } from "./accept.ts";

const DEFAULT_MAX_AGE_SECONDS = 3600;

export interface BindingIdentity {
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
}

/** Name of the actor of a binding. */
export function agentOf(binding: AgentKeysBinding): string {
  return binding.spec.agent ?? binding.metadata.name;
}

/** What the sidecars of a binding are told. Pure; equal content has an equal version. */
export function buildPolicy(binding: AgentKeysBinding, identity: BindingIdentity, accepted: readonly AcceptedService[]): BindingPolicy {
  const content = {
    namespace: binding.metadata.namespace ?? "",
    binding: binding.metadata.name,
    agent: agentOf(binding),
    ...identity,
    placeholder: binding.spec.proxy?.placeholder ?? ("Optional" as const),
    suspended: binding.spec.suspend ?? false,
    services: accepted.map(servicePolicy),
    ...(binding.spec.attestation === undefined ? {} : { attestation: attestationOf(binding.spec.attestation) }),
  };
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return { version: `${binding.metadata.generation ?? 0}-${digest}`, ...content };
}

function servicePolicy({ spec, service }: AcceptedService): ServicePolicy {
  const callers = spec.callers?.flatMap(callerOf);
  return {
    name: service.name,
    hash: serviceHash(service.name),
    upstream: service.upstream,
    auth: service.auth,
    methods: spec.methods ?? service.methods,
    paths: spec.paths ?? service.paths,
    denyPaths: service.denyPaths,
    ...(service.pathPrefix === undefined ? {} : { pathPrefix: service.pathPrefix }),
    ...(service.tls === undefined ? {} : { tls: service.tls }),
    allowPrivateAddresses: service.allowPrivateAddresses,
    allowInsecure: service.allowInsecure,
    errorShape: service.errorShape,
    limits: limitsOf(spec.limits ?? {}),
    ...(service.pricing === undefined ? {} : { pricing: service.pricing }),
    ...(callers === undefined ? {} : { callers }),
  };
}

/** A caller that names nobody is left out: it must not make a service open to all. */
function callerOf({ uid, spiffeId, publicKeySha256, measurement }: BindingCaller): Caller[] {
  if (spiffeId === undefined) return uid === undefined ? [] : [{ uid }];
  return [
    { spiffeId, ...(publicKeySha256 === undefined ? {} : { publicKeySha256 }), ...(measurement === undefined ? {} : { measurement }) },
  ];
}

function attestationOf({ issuer, audience, keys, measurementClaim, require, maxAgeSeconds }: BindingAttestation): AttestationPolicy {
  return {
    issuer,
    keys,
    measurementClaim,
    maxAgeSeconds: maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS,
    ...(audience === undefined ? {} : { audience }),
    ...(require === undefined ? {} : { require }),
  };
}

function limitsOf({ dailyUsd, requestsPerMinute, requestsPerHour, maxConcurrent, maxBodyBytes }: BindingLimits): ServiceLimits {
  const dailyNanoUsd = dailyUsd === undefined ? undefined : nanoUsdOf(dailyUsd);
  const wanted = { requestsPerMinute, requestsPerHour, maxConcurrent, maxBodyBytes, dailyNanoUsd };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
