import { createStamp, type Clock } from "../clock/index.ts";
import { GENESIS, linkRow, readRow, streamAgeDays, streamId, type ChainHead } from "../audit-rows/index.ts";
import type { Spool } from "./spool.ts";

/** What a row says besides its place in the chain: short texts, numbers, booleans and null. Never a secret, query value, header or body. */
export type AuditFields = Readonly<Record<string, AuditValue>>;
export type AuditValue = string | number | boolean | null;

/** A row that was made; `hash` is null for one that found no room and is only counted. */
export interface Recorded {
  kind: string;
  time: string;
  text: string;
  hash: string | null;
}

type Entry = AuditFields & Pick<Recorded, "kind" | "time">;

export interface TrailDeps {
  spool: Spool;
  clock: Clock;
  /** 32 hex digits by chance. */
  randomHex: () => string;
  /** What every row says: who writes. */
  of: AuditFields;
  /** Calls back after the longest time that something recorded waits to be made a row and written. */
  later: (make: () => void) => unknown;
  /** Told of rows in their order, all that were made at once together. */
  onRows?: (rows: readonly Recorded[]) => void;
  /** Told when enough has gathered to be sent at once. */
  onFull?: () => void;
}

/** Why a stream begins or is gone on with. */
export type OpenReason = "new" | "resumed" | "day" | "refused";
export type CloseReason = "stopped" | "day";

interface Said {
  kind: string;
  fields: AuditFields;
  atMs: number;
}

/**
 * Chains rows into one stream at a time and hands them to the spool. Recording waits for nobody, and costs little: rows are made some
 * at a time, a moment later, which takes half as long as one by one between everything else. When the spool is full rows are counted
 * instead of kept, and the first that fits again is preceded by a row `gap` with their number.
 */
export class AuditTrail {
  readonly #deps: TrailDeps;
  #stream: string;
  #head: ChainHead;
  #lost = 0;
  #lostSince = "";
  #lostTotal = 0;
  readonly #stamp = createStamp();
  #waiting: Said[] = [];
  #made: Recorded[] = [];
  #isDue = false;

  constructor(deps: TrailDeps) {
    this.#deps = deps;
    const { resumed } = deps.spool;
    this.#stream = resumed?.stream ?? this.#newStream();
    this.#head = resumed?.head ?? { sequence: 0, hash: GENESIS };
    if (resumed === null) deps.spool.enter(this.#stream);
    this.#append("open", { reason: resumed === null ? "new" : "resumed" });
    this.#rouse();
  }

  get stream(): string {
    return this.#stream;
  }

  /** Rows that found no room since the start. */
  get lostRows(): number {
    return this.#lostTotal;
  }

  /** One row of `kind`, of what was at `atMs`. Its day is that of our clock: with the first row of another one the stream is closed. */
  record<F extends Readonly<Record<keyof F, AuditValue>>>(kind: string, fields: F, atMs = this.#deps.clock.nowMs()): void {
    this.#waiting.push({ kind, fields: fields as AuditFields, atMs });
    this.#rouse();
  }

  /** Makes rows of all that was recorded. */
  catchUp(): void {
    const waiting = this.#waiting;
    if (waiting.length > 0) {
      this.#waiting = [];
      if (streamAgeDays(this.#stream, this.#deps.clock.nowMs()) !== 0) this.#begin("day");
      for (const { kind, fields, atMs } of waiting) this.#append(kind, fields, atMs);
    }
    this.#tell();
  }

  /** The last row of a process that ends as it should. */
  close(reason: CloseReason): void {
    this.catchUp();
    this.#append("close", { reason });
    this.#tell();
  }

  /** Rows that were neither kept nor will come back. */
  lose(count: number): void {
    if (this.#lost === 0) this.#lostSince = this.#now();
    this.#lost += count;
    this.#lostTotal += count;
  }

  /** Begins a new stream, since the old one cannot be gone on with, and moves what was not acknowledged into it. */
  async moveOn(refused: string, keep: (rows: string[], index: number) => boolean): Promise<void> {
    if (this.#stream === refused) this.#begin("refused");
    const batches = await this.#deps.spool.withdraw(refused);
    batches.forEach((rows, index) => {
      if (keep(rows, index)) rows.forEach((text) => this.#move(text));
      else this.lose(rows.length);
    });
    await this.#deps.spool.discard(refused);
    this.#rouse();
  }

  /** Rows are made and written soon. */
  #rouse(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#deps.later(() => {
      this.#isDue = false;
      this.catchUp();
      void this.#deps.spool.flush();
    });
  }

  #tell(): void {
    const made = this.#made;
    if (made.length === 0) return;
    this.#made = [];
    this.#deps.onRows?.(made);
  }

  #now(): string {
    return this.#stamp(this.#deps.clock.nowMs());
  }

  #newStream(): string {
    return streamId(this.#deps.clock.nowMs(), this.#deps.randomHex());
  }

  #begin(reason: (OpenReason & CloseReason) | "refused"): void {
    const before = this.#stream;
    if (reason === "day") this.#append("close", { reason });
    this.#stream = this.#newStream();
    this.#head = { sequence: 0, hash: GENESIS };
    this.#deps.spool.enter(this.#stream);
    this.#append("open", { reason, continues: before });
  }

  #move(text: string): void {
    const { fields, stream, sequence } = readRow(text);
    const said = Object.entries(fields as AuditFields).filter(([name]) => !CHAIN_FIELDS.has(name));
    this.#link({ ...(Object.fromEntries(said) as Entry), movedFrom: stream, movedSequence: sequence });
  }

  #append(kind: string, fields: AuditFields, atMs = this.#deps.clock.nowMs()): void {
    const time = this.#stamp(atMs);
    const entry = { kind, time, ...fields, ...this.#deps.of };
    if (this.#lost > 0 && this.#fit(2)) {
      const gap = { kind: "gap", time: this.#now(), lost: this.#lost, since: this.#lostSince, ...this.#deps.of };
      this.#lost = 0;
      this.#link(gap);
    }
    if (this.#lost === 0 && this.#fit(1)) {
      this.#link(entry);
      return;
    }
    this.lose(1);
    this.#made.push({ kind, time, text: JSON.stringify(entry), hash: null });
  }

  #fit(rows: number): boolean {
    return this.#deps.spool.hasRoomFor(rows * MAX_OWN_BYTES);
  }

  #link(entry: Entry): void {
    const { kind, time } = entry;
    const { text, head } = linkRow(entry, this.#stream, this.#head);
    this.#head = head;
    this.#made.push({ kind, time, text, hash: head.hash });
    if (this.#deps.spool.push(this.#stream, text, head)) this.#deps.onFull?.();
  }
}

const CHAIN_FIELDS = new Set(["stream", "sequence", "previousHash"]);
/** Room that is asked for before a row of unknown length is made: no row of ours is longer. */
const MAX_OWN_BYTES = 4096;
