/**
 * The broker: mints caps, tells sessions what the chain took away and keeps audit rows. Cannot decrypt: it has no store of
 * credentials, no KEK and no `/credential/*` route. Everything it needs comes in as arguments.
 */
import { watchChain, type ChainReader } from "@agentkeys/common/chain";
import type { AuditStore } from "@agentkeys/common/audit-store";
import type { Clock } from "@agentkeys/common/clock";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import type { ReplayCache } from "@agentkeys/common/dpop";
import { createApp, finishApp } from "@agentkeys/common/http";
import type { SigningKey } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { Express } from "express";
import { Sessions } from "./events/sessions.ts";
import { mountAudit } from "./http/audit.ts";
import { mountCaps } from "./http/caps.ts";
import { createDeviceCheck } from "./http/device-check.ts";
import { mountEvents } from "./http/events.ts";
import { mountLedger, type Budgets } from "./http/ledger.ts";
import { createBrokerMetrics } from "./metrics.ts";

/** Without a chain read for this long there are no heartbeats, so that sidecars fail closed. */
const CHAIN_STALE_MS = 30_000;

export interface BrokerDeps {
  chain: ChainReader;
  clock: Clock;
  key: SigningKey;
  log: Log;
  metrics: Metrics;
  seen: ReplayCache;
  openDelegation: (token: string) => OpenedDelegation;
  /** Absent: there are no routes of the ledger. */
  budgets?: Budgets;
  randomId: () => string;
  publicUrl: string;
  heartbeatMs: number;
  chainPollMs: number;
  recheckMs: number;
  /** Null where no audit bucket is configured. */
  auditStore: AuditStore | null;
  auditClient: string;
}

export interface Broker {
  app: Express;
  /** What keeps it from being ready. */
  missing: () => string[];
  stop: () => void;
}

/** Builds the routes and starts the loops. */
export function createBroker(deps: BrokerDeps): Broker {
  const metrics = createBrokerMetrics(deps.metrics);
  const sessions = new Sessions({ ...deps, metrics });
  const stopping = new AbortController();
  let lastReadMs = 0;
  const isChainFresh = (): boolean => deps.clock.nowMs() - lastReadMs < CHAIN_STALE_MS;
  const onRead = (): void => {
    lastReadMs = deps.clock.nowMs();
    metrics.chainRead.set(deps.clock.nowSeconds());
  };
  const { chain, clock, log } = deps;
  void watchChain(
    { chain, clock, log, pollMs: deps.chainPollMs, onChange: (change) => sessions.onChainChange(change), onRead },
    stopping.signal,
  );
  void every(deps.heartbeatMs, deps, stopping.signal, () => (isChainFresh() ? sessions.heartbeat() : Promise.resolve()));
  void every(deps.recheckMs, deps, stopping.signal, () => sessions.recheckAll());

  const app = createApp({ log, metrics: deps.metrics });
  app.get("/.well-known/jwks.json", (_request, response) => void response.json({ keys: [deps.key.publicJwk] }));
  mountCaps(app, { ...deps, metrics });
  if (deps.budgets !== undefined) mountLedger(app, { ...deps, ...deps.budgets, metrics });
  const checkDevice = createDeviceCheck(deps);
  mountAudit(app, { ...deps, checkDevice, metrics });
  mountEvents(app, { ...deps, sessions, checkDevice, isChainFresh });
  finishApp(app, { log });
  return { app, missing: () => (isChainFresh() ? [] : ["chain"]), stop: () => stopping.abort() };
}

async function every(ms: number, deps: { clock: Clock; log: Log }, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  for (;;) {
    const isOver = await deps.clock.sleep(ms, signal).then(
      () => false,
      () => true,
    );
    if (isOver) return;
    await run().catch((fault: unknown) => deps.log.warn("periodic work failed, retrying", { cause: fault }));
  }
}
