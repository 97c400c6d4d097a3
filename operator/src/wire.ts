import { countRpcFaults, parseChainConfig, type ChainConfig, type RpcFaultCount } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import { adminServer, listen } from "@agentkeys/common/http";
import type { ProcessContext, Running } from "@agentkeys/common/lifecycle";
import { createLog, type Log } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { measureExpiry } from "@agentkeys/common/tls";
import type { OperatorConfig } from "./config.ts";
import { Caches, DeviceKeys } from "./controllers/index.ts";
import { createEnrolApp } from "./enrol/index.ts";
import { readEvaluationChain } from "./evaluation/index.ts";
import { LeaderElector, loadKubeConfig, openKubeApi, type KubeApi } from "./kube/index.ts";
import { lead, readWallet } from "./lead.ts";
import { secretTls } from "./tls/index.ts";

const LEASE = "agentkeys-operator";
const RETRY_MS = 2000;
const DRAIN_MS = 5000;

/** What of the machine the operator uses. */
export interface Platform {
  clock: Clock;
  random: () => number;
  randomBytes: (length: number) => Uint8Array;
  newId: () => string;
  readFile: (path: string) => Uint8Array;
}

/** What the parts of the operator share. */
export interface OperatorParts extends Platform {
  config: Readonly<OperatorConfig>;
  api: KubeApi;
  caches: Caches;
  keys: DeviceKeys;
  log: Log;
  /** Waits for the chain's description. */
  chainConfig: (signal: AbortSignal) => Promise<ChainConfig>;
  faults: { inc(): void };
  rpcFaults: RpcFaultCount;
  depth: { set(value: number): void };
  signal: AbortSignal;
}

/**
 * Starts a replica: caches and election at once, enrolment as soon as certificate and chain are there. Throws `config_invalid`
 * without a wallet, which a leader would miss.
 */
export async function startOperator(config: Readonly<OperatorConfig>, context: ProcessContext, platform: Platform): Promise<Running> {
  readWallet({ config, readFile: platform.readFile });
  const log = createLog({ component: "operator", level: config.logLevel });
  const metrics = createMetrics("operator", { processMetrics: true });
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, context.signal]);
  const api = openKubeApi(loadKubeConfig(config.kubeconfig === "" ? undefined : config.kubeconfig));
  const { clock, random } = platform;
  const caches = new Caches({ api, clock, log, random });
  const keys = new DeviceKeys({ api, namespace: config.deviceNamespace, newKey: () => platform.randomBytes(32) });
  const parts: OperatorParts = {
    ...platform,
    config,
    api,
    caches,
    keys,
    log,
    signal,
    chainConfig: (until) => waitForChain({ config, api, platform, log }, until),
    faults: metrics.counter("reconcile_faults_total", "Reconciles that failed and are retried"),
    rpcFaults: countRpcFaults(metrics),
    depth: metrics.gauge("queue_depth", "Bindings and services waiting to be looked at"),
  };
  metrics.reading("proposals_pending", "Transactions that wait for the master wallet to sign", () =>
    caches.bindings().reduce((sum, { status }) => sum + (status?.proposals?.length ?? 0), 0),
  );
  metrics.gauge("evaluation", "1 when the development chain is used: not for production").set(config.evaluation ? 1 : 0);
  const elector = new LeaderElector({
    api,
    clock,
    log,
    namespace: config.namespace,
    name: LEASE,
    identity: config.podName,
    lead: (leading) => lead(parts, leading),
  });
  let isServing = false;
  const missing = (): string[] => [...caches.missing, ...(isServing ? [] : ["enrolment"])];
  const admin = await adminServer({ port: config.adminListen, metrics, missing });
  const running = [caches.run(signal), elector.run(signal)];
  const tls = await secretTls({ api, namespace: config.namespace, clock, log, signal });
  measureExpiry(tls, { metrics, clock });
  const chain = await parts.chainConfig(signal);
  const domain = { chainId: chain.chainId, registry: chain.contracts.registry };
  const trustBundle = (): string => tls.current().ca;
  const app = createEnrolApp({ api, caches, keys, domain, clock, log, metrics, publicUrl: config.publicUrl, trustBundle, signal });
  const server = await listen(app, { port: config.listen, tls });
  isServing = true;
  log.info("operator started", { port: server.port });
  return {
    stop: async () => {
      stop.abort();
      await server.close(DRAIN_MS);
      tls.close();
      await Promise.all(running);
      await admin.close(0);
    },
  };
}

async function waitForChain(
  of: { config: Readonly<OperatorConfig>; api: KubeApi; platform: Platform; log: Log },
  signal: AbortSignal,
): Promise<ChainConfig> {
  const { config, api, platform, log } = of;
  if (!config.evaluation) return parseChainConfig(Buffer.from(platform.readFile(config.chainFile)).toString("utf8"));
  for (;;) {
    const found = await readEvaluationChain(api, config.namespace).catch((fault: unknown) => {
      log.warn("chain not read, will retry", { fault });
      return null;
    });
    if (found !== null) return found;
    await platform.clock.sleep(RETRY_MS, signal);
  }
}
