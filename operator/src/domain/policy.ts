import { createHash } from "node:crypto";
import { nanoUsdOf } from "@agentkeys/common/dollars";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import type { BindingPolicy, Caller, ServiceLimits, ServicePolicy } from "@agentkeys/common/wire";
import { attestationPolicy, workloadCaller } from "@agentkeys/common/workload";
import type { AgentKeysBinding, BindingCaller, BindingLimits } from "../api/types.ts";
import type { AcceptedService } from "./accept.ts";

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
    ...(binding.spec.attestation === undefined ? {} : { attestation: attestationPolicy(binding.spec.attestation) }),
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
function callerOf({ uid, spiffeId, ...pins }: BindingCaller): Caller[] {
  if (spiffeId === undefined) return uid === undefined ? [] : [{ uid }];
  return [workloadCaller({ spiffeId, ...pins })];
}

function limitsOf({ dailyUsd, requestsPerMinute, requestsPerHour, maxConcurrent, maxBodyBytes }: BindingLimits): ServiceLimits {
  const dailyNanoUsd = dailyUsd === undefined ? undefined : nanoUsdOf(dailyUsd);
  const wanted = { requestsPerMinute, requestsPerHour, maxConcurrent, maxBodyBytes, dailyNanoUsd };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
