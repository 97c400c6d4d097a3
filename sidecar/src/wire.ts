/** Builds the sidecar's object graph; no logic beyond who tells whom. */
import { createHttpClient } from "@agentkeys/common/http-client";
import { adminServer } from "@agentkeys/common/http-admin";
import { systemClock } from "@agentkeys/common/clock";
import type { ProcessContext, Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import { randomBytes, randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createCallerGuard } from "./caller/index.ts";
import { Credentials } from "./caps/credentials.ts";
import type { SidecarConfig } from "./config.ts";
import { Drops } from "./drops.ts";
import { Enrolment } from "./enrol/index.ts";
import { BrokerEvents } from "./events/broker-events.ts";
import { followStream } from "./events/stream.ts";
import { PolicyStore } from "./policy-store.ts";
import { createProxy } from "./proxy/index.ts";
import { createSession, importJwks, type PublicKey } from "./session/index.ts";

const JWKS_REFRESH_MS = 30_000;

/** Starts the sidecar: listens at once, enrols and fetches in the background. */
export async function startSidecar(config: Readonly<SidecarConfig>, context: ProcessContext): Promise<Running> {
  const log = createLog({ component: "sidecar", level: config.logLevel });
  const auditLog = log.child({ type: "audit" });
  const metrics = createMetrics("sidecar", { processMetrics: true });
  const clock = systemClock;
  const random = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;
  const client = createHttpClient({ caPem: config.trustBundle });
  const session = createSession({ clock, randomId: randomUUID });
  const policy = new PolicyStore(log, metrics);
  const drops = new Drops();
  const onPolicy = (update: PolicyUpdate): void => {
    const gone = policy.take(update);
    if (gone.length === 0) return;
    credentials.purge(gone);
    drops.drop(gone, "policy_changed");
  };
  const { operatorUrl, brokerUrl, workerUrl } = config;
  const readToken = (): string => readFileSync(config.tokenFile, "utf8").trim();
  const enrolment = new Enrolment({ client, clock, log, session, operatorUrl, readToken, onPolicy, random });
  let keys: readonly PublicKey[] = [];
  const namesOf = (hashes: string[] | "all"): string[] | "all" =>
    hashes === "all"
      ? "all"
      : [...(policy.current()?.services.values() ?? [])].filter(({ hash }) => hashes.includes(hash)).map(({ name }) => name);
  const events = new BrokerEvents({
    clock,
    log,
    metrics,
    jkt: session.jkt,
    keys: () => keys,
    onDrop: (hashes, reason) => {
      const services = namesOf(hashes);
      log.info("services dropped", { services, reason });
      credentials.purge(services);
      drops.drop(services, reason);
    },
    onRotate: (service) => credentials.purge([service]),
  });
  const credentials = new Credentials({
    client,
    clock,
    log,
    metrics,
    session,
    enrolment,
    brokerUrl,
    workerUrl,
    isBrokerLive: () => events.isLive,
  });
  const readKeys = async (): Promise<void> => {
    const answer = await client.json("GET", `${brokerUrl}/.well-known/jwks.json`);
    const read = answer.status === 200 ? importJwks(answer.body) : [];
    if (read.length > 0) keys = read;
  };

  const proxy = createProxy({
    policy,
    credentials,
    revocations: drops,
    clock,
    random: randomBytes,
    log,
    metrics,
    audit: { append: (row) => auditLog.info("call", { ...row }) },
    placeholder: Secret.of(config.placeholder),
    callerGuard: createCallerGuard({ readProcFile: (path) => readFile(path, "utf8") }),
    resolve: (hostname) => lookup(hostname, { all: true, order: "verbatim" }),
    listenAddresses: ["127.0.0.1", "::1"],
    adminPort: config.adminListen,
    pod: context.env["POD_NAME"] ?? "",
  });
  const listening = await proxy.listen({ port: config.listen });
  const missing = (): string[] => [
    ...(enrolment.isEnrolled ? [] : ["enrolment"]),
    ...(policy.current() === null ? ["policy"] : []),
    ...(events.isLive ? [] : ["broker heartbeat"]),
  ];
  const admin = await adminServer({ port: config.adminListen, host: config.adminHost, metrics, missing });
  const background = new AbortController();
  const stream = { client, clock, log, session, enrolment, random };
  const onBinding = (event: { event: string; data: string }): void => {
    if (event.event === "binding") onPolicy(JSON.parse(event.data) as PolicyUpdate);
  };
  void enrolment.run(background.signal);
  void repeat(background.signal, readKeys, () => (keys.length === 0 ? 500 : JWKS_REFRESH_MS));
  void followStream({ ...stream, name: "policy", url: `${operatorUrl}/v1/policy`, onEvent: onBinding }, background.signal);
  const onOpen = (): void => events.onOpen();
  void followStream(
    { ...stream, name: "events", url: `${brokerUrl}/v1/events`, onOpen, onEvent: (event) => events.handle(event) },
    background.signal,
  );
  log.info("sidecar is listening", { port: listening.port });
  return {
    stop: async () => {
      await listening.close(config.drainMs);
      background.abort();
      credentials.purge("all");
      await admin.close(0);
      await client.close();
    },
  };
}

async function repeat(signal: AbortSignal, run: () => Promise<void>, waitMs: () => number): Promise<void> {
  while (!signal.aborted) {
    await run().catch(() => undefined);
    await systemClock.sleep(waitMs(), signal).catch(() => undefined);
  }
}
