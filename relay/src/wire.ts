/** Builds the relay's object graph; no logic. */
import { countRpcFaults, FailoverProvider, parseChainConfig, type ContractAddresses } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { adminServer, listen } from "@agentkeys/common/http";
import { keyHex, parseKey32 } from "@agentkeys/common/identity";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls, measureExpiry, type TlsSource } from "@agentkeys/common/tls";
import { openSender } from "@agentkeys/common/transactions";
import { Wallet } from "ethers";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { watchBalance } from "./balance.ts";
import { openForwarder } from "./chain/index.ts";
import type { RelayConfig } from "./config.ts";
import { createRelayApp } from "./http/app.ts";
import { createRelayMetrics } from "./metrics.ts";
import { runRounds } from "./rounds.ts";
import { openStore } from "./store/index.ts";
import { createTake } from "./take.ts";

const CALL_TIMEOUT_MS = 10_000;
const WAIT_MS = 600_000;
const DRAIN_MS = 5000;

/** A file that a key of the configuration names. */
function readNamed(key: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${key}: ${path} cannot be read`, cause });
  }
}

/** Starts the relay; the answer drains it. */
export async function startRelay(config: Readonly<RelayConfig>): Promise<Running> {
  const log = createLog({ component: "relay", level: config.logLevel });
  const metrics = createMetrics("relay", { processMetrics: true });
  const counts = createRelayMetrics(metrics);
  const chain = parseChainConfig(readNamed("chainFile", config.chainFile).toString("utf8"));
  const contracts = withForwarder(chain.contracts);
  const { chainId, rpcUrls, quorum = 1 } = chain;
  const clock = systemClock;
  const onFault = countRpcFaults(metrics);
  const provider = new FailoverProvider({ rpcUrls, chainId, quorum, clock, timeoutMs: CALL_TIMEOUT_MS, onFault });
  const wallet = new Wallet(keyHex(parseKey32(readNamed("walletFile", config.walletFile))));
  const store = openStore(join(config.stateDir, fileOf(chainId, contracts.forwarder)));
  const forwarder = openForwarder(provider, { chainId, contracts, payer: wallet.address });
  const { pollingInterval: pollMs } = provider;
  const { replaceAfterMs } = config;
  const onReplace = (): void => counts.replaced.inc();
  const sender = openSender({
    provider,
    wallet,
    journal: store.journal,
    clock,
    quorum,
    pollMs,
    replaceAfterMs,
    waitMs: WAIT_MS,
    onReplace,
  });
  const stop = new AbortController();
  const balance = watchBalance(
    { forwarder, payer: wallet.address, clock, log, gauge: counts.balance, minGwei: config.minBalanceGwei },
    stop.signal,
  );
  const waker = createWaker();
  const { batchGas, batchMs } = config;
  const rounds = runRounds({ forwarder, sender, store, clock, log, metrics: counts, batchGas, batchMs, wake: waker.wait }, stop.signal);
  metrics.gauge("least_balance_gwei", "Balance of the wallet that pays below which nothing is taken").set(config.minBalanceGwei);
  metrics.reading("waiting", "Requests taken and not yet on chain", () => store.waiting().length);
  metrics.reading("oldest_waiting_seconds", "Age of the oldest of them", () => ageOf(store.waiting()[0]?.acceptedAt));
  const take = createTake({
    forwarder,
    store,
    clock,
    limits: limitsOf(config),
    quotas: config,
    missing: balance.missing,
    onTaken: waker.wake,
  });
  const app = createRelayApp({ take, find: (id) => store.find(id), counts: counts.requests, log, metrics });
  const tls = tlsOf(config);
  if (tls !== null) measureExpiry(tls, { metrics, clock });
  const server = await listen(app, { port: config.listen, ...(tls === null ? {} : { tls }) });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: () => [balance.missing() ?? []].flat() });
  log.info("relay is listening", { address: server.url, admin: admin.url, payer: wallet.address, forwarder: contracts.forwarder });
  return {
    stop: async () => {
      await server.close(DRAIN_MS);
      stop.abort();
      await Promise.all([rounds, balance.done]);
      await admin.close(0);
      tls?.close();
      provider.destroy();
      store.close();
    },
  };
}

function withForwarder(contracts: ContractAddresses): ContractAddresses & { forwarder: string } {
  const { forwarder } = contracts;
  if (forwarder !== undefined) return { ...contracts, forwarder };
  throw new AgentKeysError("config_invalid", {
    message: "The chain file names no contracts.forwarder: deploy the contracts with `agentkeys chain deploy --forwarder new`",
  });
}

/** One for each forwarder: what was taken for another chain waits untouched until the relay is back there. */
function fileOf(chainId: number, forwarder: string): string {
  return `relay-${chainId}-${forwarder.slice(2)}.sqlite`;
}

function limitsOf({
  maxGas,
  minDeadlineSeconds,
  maxDeadlineSeconds,
  wallets,
}: Readonly<RelayConfig>): Parameters<typeof createTake>[0]["limits"] {
  const named = wallets === "" ? [] : wallets.toLowerCase().split(",");
  return { maxGas, minDeadlineSeconds, maxDeadlineSeconds, wallets: new Set(named) };
}

function tlsOf({ tlsCertFile, tlsKeyFile }: Readonly<RelayConfig>): (TlsSource & { close(): void }) | null {
  return tlsCertFile === "" ? null : fileTls({ certFile: tlsCertFile, keyFile: tlsKeyFile, caFile: tlsCertFile });
}

function ageOf(since: number | undefined): number {
  return since === undefined ? 0 : Math.max(0, systemClock.nowSeconds() - since);
}

/** One waiter, woken once for however many calls there were meanwhile. */
function createWaker(): { wait: () => Promise<void>; wake: () => void } {
  let wake: (() => void) | null = null;
  return {
    wait: () => new Promise((resolve) => (wake = resolve)),
    wake: () => wake?.(),
  };
}
