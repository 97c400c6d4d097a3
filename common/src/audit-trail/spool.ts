import { GENESIS, readRow, STREAM, type ChainHead } from "../audit-rows/index.ts";
import type { SpoolFiles } from "./files.ts";

/** Rows that are sent together; it never changes once it is sealed, so that a retry is the same batch. */
export interface Segment {
  stream: string;
  first: number;
  last: number;
  /** Of the last row. */
  hash: string;
  bytes: number;
  /** When its first row came, by our clock; milliseconds. */
  sinceMs: number;
}

/** The last batch of a stream that was acknowledged: what the next one is said to follow. */
export interface Acknowledged {
  first: number;
  last: number;
  hash: string;
}

export interface SpoolOptions {
  files: SpoolFiles;
  nowMs: () => number;
  /** Most bytes kept, whether written or not. */
  limitBytes: number;
  /** A segment is sealed at this size. */
  segmentBytes: number;
  onFault: (fault: unknown) => void;
}

const SEGMENT = /^(\d{8}-[0-9a-f]{32})\.(\d{12})\.rows$/;
const nameOf = ({ stream, first }: Pick<Segment, "stream" | "first">): string => `${stream}.${String(first).padStart(12, "0")}.rows`;
const headOf = (stream: string): string => `${stream}.head`;
const CURRENT = "current";

/**
 * Rows on their way: gathered in memory for a moment, then in files, until they are acknowledged. One writer at a time; whoever
 * adds a row waits for neither.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #segments: Segment[] = [];
  /** Lines not yet written, by segment. */
  readonly #held = new Map<Segment, string>();
  readonly #heads = new Map<string, Acknowledged>();
  #open: Segment | null = null;
  /** Of all segments: asked for with every row. */
  #bytes = 0;
  #writing: Promise<void> = Promise.resolve();
  /** The stream that was written to when the process ended, and where it had got to; null for a folder that is new. */
  readonly resumed: { stream: string; head: ChainHead } | null;

  constructor(options: SpoolOptions) {
    this.#options = options;
    const names = options.files.list();
    const isWhole = names.map((name) => this.#load(name)).every(Boolean);
    this.#dropAcknowledged();
    this.#bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const stream = names.includes(CURRENT) ? options.files.readNow(CURRENT).trim() : "";
    this.resumed = isWhole && STREAM.test(stream) ? this.#resume(stream) : null;
  }

  get rows(): number {
    return this.#segments.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  get oldestMs(): number | null {
    return this.#segments[0]?.sinceMs ?? null;
  }

  /** What rows are added to. */
  get open(): Segment | null {
    return this.#open;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= this.#options.limitBytes;
  }

  /** Adds a row, which is held until the next flush; rows of a stream come in their order. Answers whether a segment is full now. */
  push(stream: string, text: string, head: ChainHead): boolean {
    const bytes = Buffer.byteLength(text) + 1;
    if (this.#open?.stream !== stream) {
      this.#open = { stream, first: head.sequence, last: head.sequence, hash: head.hash, bytes: 0, sinceMs: this.#options.nowMs() };
      this.#segments.push(this.#open);
    }
    const segment = this.#open;
    segment.last = head.sequence;
    segment.hash = head.hash;
    segment.bytes += bytes;
    this.#bytes += bytes;
    this.#held.set(segment, `${this.#held.get(segment) ?? ""}${text}\n`);
    const isFull = segment.bytes >= this.#options.segmentBytes;
    if (isFull) this.#open = null;
    return isFull;
  }

  /** Writes what is held; resolves when all that came before is in files. A fault is told and the rows are kept for the next time. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      for (const [segment, lines] of [...this.#held]) {
        try {
          await this.#options.files.append(nameOf(segment), lines);
        } catch (fault) {
          this.#options.onFault(fault);
          return;
        }
        const since = this.#held.get(segment)?.slice(lines.length) ?? "";
        if (since === "") this.#held.delete(segment);
        else this.#held.set(segment, since);
      }
    });
    return this.#writing;
  }

  /** Remembers the stream that a next process goes on with. */
  enter(stream: string): void {
    this.#writing = this.#writing.then(() => this.#options.files.replace(CURRENT, stream).catch(this.#options.onFault));
  }

  /**
   * Seals and answers the oldest segment; null when all is acknowledged, when it cannot be written, and when rows are still added to
   * it and it is not `due`.
   */
  async oldest(due: Segment | null): Promise<Segment | null> {
    const segment = this.#segments[0];
    if (segment === undefined || (segment === this.#open && segment !== due)) return null;
    if (segment === this.#open) this.#open = null;
    await this.flush();
    return this.#held.has(segment) ? null : segment;
  }

  async read(segment: Segment): Promise<string[]> {
    await this.#options.files.sync(nameOf(segment));
    return (await this.#options.files.read(nameOf(segment))).split("\n").filter((line) => line !== "");
  }

  /** First sequence of the batch before, or null for the first of a stream. */
  previousOf({ stream }: Segment): number | null {
    return this.#heads.get(stream)?.first ?? null;
  }

  /** The segment is somebody else's to keep now. */
  async acknowledge({ stream, first, last, hash }: Segment): Promise<void> {
    const head = { first, last, hash };
    this.#heads.set(stream, head);
    // Before the rows go: a process that ends between the two sends them again, and is told that they are there.
    await this.#options.files.replace(headOf(stream), JSON.stringify(head));
    await this.#remove(nameOf({ stream, first }));
    const isOver = stream !== this.#segments.at(-1)?.stream && stream !== (await this.#options.files.read(CURRENT)).trim();
    if (isOver && !this.#segments.some((segment) => segment.stream === stream)) await this.#forget(stream);
  }

  /** Takes every sealed segment of a stream out, oldest first; the stream is not written to any more. */
  async withdraw(stream: string): Promise<string[][]> {
    const found = this.#segments.filter((segment) => segment.stream === stream);
    if (this.#open?.stream === stream) this.#open = null;
    await this.flush();
    const rows = [];
    for (const segment of found) rows.push(await this.read(segment));
    return rows;
  }

  /** Ends what `withdraw` began: the rows are elsewhere. */
  async discard(stream: string): Promise<void> {
    for (const segment of this.#segments.filter((found) => found.stream === stream)) await this.#remove(nameOf(segment));
    await this.#forget(stream);
  }

  async #remove(name: string): Promise<void> {
    const index = this.#segments.findIndex((segment) => nameOf(segment) === name);
    if (index >= 0) for (const { bytes } of this.#segments.splice(index, 1)) this.#bytes -= bytes;
    await this.#options.files.remove(name);
  }

  async #forget(stream: string): Promise<void> {
    this.#heads.delete(stream);
    await this.#options.files.remove(headOf(stream));
  }

  /** Answers whether the file is one that a spool wrote. A row that was being written at the end was never sent: it is taken out. */
  #load(name: string): boolean {
    const { files, nowMs, onFault } = this.#options;
    try {
      if (name.endsWith(".head")) this.#heads.set(name.slice(0, -".head".length), JSON.parse(files.readNow(name)) as Acknowledged);
      const [, stream = "", first = ""] = SEGMENT.exec(name) ?? [];
      if (stream === "") return true;
      const whole = files.readNow(name);
      const text = whole.slice(0, whole.lastIndexOf("\n") + 1);
      if (text !== whole) files.writeNow(name, text);
      const last = text.split("\n").at(-2);
      if (last === undefined) return true;
      const { sequence, hash } = readRow(last);
      this.#segments.push({ stream, first: Number(first), last: sequence, hash, bytes: Buffer.byteLength(text), sinceMs: nowMs() });
      return true;
    } catch (fault) {
      onFault(fault);
      return false;
    }
  }

  /** What a process acknowledged and was killed before it took away. Sent again it would seem to follow itself. */
  #dropAcknowledged(): void {
    const isKept = ({ stream, last }: Segment): boolean => last > (this.#heads.get(stream)?.last ?? 0);
    for (const segment of this.#segments.filter((found) => !isKept(found)))
      this.#writing = this.#writing.then(() => this.#remove(nameOf(segment)).catch(this.#options.onFault));
    const kept = this.#segments.filter(isKept);
    this.#segments.splice(0, this.#segments.length, ...kept);
  }

  #resume(stream: string): { stream: string; head: ChainHead } {
    const segment = this.#segments.filter((found) => found.stream === stream).at(-1);
    const sent = this.#heads.get(stream);
    const head =
      segment === undefined ? { sequence: sent?.last ?? 0, hash: sent?.hash ?? GENESIS } : { sequence: segment.last, hash: segment.hash };
    return { stream, head };
  }
}
