import type { Clock } from "../clock/index.ts";
import { AgentKeysError, toAgentKeysError, type ErrorCode } from "../errors/index.ts";
import type { Log } from "../log/index.ts";
import type { Segment, Spool } from "./spool.ts";
import type { AuditTrail } from "./trail.ts";

/** What is sent at once: the exact texts of rows that follow each other. */
export interface OutgoingBatch {
  stream: string;
  /** First sequence of the batch before; null for the first of a stream. */
  previousFirst: number | null;
  rows: string[];
}

/** What the other side says it has. */
export interface BatchAck {
  stream: string;
  last: number;
  hash: string;
}

export interface SenderDeps {
  spool: Spool;
  trail: AuditTrail;
  clock: Clock;
  log: Log;
  /** Uniform in 0..1, for jitter. */
  random: () => number;
  /** Longest time that a row waits for others to go with. */
  batchMs: number;
  /** One exchange; throws a coded error. */
  send: (batch: OutgoingBatch, signal: AbortSignal) => Promise<BatchAck>;
  onOutcome: (code: "ok" | ErrorCode, rows: number) => void;
}

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/** Sends what is spooled, oldest first, for as long as it takes; a row leaves the spool when it is acknowledged. */
export class Sender {
  readonly #deps: SenderDeps;
  #wake = new AbortController();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Sends without waiting for more. */
  nudge(): void {
    this.#wake.abort();
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, batchMs, log } = this.#deps;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let waitMs = batchMs;
      this.#wake = new AbortController();
      let wakes = [signal, this.#wake.signal];
      try {
        await this.#sendAll(signal);
        retryMs = FIRST_RETRY_MS;
      } catch (fault) {
        const { code, detail } = toAgentKeysError(fault, "upstream_unreachable");
        log.warn("audit rows were not taken, retrying", { code, detail, retryMs });
        waitMs = retryMs * (0.5 + random());
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
        // More rows are no reason to try again sooner.
        wakes = [signal];
      }
      await clock.sleep(waitMs, AbortSignal.any(wakes)).catch(() => undefined);
    }
  }

  /** One last try, for the end of the process; what is not taken stays in the spool. */
  async drain(limitMs: number): Promise<void> {
    await this.#sendAll(AbortSignal.timeout(limitMs)).catch((fault: unknown) => {
      this.#deps.log.warn("audit rows are left in the state folder", { code: toAgentKeysError(fault).code, rows: this.#deps.spool.rows });
    });
    await this.#deps.spool.flush();
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    const { spool, onOutcome } = this.#deps;
    for (;;) {
      const segment = await spool.oldest();
      if (segment === null || signal.aborted) return;
      const rows = segment.last - segment.first + 1;
      try {
        await this.#sendOne(segment, signal);
        onOutcome("ok", rows);
      } catch (fault) {
        const { code } = toAgentKeysError(fault, "upstream_unreachable");
        onOutcome(code, rows);
        if (!(await this.#gaveUp(segment, code))) throw fault;
      }
    }
  }

  async #sendOne(segment: Segment, signal: AbortSignal): Promise<void> {
    const { spool, send } = this.#deps;
    const { stream, last, hash } = segment;
    const ack = await send({ stream, previousFirst: spool.previousOf(segment), rows: await spool.read(segment) }, signal);
    if (ack.stream !== stream || ack.last !== last || ack.hash !== hash)
      throw new AgentKeysError("upstream_unreachable", { detail: "other rows were acknowledged than were sent" });
    await spool.acknowledge(segment);
  }

  /** A refusal that no retry can change: the rows go into a new stream; those that are refused for themselves are counted as lost. */
  async #gaveUp({ stream, first }: Segment, code: ErrorCode): Promise<boolean> {
    if (code === "audit_conflict" && first > 1) await this.#deps.trail.moveOn(stream, () => true);
    else if (code === "invalid_input") await this.#deps.trail.moveOn(stream, (_rows, index) => index > 0);
    else return false;
    this.#deps.log.error("a stream of audit rows could not be gone on with", { code, stream, next: this.#deps.trail.stream });
    return true;
  }
}
