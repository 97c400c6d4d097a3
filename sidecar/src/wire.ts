/** Builds the sidecar's object graph; no logic. */
import { createAuditMetrics, openTrail } from "@agentkeys/common/audit-trail";
import { adminServer } from "@agentkeys/common/http-admin";
import type { Clock } from "@agentkeys/common/clock";
import type { ProcessContext, Running } from "@agentkeys/common/lifecycle";
import { createLog, type Log } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { createAuditLog } from "./audit/index.ts";
import { operatorAuthority } from "./authority.ts";
import { createCallerGuard, type CallerGuard } from "./caller/index.ts";
import type { ProxyConfig, SidecarConfig } from "./config.ts";
import { createControl, type ControlDeps } from "./control.ts";
import { createProxy, type Entrance, type ResolveHost } from "./proxy/index.ts";
import { createStartGate } from "./start-gate.ts";
import { Trust } from "./trust.ts";
import { loadWorkloads } from "./workloads.ts";

/** At the end of the process the broker has this long to take the last rows. */
const AUDIT_DRAIN_MS = 2000;
export const LOOPBACK = ["127.0.0.1", "::1"];

/** What of the machine the sidecar uses. */
export interface Platform {
  clock: Clock;
  /** Milliseconds that no setting of the clock moves; the clock's own when it has none. */
  steadyMs?: () => number;
  /** Uniform in 0..1, for jitter. */
  random: () => number;
  randomBytes: (length: number) => Uint8Array;
  newId: () => string;
  readFile: (path: string) => string;
  readProcFile: (path: string) => Promise<string>;
  resolve: ResolveHost;
}

export interface RunningSidecar extends Running {
  readonly port: number;
  /** 0 when there is none. */
  readonly adminPort: number;
  /** Port for workloads; null when there is none. */
  readonly mtlsPort: number | null;
}

/** What differs between a pod and a workstation. */
export interface Place extends Pick<ControlDeps, "authority" | "dial"> {
  readonly callerGuard: CallerGuard;
  /** None where only `entrances` are wanted. */
  readonly listenAddresses: readonly string[];
  readonly entrances: readonly Entrance[];
  /** In audit rows: the pod's name and namespace; empty on a workstation. */
  readonly name: string;
  readonly namespace: string;
}

/** Starts the sidecar of a pod. */
export async function startSidecar(
  config: Readonly<SidecarConfig>,
  context: Pick<ProcessContext, "env" | "stdout">,
  platform: Platform,
): Promise<RunningSidecar> {
  const { env } = context;
  const pod = { name: env["POD_NAME"] ?? "", namespace: env["POD_NAMESPACE"] ?? "" };
  const readToken = (): string => platform.readFile(config.tokenFile).trim();
  const log = createLog({ component: "sidecar", level: config.logLevel, stream: context.stdout });
  return await startProxy(config, context, platform, {
    log,
    trust: new Trust(config.trustBundle, log),
    place: {
      authority: (parts) => operatorAuthority({ operatorUrl: config.operatorUrl, pod, readToken }, parts),
      callerGuard: createCallerGuard({ readProcFile: platform.readProcFile }),
      listenAddresses: LOOPBACK,
      entrances: [],
      ...pod,
    },
  });
}

/** Starts a proxy: listens at once, enrols and fetches in the background. */
export async function startProxy(
  config: Readonly<ProxyConfig>,
  context: Pick<ProcessContext, "stdout">,
  platform: Omit<Platform, "readFile" | "readProcFile">,
  { place, log, trust }: { place: Place; log: Log; trust: Trust },
): Promise<RunningSidecar> {
  const { clock } = platform;
  const metrics = createMetrics("sidecar", { processMetrics: true });
  const control = createControl({ steadyMs: () => clock.nowMs(), ...platform, ...place, config, log, metrics, trust });
  const auditMetrics = createAuditMetrics(metrics);
  const audit = openTrail({
    ...{ stateDir: config.stateDir, batchMs: config.auditBatchMs, clock, log, random: platform.random, metrics: auditMetrics },
    of: { namespace: place.namespace, pod: place.name },
    send: control.sendAudit,
    onRows: createAuditLog(context.stdout),
  });
  auditMetrics.watch({ spool: () => [audit.spool], clock });
  const start = createStartGate({ clock, missing: control.missing, limitMs: config.startWaitMs });
  const workloads = await loadWorkloads(config, { clock, random: platform.random, log, metrics, policy: control.policy });
  const proxy = createProxy({
    policy: control.policy,
    waiting: start.waiting,
    credentials: control.credentials,
    revocations: control.revocations,
    budget: control.budget,
    clock,
    random: platform.randomBytes,
    log,
    metrics,
    audit: audit.trail,
    placeholder: Secret.of(config.placeholder),
    callerGuard: place.callerGuard,
    resolve: platform.resolve,
    listenAddresses: place.listenAddresses,
    entrances: [...place.entrances, ...(workloads === null ? [] : [workloads.entrance])],
    ...(config.adminListen === null ? {} : { adminPort: config.adminListen }),
    pod: place.name,
  });
  const listening = await proxy.listen({ port: config.listen });
  let isStopping = false;
  const missing = (): string[] => [...control.missing(), ...(workloads?.missing() ?? []), ...(isStopping ? ["shutting down"] : [])];
  const { adminListen, adminHost: host } = config;
  const admin = adminListen === null ? null : await adminServer({ port: adminListen, host, metrics, missing });
  const background = new AbortController();
  control.run(background.signal);
  void start.run(background.signal);
  void audit.run(background.signal);
  void workloads?.run(background.signal);
  log.info("sidecar is listening", { port: listening.port });
  return {
    port: listening.port,
    adminPort: admin?.port ?? 0,
    mtlsPort: workloads?.entrance.port() ?? null,
    stop: async () => {
      isStopping = true;
      // Events go on while calls drain: a revocation still cuts them.
      await listening.close(config.drainMs);
      await control.budget.close();
      background.abort();
      await audit.stop(AUDIT_DRAIN_MS);
      control.credentials.purge("all");
      await admin?.close(0);
      await control.close();
    },
  };
}
