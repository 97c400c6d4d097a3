/** Builds the worker's object graph; no logic. */
import { brokerKeysCheck, remoteBrokerKeys } from "@agentkeys/common/cap-chain";
import { countRpcFaults, openChainReader, parseChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { adminServer, createHttpClient, listen, watchReadiness } from "@agentkeys/common/http";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls, followingAgent, measureExpiry } from "@agentkeys/common/tls";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { openWorkerAudit } from "./audit.ts";
import type { WorkerConfig } from "./config.ts";
import { createWorkerApp } from "./http/routes.ts";
import { createSigner } from "./signer/index.ts";
import { createVaults } from "./vault/index.ts";

/** At the end of the process the broker has this long to take the last rows. */
const AUDIT_DRAIN_MS = 2000;

/** Starts the creds-worker; the answer drains it. */
export async function startWorker(config: Readonly<WorkerConfig>): Promise<Running> {
  const log = createLog({ component: "creds-worker", level: config.logLevel });
  const metrics = createMetrics("creds-worker", { processMetrics: true });
  const chainConfig = parseChainConfig(readFileSync(config.chainFile, "utf8"));
  const chain = openChainReader(chainConfig, { clock: systemClock, onFault: countRpcFaults(metrics) });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  measureExpiry(tls, { metrics, clock: systemClock });
  const client = createHttpClient({ tls });
  // One connection pool for all actors' sessions; a custom store is ours and speaks our CA.
  const agent = config.s3Endpoint === "" ? new Agent({ keepAlive: true }) : followingAgent(tls);
  const endpoint = config.s3Endpoint === "" ? {} : { endpoint: config.s3Endpoint };
  const brokerKeys = remoteBrokerKeys({ client, url: config.brokerUrl, clock: systemClock });
  const signer = createSigner({ client, url: config.signerUrl });
  const { stateDir, auditBatchMs: batchMs, brokerUrl, pod, namespace } = config;
  const audit = openWorkerAudit({
    ...{ stateDir, batchMs, brokerUrl, pod, namespace },
    ...{ client, log, metrics, clock: systemClock, random: Math.random },
  });
  const app = createWorkerApp({
    audit,
    log,
    metrics,
    capChain: {
      clock: systemClock,
      chain,
      brokerKeys,
      openDelegation: createDelegationOpener({ chainId: chainConfig.chainId, registry: chainConfig.contracts.registry }, systemClock),
      workerUrl: config.publicUrl,
      seen: new ReplayCache(systemClock),
    },
    signer,
    openVaults: createVaults({
      bucket: config.bucket,
      client: { region: config.region, forcePathStyle: config.forcePathStyle, requestHandler: { httpsAgent: agent }, ...endpoint },
    }),
    randomBytes,
    lazyCopy: config.lazyCopy,
  });
  const server = await listen(app, { port: config.listen, tls });
  const readiness = watchReadiness({
    clock: systemClock,
    random: Math.random,
    checks: [
      { name: "chain", probe: () => chain.currentEpoch().then(() => null) },
      brokerKeysCheck(brokerKeys),
      { name: "signer", probe: (signal) => signer.probe(signal).then(() => null) },
    ],
  });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: readiness.missing });
  log.info("creds-worker is listening", { address: server.url });
  return {
    stop: async () => {
      readiness.stop();
      await Promise.all([server.close(), admin.close(0)]);
      await audit.stop(AUDIT_DRAIN_MS);
      await client.close();
      agent.destroy();
      tls.close();
      chain.close();
    },
  };
}
