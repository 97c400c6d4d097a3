/**
 * Brings what was taken to the chain: one transaction at a time, its requests marked before it is signed, their outcome read from
 * the forwarder's own events. Killed at any moment, the next process goes on where this one stopped.
 */
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { Sender } from "@agentkeys/common/transactions";
import type { ForwarderView } from "./chain/index.ts";
import { batchOf, gasOf } from "./domain/admission.ts";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { RelayMetrics } from "./metrics.ts";
import type { Kept, Outcome, RelayStore } from "./store/index.ts";

const RETRY_MS = 2000;
/** A block's time may be ahead of ours by this much when the transaction is mined. */
const EXPIRY_MARGIN_SECONDS = 5;
const KEEP_SECONDS = 7 * 86_400;
const OUTER_GAS = 60_000;

export interface RoundDeps {
  forwarder: ForwarderView;
  sender: Sender;
  store: RelayStore;
  clock: Clock;
  log: Log;
  metrics: RelayMetrics;
  batchGas: number;
  batchMs: number;
  /** Resolves when something was taken. */
  wake: () => Promise<void>;
}

/** Sends until the signal; a round that fails is tried again. */
export async function runRounds(deps: RoundDeps, signal: AbortSignal): Promise<void> {
  const { clock, store, log, metrics } = deps;
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  while (!signal.aborted) {
    try {
      await recover(deps, signal);
      if (store.waiting("accepted").length === 0) await Promise.race([deps.wake(), stopped]);
      await clock.sleep(deps.batchMs, signal);
      await sendBatch(deps, signal);
      store.prune(clock.nowSeconds() - KEEP_SECONDS);
    } catch (fault) {
      if (isAborted(signal)) return;
      metrics.sendFaults.inc();
      log.warn("requests were not carried, will retry", { fault });
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Ends what an earlier round or process left under way: first its transaction, then its requests. */
async function recover(deps: RoundDeps, signal: AbortSignal): Promise<void> {
  const { sender, store } = deps;
  try {
    await sender.finish(signal);
  } catch (fault) {
    if (store.journal.load() !== null) throw fault;
  }
  const left = store.waiting("sending");
  if (left.length > 0) await settle(deps, left);
}

async function sendBatch(deps: RoundDeps, signal: AbortSignal): Promise<void> {
  const { forwarder, sender, store, metrics, log } = deps;
  const candidates = batchOf(
    store.waiting("accepted").map((kept) => ({ kept, ...kept.request })),
    deps.batchGas,
  );
  const able: Kept[] = [];
  for (const { kept } of candidates) if (await isStillAble(deps, kept)) able.push(kept);
  if (able.length === 0) return;
  const requests = able.map(({ request }) => request);
  store.markSending(able.map(({ id }) => id));
  const gasLimit = BigInt(OUTER_GAS + requests.map(gasOf).reduce((sum, gas) => sum + gas, 0));
  try {
    const { hash, block } = await sender.send({ ...forwarder.callOf(requests), gasLimit }, signal);
    metrics.transactions.inc();
    log.info("transaction mined", { hash, block, requests: able.map(({ id }) => id) });
  } catch (fault) {
    // Still under way: the next round waits for it before anything else.
    if (store.journal.load() === null) await settle(deps, able);
    throw fault;
  }
  await settle(deps, able);
}

/** Whether a request can still be carried out; if not, it is over. */
async function isStillAble(deps: RoundDeps, kept: Kept): Promise<boolean> {
  const { forwarder, clock } = deps;
  if (kept.request.deadline <= clock.nowSeconds() + EXPIRY_MARGIN_SECONDS) {
    await settle(deps, [kept]);
    return false;
  }
  try {
    await forwarder.simulate(kept.request);
    return true;
  } catch (fault) {
    if (!(fault instanceof AgentKeysError) || fault.code !== "relay_would_revert") throw fault;
    const [execution] = (await forwarder.executions([kept.request], kept.acceptedBlock)).values();
    if (execution !== undefined) end(deps, kept, execution.isSuccess ? "done" : "failed", execution);
    else end(deps, kept, "failed", { reason: fault.publicMessage });
    return false;
  }
}

/** Reads what became of requests: carried out, too late, or to be tried again. */
async function settle(deps: RoundDeps, sent: readonly Kept[]): Promise<void> {
  const { forwarder, store, clock } = deps;
  const from = Math.min(...sent.map(({ acceptedBlock }) => acceptedBlock));
  const found = await forwarder.executions(
    sent.map(({ request }) => request),
    from,
  );
  const again: string[] = [];
  for (const kept of sent) {
    const execution = found.get(kept.id);
    if (execution !== undefined) end(deps, kept, execution.isSuccess ? "done" : "failed", execution);
    else if (kept.request.deadline <= clock.nowSeconds() + EXPIRY_MARGIN_SECONDS)
      end(deps, kept, "expired", { reason: "its deadline passed before it was mined" });
    else again.push(kept.id);
  }
  store.markAccepted(again);
}

function end(
  { store, metrics, log }: RoundDeps,
  { id }: Kept,
  outcome: Outcome,
  of: { hash?: string; block?: number; reason?: string },
): void {
  const { hash, block, reason } = of;
  store.finish(id, outcome, {
    ...(hash === undefined ? {} : { hash }),
    ...(block === undefined ? {} : { block }),
    ...(reason === undefined ? (outcome === "failed" ? { reason: "the contract refused it" } : {}) : { reason }),
  });
  metrics.outcomes.inc({ outcome });
  log.info("request is over", { id, outcome, hash, block, reason });
}
