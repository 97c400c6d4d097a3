import { AgentKeysError, CODES, toAgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import { createPriceSource } from "../meter/index.ts";
import { createFailureLimit, createQuota } from "../quota/index.ts";
import { QuotaRefusal, admit } from "./admission.ts";
import type { Call, Exchange } from "./call.ts";
import { createDrains } from "./drains.ts";
import { createFlights } from "./flights.ts";
import { openListeners, type Origin } from "./listeners.ts";
import { createMeasures } from "./measures.ts";
import { createMetering } from "./metering.ts";
import { createPlaceholderCheck } from "./placeholder.ts";
import type { Proxy, ProxyDeps, RunningProxy } from "./ports.ts";
import { createLedger } from "./ledger.ts";
import { relay } from "./relay.ts";
import { createUpstreams } from "./upstreams.ts";

const UPSTREAM_TIMEOUT_MS = 600_000;
const BODY_IDLE_MS = 300_000;
/** Faults that say who asks is not who may ask; many of them slow a caller down. */
const IDENTITY_FAULTS: ReadonlySet<string> = new Set([
  "caller_refused",
  "pin_mismatch",
  "attestation_refused",
  "placeholder_missing",
  "placeholder_wrong",
  "real_key_refused",
]);

const isRefusal = (reason: string): reason is ErrorCode => Object.hasOwn(CODES, reason) && CODES[reason as ErrorCode].status === 403;

/**
 * What a call is cut with. One that still waits for its key was let in to nothing: it is refused with the reason of the drop, as the
 * next one will be. A broker says a drop again at each look, so both may be told of one revocation.
 */
function cutBy(reason: string, { decision }: Pick<Call, "decision">): AgentKeysError {
  if (decision === "deny" && isRefusal(reason)) return new AgentKeysError(reason, { detail: "dropped while its credential was fetched" });
  return new AgentKeysError("revoked", { detail: reason });
}

/** Builds the data path; nothing listens before `listen`. */
export function createProxy(deps: ProxyDeps): Proxy {
  return { listen: ({ port }) => start(deps, port) };
}

async function start(deps: ProxyDeps, wantedPort: number): Promise<RunningProxy> {
  const ownPorts = new Set(deps.adminPort === undefined ? [] : [deps.adminPort]);
  const upstreamMs = deps.timeouts?.upstreamMs ?? UPSTREAM_TIMEOUT_MS;
  const upstreams = createUpstreams({
    resolve: deps.resolve,
    ownPorts: () => ownPorts,
    upstreamMs,
  });
  const placeholder = createPlaceholderCheck(deps.placeholder);
  const flights = createFlights();
  const ledger = createLedger(deps, deps.audit, createMeasures(deps.metrics));
  const failures = createFailureLimit(deps.clock);
  const admission = {
    policy: deps.policy,
    waiting: deps.waiting ?? ((): null => null),
    placeholder,
    quota: createQuota(deps.clock),
    failures,
  };
  let isDraining = false;
  const bodyIdleMs = deps.timeouts?.bodyMs ?? BODY_IDLE_MS;
  const tunnel = { clock: deps.clock, idleMs: upstreamMs };
  const mask = deps.placeholder.reveal();
  const drains = createDrains(deps.clock);
  const metering = createMetering({
    prices: deps.prices ?? createPriceSource(),
    budget: deps.budget,
    log: deps.log,
    clock: deps.clock,
    placeholder,
    bodyIdleMs,
  });
  const relayDeps = {
    credentials: deps.credentials,
    upstreams,
    placeholder,
    mask,
    isDraining: () => isDraining,
    tunnel,
    drains,
    spellings: new WeakMap(),
    bodyIdleMs,
  };

  const run = async (call: Call, origin: Origin): Promise<void> => {
    let isAdmitted = false;
    try {
      if (isDraining) throw new AgentKeysError("shutting_down");
      const admitted = await admit(call, origin, admission);
      const outgoing = admitted.service.pricing === null ? null : await metering.open(call, admitted);
      isAdmitted = true;
      const credential = await deps.credentials.get(admitted.service.name);
      isAdmitted = false;
      if (call.isEnded || call.isCancelled) return;
      call.decision = "allow";
      relay(call, admitted, credential, relayDeps, outgoing);
    } catch (fault) {
      if (fault instanceof QuotaRefusal) call.fail(fault.fault, "proxy", fault.headers);
      else call.fail(toAgentKeysError(fault), isAdmitted ? "credential" : "proxy");
      if (IDENTITY_FAULTS.has(call.reason)) failures.count(call.caller);
    }
  };

  const onRequest = (exchange: Exchange, origin: Origin): (() => void) => {
    const call = ledger.open(exchange);
    flights.add(call);
    void run(call, origin);
    return () => {
      call.end();
    };
  };

  const listeners = await openListeners({
    addresses: deps.listenAddresses,
    port: wantedPort,
    callerGuard: deps.callerGuard,
    entrances: deps.entrances ?? [],
    headersMs: deps.timeouts?.headersMs,
    onRequest,
  });
  ownPorts.add(listeners.port);

  const unsubscribe = [
    deps.revocations.onDrop((services, reason) => {
      const dropped = services === "all" ? null : new Set(services);
      const count = flights.cut(
        (call) => call.service !== null && dropped?.has(call.service.name) !== false,
        (call) => cutBy(reason, call),
      );
      drains.cut();
      if (count > 0) deps.log.info("running calls were cut by a revocation", { count, reason });
    }),
    deps.policy.onChange((policy) => {
      upstreams.retain(policy);
      const isGone = (name: string): boolean => policy === null || policy.isSuspended || !policy.services.has(name);
      flights.cut(
        (call) => call.service !== null && isGone(call.service.name),
        () => new AgentKeysError("revoked", { detail: "policy" }),
      );
      drains.cut();
    }),
  ];

  return {
    port: listeners.port,
    async close(graceMs) {
      isDraining = true;
      const closed = listeners.stop();
      const timer = new AbortController();
      await Promise.race([flights.idle(), deps.clock.sleep(graceMs, timer.signal).catch(() => undefined)]);
      timer.abort();
      flights.cut(
        () => true,
        () => new AgentKeysError("shutting_down"),
      );
      drains.cut();
      for (const stop of unsubscribe) stop();
      listeners.cut();
      await closed;
      await upstreams.destroy();
    },
  };
}
