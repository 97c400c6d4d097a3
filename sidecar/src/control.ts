/**
 * The control path: enrolment, policy and broker events told to the data path. No logic beyond who tells whom.
 */
import type { BatchAck, OutgoingBatch } from "@agentkeys/common/audit-trail";
import type { Clock } from "@agentkeys/common/clock";
import { createHttpClient, type HttpClientOptions } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import { sendBatch } from "./audit/index.ts";
import type { Authority, AuthorityParts } from "./authority.ts";
import { createBudget, ledgerClient, type RunningBudget } from "./budget/index.ts";
import { Credentials, fetchCredential } from "./caps/index.ts";
import type { ProxyConfig } from "./config.ts";
import { Drops } from "./drops.ts";
import { Enrolment } from "./enrol/index.ts";
import { BrokerEvents } from "./events/broker-events.ts";
import { BrokerKeys } from "./events/broker-keys.ts";
import { followStream } from "./events/stream.ts";
import { PolicyStore } from "./policy-store.ts";
import { createSession } from "./session/index.ts";
import type { Trust } from "./trust.ts";

export interface ControlDeps {
  config: Readonly<ProxyConfig>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  newId: () => string;
  random: () => number;
  steadyMs: () => number;
  trust: Trust;
  authority: (parts: AuthorityParts) => Authority;
  /** Where our services are dialled instead of at their own addresses. */
  dial?: HttpClientOptions["dial"];
}

export interface Control {
  policy: PolicyStore;
  credentials: Credentials;
  revocations: Drops;
  budget: RunningBudget;
  /** What keeps the sidecar from being ready. */
  missing: () => string[];
  /** One batch of audit rows to the broker. */
  sendAudit: (batch: OutgoingBatch, signal: AbortSignal) => Promise<BatchAck>;
  /** Runs until the signal. */
  run: (signal: AbortSignal) => void;
  close: () => Promise<void>;
}

/** Builds the control path; nothing is called before `run`. */
export function createControl(deps: ControlDeps): Control {
  const { config, clock, log, metrics, random, trust, dial } = deps;
  const { brokerUrl, workerUrl } = config;
  const client = createHttpClient({ tls: trust, ...(dial === undefined ? {} : { dial }) });
  const session = createSession({ clock, randomId: deps.newId });
  const policy = new PolicyStore({ clock, log, metrics });
  const revocations = new Drops();
  const drop = (services: string[] | "all", reason: string): void => {
    credentials.purge(services);
    revocations.drop(services, reason);
  };
  const onPolicy = (update: PolicyUpdate): boolean => {
    if (policy.isStale(update)) return false;
    trust.take(update.trustBundle);
    const gone = policy.take(update);
    if (gone.length > 0) drop(gone, "policy_changed");
    enrolment.cover(update.policy.services.map(({ hash }) => hash));
    return true;
  };
  // What a lagging replica says with a delegation is passed over: the stream that is opened next says what holds.
  const onEnrolled = (update: PolicyUpdate): void => void onPolicy(update);
  const authority = deps.authority({ client, clock, log, random, session, policy });
  const enrolment = new Enrolment({ clock, log, random, enrol: () => authority.enrol(), onPolicy: onEnrolled });
  const credentials = new Credentials({
    clock,
    log,
    metrics,
    fetch: (service) => fetchCredential(service, { client, session, enrolment, brokerUrl, workerUrl }),
    isBrokerLive: () => events.isLive,
  });
  const budget = createBudget({
    ...{ policy, clock, log, metrics, steadyMs: deps.steadyMs, newId: deps.newId, stateDir: config.stateDir },
    tell: ledgerClient({ client, session, enrolment, policy, brokerUrl }),
  });
  const namesOf = (hashes: string[] | "all"): string[] | "all" =>
    hashes === "all"
      ? "all"
      : [...(policy.current()?.services.values() ?? [])].filter(({ hash }) => hashes.includes(hash)).map(({ name }) => name);
  const keys = new BrokerKeys({ client, clock, brokerUrl });
  const events = new BrokerEvents({
    clock,
    steadyMs: deps.steadyMs,
    log,
    metrics,
    jkt: session.jkt,
    keys,
    onDrop: (hashes, reason) => {
      const services = namesOf(hashes);
      log.info("services dropped", { services, reason });
      drop(services, reason);
    },
  });
  const stream = { client, clock, log, session, enrolment, random };
  return {
    policy,
    credentials,
    revocations,
    budget,
    missing: () => [
      ...(enrolment.isEnrolled ? [] : ["enrolment"]),
      ...(policy.current() === null ? ["policy"] : []),
      ...(events.isLive ? [] : ["broker heartbeat"]),
    ],
    sendAudit: (batch, signal) => sendBatch(batch, { client, session, enrolment, brokerUrl }, signal),
    run: (signal) => {
      // An authority that knows the policy already tells it here: the first delegation is to cover it.
      authority.follow({ enrolment, tell: onPolicy }, signal);
      void enrolment.run(signal);
      void keys.run(signal);
      void budget.run(signal);
      const onOpen = (): void => events.onOpen();
      void followStream(
        { ...stream, name: "events", url: `${brokerUrl}/v1/events`, onOpen, onEvent: (event) => events.handle(event) },
        signal,
      );
    },
    close: () => client.close(),
  };
}
