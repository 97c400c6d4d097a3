import { openChainReader, watchChain, type ChainChange, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient } from "@agentkeys/common/http-client";
import { parseKey32 } from "@agentkeys/common/identity";
import { openChainWriter, seenTransaction, type ChainWriter, type OperatorWallet } from "./chain/index.ts";
import { publishIdentity } from "./identity.ts";
import {
  MASTER_DEVICE_SECRET,
  budgetActors,
  reconcileBinding,
  reconcileService,
  type BindingContext,
  type DeviceKey,
} from "./controllers/index.ts";
import { openSpendBook, openVault } from "./credentials/index.ts";
import { ensureAuditor, ensureEvaluationChain } from "./evaluation/index.ts";
import { createRecorder, WorkQueue } from "./kube/index.ts";
import { ensureTls, secretTls } from "./tls/index.ts";
import type { OperatorParts } from "./wire.ts";

const TLS_ROUND_MS = 10_000;
const CHAIN_ROUND_MS = 15_000;
const RETRY_MS = 3000;
/** Between two looks at what bindings spent, and the time for each binding that has a budget. */
const SPEND_ROUND_MS = 10_000;
const SPEND_EACH_MS = 20;
const CHAIN_POLL_MS = 2000;
/** Events kept of a binding whose look does not come. */
const MOST_SEEN = 10;

/** Everything only one replica does; returns once `signal` is aborted and the work under way is done. */
export async function lead(parts: OperatorParts, signal: AbortSignal): Promise<void> {
  const tls = repeat(parts, signal, "tls", TLS_ROUND_MS, () =>
    ensureTls({ api: parts.api, clock: parts.clock, log: parts.log, namespace: parts.config.namespace, random: parts.randomBytes }),
  );
  await Promise.all([tls, leadBindings(parts, signal)]);
}

/** The master wallet as it is configured; throws `config_invalid` when its file cannot be read or holds no key. */
export function readWallet({ config, readFile }: Pick<OperatorParts, "config" | "readFile">): OperatorWallet {
  const { walletAddress, walletFile } = config;
  if (walletAddress !== "") return { address: walletAddress };
  try {
    return parseKey32(readFile(walletFile));
  } catch (cause) {
    throw new AgentKeysError("config_invalid", {
      message:
        `The master wallet cannot be read: ${walletFile} must hold 32 raw bytes or 64 hex digits. ` +
        "Put the key into the wallet's Secret as privateKey, or give walletAddress when no key may be here",
      cause,
    });
  }
}

async function leadBindings(parts: OperatorParts, signal: AbortSignal): Promise<void> {
  const wallet = readWallet(parts);
  let config: ChainConfig | null = null;
  while (config === null && !signal.aborted) {
    config = await chainOf(parts, wallet).catch((fault: unknown) => {
      parts.log.warn("chain not ready, will retry", { fault });
      return null;
    });
    if (config === null) await pause(parts, RETRY_MS, signal);
  }
  if (config === null || signal.aborted) return;
  const chain = openChainWriter(config, wallet, parts.log, { clock: parts.clock, onFault: parts.rpcFaults });
  // Another replica may lead from now on: nothing that is queued may be sent beside it.
  signal.addEventListener("abort", () => chain.close(), { once: true });
  try {
    await runControllers(parts, { chain, chainConfig: config, wallet }, signal);
  } finally {
    chain.close();
  }
}

async function chainOf(parts: OperatorParts, wallet: OperatorWallet): Promise<ChainConfig> {
  const { api, log, config } = parts;
  if (!config.evaluation) return await parts.chainConfig(parts.signal);
  if ("address" in wallet)
    throw new AgentKeysError("config_invalid", {
      message: "The evaluation profile deploys contracts and needs the wallet's key: unset walletAddress",
    });
  return await ensureEvaluationChain({ api, namespace: config.namespace, rpcUrl: config.rpcUrl, walletKey: wallet, log });
}

/** In evaluation alone: elsewhere the master wallet's owner names the auditor. */
async function nameAuditor({ config, readFile, log }: OperatorParts, chain: ChainConfig, wallet: OperatorWallet): Promise<void> {
  if (!config.evaluation || config.auditorKeyFile === "" || "address" in wallet) return;
  await ensureAuditor({ chain, auditorKey: parseKey32(readFile(config.auditorKeyFile)), walletKey: wallet, log });
}

async function runControllers(
  parts: OperatorParts,
  { chain, chainConfig, wallet }: { chain: ChainWriter; chainConfig: ChainConfig; wallet: OperatorWallet },
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, log, caches, config, keys } = parts;
  let master: DeviceKey | null = null;
  const awaitedMaster: BindingContext["awaitedMaster"] = { deviceKeyHash: null };
  while (master === null) {
    const ensured = await ensureMaster(parts, chain, awaitedMaster).catch((fault: unknown) => {
      log.warn("master device not ready, will retry", { fault });
      return null;
    });
    if (signal.aborted) return;
    if (ensured !== null) master = ensured.key;
    else await pause(parts, RETRY_MS, signal);
  }
  await nameAuditor(parts, chainConfig, wallet).catch((fault: unknown) => log.warn("auditor not named, will retry", { fault }));
  const tls = await secretTls({ api, namespace: config.namespace, clock, log, signal });
  const http = createHttpClient({ tls });
  const { brokerUrl, workerUrl, namespace, clusterName } = config;
  const { domain, operatorOmni } = chain;
  const vault = openVault({ http, clock, newId: parts.newId, brokerUrl, workerUrl, domain, operatorOmni, masterDevice: master });
  const spend = openSpendBook({ http, clock, newId: parts.newId, brokerUrl, domain, operatorOmni, masterDevice: master });
  const record = createRecorder({ api, clock, log, identity: config.podName, random: parts.random });
  const context: BindingContext = {
    api,
    caches,
    chain,
    keys,
    vault,
    spend,
    record,
    clock,
    log,
    namespace,
    clusterName,
    random: parts.random,
    listed: new Map(),
    seen: new Map(),
    awaitedMaster,
  };
  const queue = new WorkQueue({
    clock,
    random: parts.random,
    concurrency: config.concurrency,
    work: (key) => workOf(context, key),
    onFault: (key, fault) => {
      parts.faults.inc();
      log.warn("reconcile failed, will retry", { key, fault });
    },
  });
  const leaveBindings = caches.onBinding((key) => queue.add(`binding ${key}`));
  const leaveServices = caches.onService((name) => queue.add(`service ${name}`));
  await untilSynced(parts, signal);
  const addAll = (): void => {
    for (const { metadata } of caches.bindings()) queue.add(`binding ${metadata.namespace ?? ""}/${metadata.name}`);
  };
  addAll();
  for (const { metadata } of caches.services()) queue.add(`service ${metadata.name}`);
  queue.start();
  const reader = openChainReader(chainConfig, { clock, onFault: parts.rpcFaults });
  const onChange = (change: ChainChange): Promise<void> => {
    for (const [key, events] of caches.bindingsOf(change)) {
      context.seen.set(
        key,
        [...(context.seen.get(key) ?? []), ...events.flatMap((event) => seenTransaction(chain, event))].slice(-MOST_SEEN),
      );
      queue.add(`binding ${key}`);
    }
    return Promise.resolve();
  };
  const following = watchChain({ chain: reader, clock, log, pollMs: CHAIN_POLL_MS, onChange }, signal);
  const spending = repeat(parts, signal, "spend", SPEND_ROUND_MS, async () => {
    const actors = budgetActors(caches.bindings());
    if (actors.size === 0) return;
    for (const actor of await spend.refresh([...actors.keys()])) queue.add(`binding ${actors.get(actor) ?? ""}`);
    await pause(parts, actors.size * SPEND_EACH_MS, signal);
  });
  await repeat(parts, signal, "chain", CHAIN_ROUND_MS, async () => {
    await chainOf(parts, wallet);
    const { isNew } = await ensureMaster(parts, chain, awaitedMaster);
    await nameAuditor(parts, chainConfig, wallet);
    await publishIdentity(api, namespace, { operatorOmni, clusterName, masterDevice: master.deviceKeyHash });
    // A development chain that forgot everything: nothing of it would tell of the bindings.
    if (isNew) addAll();
    parts.depth.set(queue.depth);
  });
  await Promise.all([following, spending]);
  reader.close();
  leaveBindings();
  leaveServices();
  await queue.stop();
  tls.close();
  await http.close();
}

async function workOf(context: BindingContext, key: string): Promise<number | undefined> {
  const [kind, name = ""] = key.split(" ");
  if (kind === "binding") return await reconcileBinding(context, name);
  await reconcileService(context, name);
  return undefined;
}

/**
 * The operator's own device: registering it binds the master wallet on chain. `isNew` when the chain did not know it at the last
 * look. Without a wallet the bindings that wait propose its registration.
 */
async function ensureMaster(
  { keys, log }: OperatorParts,
  chain: ChainWriter,
  awaited: BindingContext["awaitedMaster"],
): Promise<{ key: DeviceKey; isNew: boolean }> {
  const key = await keys.ensure(MASTER_DEVICE_SECRET, {});
  const device = await chain.device(key.deviceKeyHash);
  if (device?.revoked === true) {
    keys.forget(MASTER_DEVICE_SECRET);
    throw new AgentKeysError("device_revoked", {
      detail:
        `delete Secret ${MASTER_DEVICE_SECRET} to get a new master device, ` +
        "then restart deployment/agentkeys-operator: a leader past its start signs with the old one",
    });
  }
  if (device !== null) {
    const isNew = awaited.deviceKeyHash !== null;
    awaited.deviceKeyHash = null;
    return { key, isNew };
  }
  if (!chain.canWrite) {
    awaited.deviceKeyHash = key.deviceKeyHash;
    return { key, isNew: false };
  }
  await chain.registerMaster(key.deviceKeyHash);
  log.info("master device registered", { deviceKeyHash: key.deviceKeyHash });
  return { key, isNew: true };
}

async function untilSynced(parts: OperatorParts, signal: AbortSignal): Promise<void> {
  while (parts.caches.missing.length > 0 && !signal.aborted) await pause(parts, 200, signal);
}

async function repeat(parts: OperatorParts, signal: AbortSignal, what: string, everyMs: number, round: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const isDone = await round().then(
      () => true,
      (fault: unknown) => {
        parts.log.warn("round failed, will retry", { what, fault });
        return false;
      },
    );
    await pause(parts, isDone ? everyMs : RETRY_MS, signal);
  }
}

async function pause({ clock }: OperatorParts, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => undefined);
}
