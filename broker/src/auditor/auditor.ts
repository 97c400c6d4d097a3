/**
 * One turn after another: what is new of each operator becomes a tree, its manifest is written beside the rows, its root is appended.
 * The manifest comes first and its number is the root's on chain, so that an auditor that was killed between the two goes on with it.
 */
import type { AppendableTree, AuditChain, RootTransaction } from "@agentkeys/common/audit-chain";
import { manifestKey, parseManifest, receiptKey, serialiseManifest, treeRoot, type Manifest } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import { gather, recentDays, type Gathered } from "./gather.ts";
import type { AuditorMetrics } from "./metrics.ts";
import { advance, cover, firstOpenDay, loadProgress, type Progress } from "./progress.ts";

export interface AuditorDeps {
  store: AuditStore;
  chain: AuditChain;
  /** Address of the auditor's wallet, lower-case. */
  address: string;
  /** Appends trees in one transaction and waits until it is mined. */
  append: (operator: string, trees: readonly AppendableTree[]) => Promise<RootTransaction>;
  clock: Clock;
  log: Log;
  metrics: AuditorMetrics;
  /** Rows at which a tree is closed, as many as its last batch brings. */
  mostRows?: number;
}

const SWEEP_MS = 3_600_000;
const MOST_ROWS = 50_000;
/** Trees a transaction: of about 70,000 gas each, which every chain's block holds several times. */
const TREES_AT_ONCE = 50;

export class Auditor {
  readonly #deps: AuditorDeps;
  readonly #progress = new Map<string, Progress>();
  /** How many broken streams each operator was last seen with. */
  readonly #broken = new Map<string, number>();

  constructor(deps: AuditorDeps) {
    this.#deps = deps;
  }

  /** Every operator in the bucket once. A fault of one keeps no other from its tree. */
  async turn(): Promise<void> {
    const { store, log, metrics, clock } = this.#deps;
    const faults: unknown[] = [];
    for (const operator of await store.folders("audit/"))
      await this.#turnOf(operator).catch((fault: unknown) => {
        faults.push(fault);
        const { code, detail } = toAgentKeysError(fault);
        metrics.turns.inc({ outcome: code });
        log.error("an operator's audit rows were not put on chain", { operator, code, detail, cause: fault });
        // What the bucket holds is read again: another auditor may have written.
        this.#progress.delete(operator);
      });
    if (faults.length > 0) return;
    metrics.turns.inc({ outcome: "ok" });
    metrics.turned.set(clock.nowSeconds());
  }

  async #turnOf(operator: string): Promise<void> {
    const { chain, address, log, store } = this.#deps;
    const auditor = await chain.auditorOf(operator);
    if (auditor !== address) {
      log.warn("the operator has named another auditor", { operator, auditor, address });
      throw new AgentKeysError("audit_unavailable", { detail: "setAuditor was not called for this wallet" });
    }
    const progress = this.#progress.get(operator) ?? (await loadProgress(store, operator, await chain.rootCount(operator)));
    this.#progress.set(operator, progress);
    await this.#settle(operator, progress);
    while (await this.#extend(operator, progress)) await this.#settle(operator, progress);
  }

  /**
   * Appends the roots of manifests that the chain does not have: all of them, in their order. More than one where an auditor was
   * killed or the chain is another one.
   */
  async #settle(operator: string, { next }: Progress): Promise<void> {
    const { chain, store, append, log, metrics } = this.#deps;
    for (let index = await chain.rootCount(operator); index < next; index += TREES_AT_ONCE) {
      const trees = await this.#trees(operator, index, Math.min(next, index + TREES_AT_ONCE));
      const { hash, block } = await append(operator, trees);
      const rows = trees.reduce((sum, { count }) => sum + count, 0);
      metrics.roots.inc(trees.length);
      metrics.rows.inc(rows);
      log.info("audit roots appended", { operator, index, roots: trees.length, rows, hash, block });
      // Spares readers a search through the chain; who reads it looks the transaction up.
      const receipt = `${JSON.stringify({ transactionHash: hash, blockNumber: block })}\n`;
      for (const at of trees.keys()) await store.create(receiptKey(operator, index + at), receipt);
    }
  }

  async #trees(operator: string, from: number, to: number): Promise<AppendableTree[]> {
    const trees: AppendableTree[] = [];
    for (let index = from; index < to; index += 1) {
      const { root, rows } = parseManifest((await this.#deps.store.get(manifestKey(operator, index))) ?? "");
      trees.push({ root, count: rows.length });
    }
    return trees;
  }

  /** Writes the manifest of the next tree; false when nothing is new. */
  async #extend(operator: string, progress: Progress): Promise<boolean> {
    const { store, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const isSweep = nowMs - progress.sweptMs >= SWEEP_MS;
    const { ranges, rows, broken } = await this.#gather(operator, progress, isSweep ? null : recentDays(nowMs));
    if (rows.length === 0) {
      if (isSweep) progress.sweptMs = nowMs;
      if (isSweep && broken.length === 0) await this.#cover(operator, progress, nowMs);
      return false;
    }
    const [index, root] = [progress.next, treeRoot(rows)];
    const createdAt = new Date(nowMs).toISOString();
    const manifest: Manifest = { version: 1, operator, index, root, createdAt, ranges, rows, ...advance(progress, ranges) };
    if (!(await store.create(manifestKey(operator, index), serialiseManifest(manifest))))
      throw new AgentKeysError("audit_conflict", { detail: `somebody else wrote tree ${index}` });
    return true;
  }

  /** What is new in these days, or in all that may hold something new. */
  async #gather(operator: string, progress: Progress, days: readonly string[] | null): Promise<Gathered> {
    const { store, log, metrics, mostRows = MOST_ROWS } = this.#deps;
    const first = firstOpenDay(progress);
    const open = days ?? (await store.folders(`audit/${operator}/`)).filter((day) => day >= first);
    const gathered = await gather(store, operator, { cursors: progress.cursors, days: open, mostRows });
    const { broken } = gathered;
    this.#broken.set(operator, broken.length);
    metrics.broken.set([...this.#broken.values()].reduce((sum, each) => sum + each, 0));
    if (broken.length > 0) log.error("streams in the bucket do not continue what is in a tree", { operator, streams: broken });
    return gathered;
  }

  /** By the chain's time as well: with a clock of ours that runs ahead, days would be closed that are still to come. */
  async #cover(operator: string, progress: Progress, nowMs: number): Promise<void> {
    const { chain } = this.#deps;
    const count = await chain.rootCount(operator);
    if (count === 0) return;
    const { appendedAt } = await chain.rootAt(operator, count - 1);
    cover(progress, Math.min(nowMs, appendedAt * 1000));
  }
}
