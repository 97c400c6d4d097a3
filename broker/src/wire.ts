/** Builds the broker's object graph; no logic. */
import { countRpcFaults, openChainReader, parseChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { adminServer, listen } from "@agentkeys/common/http";
import { importSigningKey } from "@agentkeys/common/jose";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls } from "@agentkeys/common/tls";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createBroker } from "./broker.ts";
import type { BrokerConfig } from "./config.ts";

/** Starts the broker; the answer drains it. */
export async function startBroker(config: Readonly<BrokerConfig>): Promise<Running> {
  const log = createLog({ component: "broker", level: config.logLevel });
  const metrics = createMetrics("broker", { processMetrics: true });
  const chainConfig = parseChainConfig(readFileSync(config.chainFile, "utf8"));
  const chain = openChainReader(chainConfig, { clock: systemClock, onFault: countRpcFaults(metrics) });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  const broker = createBroker({
    chain,
    clock: systemClock,
    key: await importSigningKey(readFileSync(config.capKeyFile, "utf8")),
    log,
    metrics,
    seen: new ReplayCache(systemClock),
    openDelegation: createDelegationOpener({ chainId: chainConfig.chainId, registry: chainConfig.contracts.registry }, systemClock),
    randomId: randomUUID,
    publicUrl: config.publicUrl,
    heartbeatMs: config.heartbeatMs,
    chainPollMs: config.chainPollMs,
    recheckMs: config.recheckMs,
  });
  const server = await listen(broker.app, { port: config.listen, tls });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: broker.missing });
  log.info("broker is listening", { address: server.url });
  return {
    stop: async () => {
      broker.stop();
      await server.close(2000);
      await admin.close(0);
      tls.close();
      chain.close();
    },
  };
}
