import { AgentKeysError } from "@agentkeys/common/errors";
import type { Caller } from "@agentkeys/common/wire";
import { callerName, isOtherwisePinned, ruleFor, strangerName, type Peer, type RemotePeer } from "../caller/index.ts";
import type { CompiledService } from "../policy/index.ts";
import { FAILURES_PER_MINUTE, type FailureLimit, type Quota } from "../quota/index.ts";
import type { Call } from "./call.ts";
import { guardRequest } from "./guard.ts";
import { requestHeaders } from "./headers.ts";
import type { Origin } from "./listeners.ts";
import type { PlaceholderCheck } from "./placeholder.ts";
import type { PolicySource } from "./ports.ts";
import { findService, readTarget, type Target } from "./target.ts";

/** A request that may be sent once it has its key. */
export interface Admission {
  service: CompiledService;
  target: Target;
  headers: string[];
}

export interface AdmissionDeps {
  policy: PolicySource;
  waiting: () => Promise<void> | null;
  placeholder: PlaceholderCheck;
  quota: Quota;
  failures: FailureLimit;
}

/** A refusal that tells when to come back. */
export class QuotaRefusal {
  readonly fault: AgentKeysError;
  readonly headers: Record<string, string>;

  constructor(reason: "rate_limited" | "concurrency_limited", retryAfterSeconds: number, limit: number) {
    this.fault = new AgentKeysError(reason);
    this.headers = {
      "retry-after": String(retryAfterSeconds),
      "x-ratelimit-limit-requests": String(limit),
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": `${retryAfterSeconds}s`,
    };
  }
}

/** Carries an attestation token of the workload that calls; never passed on. */
const ATTESTATION_HEADER = "agentkeys-attestation";

function checkRemote(call: Call, remote: RemotePeer): void {
  call.caller = "workload";
  remote.check();
  if (remote.isEnding()) call.response.shouldKeepAlive = false;
}

async function checkCaller(call: Call, allowed: readonly Caller[], peer: Peer): Promise<void> {
  const attestation = call.request.headers[ATTESTATION_HEADER];
  const identity = await peer.identify(typeof attestation === "string" ? attestation : undefined);
  const rule = identity === null ? null : ruleFor(allowed, identity);
  if (identity !== null) call.caller = rule === null ? strangerName(identity) : callerName(rule);
  if (identity !== null && rule === null && isOtherwisePinned(allowed, identity)) throw new AgentKeysError("pin_mismatch");
  if (rule === null) throw new AgentKeysError("caller_refused");
}

/** Before anything that a guess could be tried on. */
function checkFailures(call: Call, failures: FailureLimit): void {
  const waitMs = failures.waitMs(call.caller);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a refusal with headers, caught where calls are run
  if (waitMs > 0) throw new QuotaRefusal("rate_limited", Math.ceil(waitMs / 1000), FAILURES_PER_MINUTE);
}

function checkRoute(call: Call, service: CompiledService, target: Target): void {
  const route = service.methods.has(call.request.method ?? "") ? service.rules.match(target.path) : null;
  if (route === null) throw new AgentKeysError("route_refused");
  call.route = route;
}

function checkBodyLength(call: Call, service: CompiledService): void {
  if (Number(call.request.headers["content-length"] ?? 0) > service.limits.bodyBytes) throw new AgentKeysError("payload_too_large");
}

/** Every check that needs neither the broker nor the upstream, in the order of the design; throws at the first that fails. */
export async function admit(call: Call, origin: Origin, deps: AdmissionDeps): Promise<Admission> {
  guardRequest(call.request, origin.hosts);
  const { peer } = origin;
  if (peer.remote !== undefined) checkRemote(call, peer.remote);
  const waiting = deps.waiting();
  if (waiting !== null) await waiting;
  const policy = deps.policy.current();
  if (policy === null) throw new AgentKeysError("policy_missing");
  call.policy = policy;
  const { service, rest } = findService(call.request.url ?? "", policy);
  call.service = service;
  if (policy.isSuspended) throw new AgentKeysError("binding_suspended");
  if (service.callers !== null || peer.remote !== undefined) await checkCaller(call, service.callers ?? [], peer);
  checkFailures(call, deps.failures);
  const { headers, hasPlaceholder, isWebSocket } = requestHeaders(call.request.rawHeaders, service, deps.placeholder);
  if (isWebSocket && !call.isUpgrade) throw new AgentKeysError("upgrade_refused");
  const target = readTarget(rest, service, deps.placeholder);
  if (policy.isPlaceholderRequired && !hasPlaceholder && !target.hasPlaceholder) throw new AgentKeysError("placeholder_missing");
  checkRoute(call, service, target);
  checkBodyLength(call, service);
  const quota = deps.quota.admit(call.caller, service.name, service.limits);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a refusal with headers, caught where calls are run
  if (!quota.admitted) throw new QuotaRefusal(quota.reason, quota.retryAfterSeconds, quota.limit);
  call.onEnd(quota.release);
  return { service, target, headers };
}
