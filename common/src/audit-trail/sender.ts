import { streamAgeDays } from "../audit-rows/index.ts";
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
const DRAIN_RETRY_MS = 200;

/** Sends what is spooled, oldest first, for as long as it takes; a row leaves the spool when it is acknowledged. */
export class Sender {
  readonly #deps: SenderDeps;
  #wake = new AbortController();
  /** What is being sent; a batch under way is not sent a second time beside itself. */
  #turn: Promise<void> = Promise.resolve();
  readonly #cut = new AbortController();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /** Sends what is full without waiting for the rest. */
  nudge(): void {
    this.#wake.abort();
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { spool, clock, random, batchMs, log } = this.#deps;
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let waitMs = batchMs;
      // Rows that come while others are sent are not sent at once: under load that made a batch of every few.
      const due = this.#wake.signal.aborted ? null : spool.open;
      this.#wake = new AbortController();
      let wakes = [signal, this.#wake.signal];
      try {
        await this.#sendAll(
          () => due,
          () => signal.aborted,
        );
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

  /** Tries to the limit, for the end of the process; what is not taken stays in the spool. */
  async drain(limitMs: number): Promise<void> {
    const { clock, log, spool } = this.#deps;
    const late = AbortSignal.timeout(limitMs);
    late.addEventListener("abort", () => this.#cut.abort());
    let fault = await this.#tryAll(late);
    while (fault?.retryable === true && !late.aborted) {
      await clock.sleep(DRAIN_RETRY_MS, late).catch(() => undefined);
      fault = await this.#tryAll(late);
    }
    if (spool.rows > 0) log.warn("audit rows are left in the state folder", { code: fault?.code ?? "client_aborted", rows: spool.rows });
    await spool.flush();
  }

  #tryAll(late: AbortSignal): Promise<AgentKeysError | null> {
    const { spool, trail } = this.#deps;
    trail.catchUp();
    const sent = this.#sendAll(
      () => spool.open,
      () => late.aborted,
    );
    return sent.then(
      () => null,
      (fault: unknown) => toAgentKeysError(fault),
    );
  }

  /** Sends what is full or due, after whoever is sending now. */
  #sendAll(due: () => Segment | null, isOver: () => boolean): Promise<void> {
    const mine = this.#turn.catch(() => undefined).then(() => this.#sendInTurn(due, isOver));
    this.#turn = mine;
    return mine;
  }

  async #sendInTurn(due: () => Segment | null, isOver: () => boolean): Promise<void> {
    const { spool, onOutcome } = this.#deps;
    for (;;) {
      const segment = await spool.oldest(due());
      if (segment === null || isOver()) return;
      const rows = segment.last - segment.first + 1;
      try {
        await this.#sendOne(segment, this.#cut.signal);
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
    // The first rows of a stream of today meet nobody's: there a new stream would fare no better.
    const isOld = streamAgeDays(stream, this.#deps.clock.nowMs()) > 0;
    if (code === "audit_conflict" && (first > 1 || isOld)) await this.#deps.trail.moveOn(stream, () => true);
    else if (code === "invalid_input") await this.#deps.trail.moveOn(stream, (_rows, index) => index > 0);
    else return false;
    this.#deps.log.error("a stream of audit rows could not be gone on with", { code, stream, next: this.#deps.trail.stream });
    return true;
  }
}
