/** Builds the auditor's object graph; no logic. */
import { appendData, openAuditChain } from "@agentkeys/common/audit-chain";
import { openAuditStore } from "@agentkeys/common/audit-store";
import { countRpcFaults, FailoverProvider, parseChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { adminServer } from "@agentkeys/common/http";
import { keyHex, parseKey32 } from "@agentkeys/common/identity";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { caTls } from "@agentkeys/common/tls";
import { createJournal, openSender } from "@agentkeys/common/transactions";
import { Wallet } from "ethers";
import { readFileSync } from "node:fs";
import { Auditor } from "./auditor.ts";
import type { AuditorConfig } from "./config.ts";
import { createAuditorMetrics } from "./metrics.ts";

const TIMES = { waitMs: 120_000, replaceAfterMs: 45_000 };
const RETRY_MS = 10_000;

/** Starts the auditor; the answer ends it. */
export async function startAuditor(config: Readonly<AuditorConfig>): Promise<Running> {
  const log = createLog({ component: "auditor", level: config.logLevel });
  const metrics = createMetrics("auditor", { processMetrics: true });
  const { rpcUrls, chainId, quorum = 1, contracts } = parseChainConfig(readFileSync(config.chainFile, "utf8"));
  if (contracts.audit === undefined)
    throw new AgentKeysError("config_invalid", { message: "The chain file names no contract `audit`: deploy it and add contracts.audit" });
  const { audit: contract } = contracts;
  const onFault = countRpcFaults(metrics);
  const provider = new FailoverProvider({ rpcUrls, chainId, quorum, clock: systemClock, timeoutMs: 10_000, attempts: 3, onFault });
  const wallet = new Wallet(keyHex(parseKey32(readFileSync(config.walletFile))));
  const journal = createJournal();
  const sender = openSender({ provider, wallet, clock: systemClock, quorum, pollMs: provider.pollingInterval, journal, ...TIMES });
  const tls = config.auditEndpoint.startsWith("https://") ? caTls(config.caFile) : null;
  const store = openAuditStore(config, tls);
  if (store === null) throw new AgentKeysError("config_invalid", { message: "auditBucket must name a bucket" });
  const stopping = new AbortController();
  const auditor = new Auditor({
    ...{ store, clock: systemClock, log, metrics: createAuditorMetrics(metrics) },
    chain: openAuditChain(provider, contract),
    address: wallet.address.toLowerCase(),
    append: async (operator, trees) => {
      // One of an earlier try may be under way: only one of the two can be mined.
      await sender.finish(stopping.signal);
      return sender.send({ to: contract, data: appendData(operator, trees) }, stopping.signal);
    },
  });
  let isReady = false;
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let waitMs = config.rootIntervalSeconds * 1000;
      try {
        await auditor.turn();
        isReady = true;
      } catch (cause) {
        log.error("the audit bucket cannot be read, retrying", { cause });
        waitMs = Math.min(waitMs, RETRY_MS);
      }
      await systemClock.sleep(waitMs, stopping.signal).catch(() => undefined);
    }
  };
  const admin = await adminServer({ port: config.adminListen, metrics, missing: () => (isReady ? [] : ["first look at the bucket"]) });
  const running = run();
  log.info("auditor is running", { address: wallet.address });
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await admin.close(0);
      provider.destroy();
      store.close();
      tls?.close();
    },
  };
}
