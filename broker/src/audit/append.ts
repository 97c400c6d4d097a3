/**
 * Stores batches of audit rows, each as one object that is created once. Knows nothing of HTTP. Every replica answers the same, since
 * what counts is what is stored: memory only spares reading it again.
 */
import { batchKey, parseBatch, serialiseBatch, type Batch, type ChainHead } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { assertContinues, assertOwnRows, refusalOfGrowth, type BatchSource, type SentBatch } from "../domain/audit-batch.ts";

export interface Appended {
  stream: string;
  last: number;
  hash: string;
}

interface Known extends ChainHead {
  first: number;
  pod: string;
  device: string;
}

const MOST_KNOWN = 20_000;
const podOf = ({ source, actor, namespace, pod, podUid }: BatchSource): string => [source, actor, namespace, pod, podUid].join("|");

export class Appender {
  readonly #store: AuditStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(deps: { store: AuditStore; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /**
   * Stores a batch, or finds that it is stored. Throws `invalid_input`, `audit_conflict` when it does not continue its stream or that
   * is too old, `device_revoked` and `audit_unavailable`.
   */
  async append(batch: SentBatch, source: BatchSource): Promise<Appended> {
    assertOwnRows(batch, source);
    const before = await this.#before(batch, source);
    const head = assertContinues(batch, before);
    const { stream, rows } = batch;
    const first = rows[0]?.sequence ?? 0;
    const key = batchKey(source.operator, stream, first);
    const nowMs = this.#clock.nowMs();
    const storedAt = new Date(nowMs).toISOString();
    const header = { version: 1 as const, ...source, stream, first, last: head.sequence, storedAt };
    const text = serialiseBatch(
      header,
      rows.map((row) => row.text),
    );
    const refusal = refusalOfGrowth(batch, source, before?.device ?? null, nowMs);
    const isCreated = refusal === null && (await this.#store.create(key, text));
    // Whatever is refused, a batch whose acknowledgement was lost is acknowledged again.
    if (!isCreated && !isSame(await this.#read(key), batch, source))
      throw refusal ?? new AgentKeysError("audit_conflict", { detail: `${key} holds other rows` });
    this.#remember(`${source.operator}/${stream}`, { ...head, first, pod: podOf(source), device: source.device });
    return { stream, last: head.sequence, hash: head.hash };
  }

  /** The end of the batch before, as it is stored for the same pod; null for the first of a stream. */
  async #before({ stream, previousFirst }: SentBatch, source: BatchSource): Promise<Known | null> {
    if (previousFirst === null) return null;
    const known = this.#known.get(`${source.operator}/${stream}`);
    const found = known?.first === previousFirst ? known : await this.#readEnd(source.operator, stream, previousFirst);
    if (found?.pod !== podOf(source))
      throw new AgentKeysError("audit_conflict", { detail: `no batch ${previousFirst} of ${stream} is stored for this pod` });
    return found;
  }

  async #readEnd(operator: string, stream: string, first: number): Promise<Known | null> {
    const batch = await this.#read(batchKey(operator, stream, first));
    const last = batch?.rows.at(-1);
    if (batch === null || last === undefined) return null;
    const { sequence, hash } = last;
    return { sequence, hash, first, pod: podOf(batch.header), device: batch.header.device };
  }

  async #read(key: string): Promise<Batch | null> {
    const text = await this.#store.get(key);
    return text === null ? null : parseBatch(text);
  }

  #remember(name: string, known: Known): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

function isSame(stored: Batch | null, { rows }: SentBatch, source: BatchSource): boolean {
  if (stored === null || podOf(stored.header) !== podOf(source) || stored.rows.length !== rows.length) return false;
  return stored.rows.every((row, index) => row.text === rows[index]?.text);
}
