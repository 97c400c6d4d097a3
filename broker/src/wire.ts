/** Builds the broker's object graph; no logic. */
import { countRpcFaults, openChainReader, parseChainConfig } from "@agentkeys/common/chain";
import { openAuditStore } from "@agentkeys/common/audit-store";
import { systemClock } from "@agentkeys/common/clock";
import { createBudgetOpener } from "@agentkeys/common/budget";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { adminServer, listen } from "@agentkeys/common/http";
import { importSigningKey } from "@agentkeys/common/jose";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog, type Log } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { fileTls, measureExpiry } from "@agentkeys/common/tls";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createBroker } from "./broker.ts";
import type { BrokerConfig } from "./config.ts";
import { openPostgresLedger } from "./ledger/postgres.ts";
import { openFileLedger } from "./ledger/sqlite.ts";
import type { LedgerStore } from "./ledger/store.ts";

/** Starts the broker; the answer drains it. */
export async function startBroker(config: Readonly<BrokerConfig>): Promise<Running> {
  const log = createLog({ component: "broker", level: config.logLevel });
  const metrics = createMetrics("broker", { processMetrics: true });
  const chainConfig = parseChainConfig(readFileSync(config.chainFile, "utf8"));
  const chain = openChainReader(chainConfig, { clock: systemClock, onFault: countRpcFaults(metrics) });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  measureExpiry(tls, { metrics, clock: systemClock });
  const domain = { chainId: chainConfig.chainId, registry: chainConfig.contracts.registry };
  const ledger = openLedger(config, log);
  const auditStore = openAuditStore(config, tls);
  const broker = createBroker({
    chain,
    clock: systemClock,
    key: await importSigningKey(readFileSync(config.capKeyFile, "utf8")),
    log,
    metrics,
    seen: new ReplayCache(systemClock),
    openDelegation: createDelegationOpener(domain, systemClock),
    budgets: { ledger, openBudget: createBudgetOpener(domain), leaseMs: config.leaseMs },
    randomId: randomUUID,
    publicUrl: config.publicUrl,
    heartbeatMs: config.heartbeatMs,
    chainPollMs: config.chainPollMs,
    recheckMs: config.recheckMs,
    auditStore,
    auditClient: config.auditClient,
  });
  const server = await listen(broker.app, { port: config.listen, tls, acceptClientCert: true });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: broker.missing });
  log.info("broker is listening", { address: server.url });
  return {
    stop: async () => {
      broker.stop();
      await server.close(2000);
      await admin.close(0);
      auditStore?.close();
      tls.close();
      chain.close();
      await ledger.close();
    },
  };
}

/** Neither opens anything yet: a ledger that is away keeps nobody from getting a cap. */
function openLedger(config: Readonly<BrokerConfig>, log: Log): LedgerStore {
  if (config.ledgerUrlFile === "") return openFileLedger(config.ledgerFile);
  return openPostgresLedger(Secret.of(readFileSync(config.ledgerUrlFile, "utf8").trim()), log);
}
