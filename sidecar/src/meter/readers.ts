import { isUsageChunk, withoutNullUsage } from "./hide.ts";
import { JsonScan, type Found } from "./json-scan.ts";
import { Lines, type LineSink } from "./lines.ts";
import type { Shape } from "./routes.ts";
import { takeEvent, type Tally } from "./tally.ts";

/** Reads an answer on its way to the agent. */
export interface AnswerReader {
  /** What of it goes on now; empty when all of it is held back. */
  push(chunk: Buffer): Buffer;
  /** The answer is complete; what was still held back. */
  end(): Buffer;
}

/** Longest line and longest event of a stream that is read; a longer one passes unread. */
export const MAX_EVENT_BYTES = 512 * 1024;
const EMPTY = Buffer.alloc(0);
const USAGE = Buffer.from('"usage"');

/** An answer that says nothing we can read. */
export function unreadable(tally: Tally): AnswerReader {
  tally.isBroken = true;
  return { push: (chunk) => chunk, end: () => EMPTY };
}

const MEMBERS: ReadonlySet<string> = new Set([
  "usage",
  "model",
  "service_tier",
  "output.*.type",
  "usageMetadata",
  "modelVersion",
  "*.usageMetadata",
  "*.modelVersion",
]);

function takeMember(tally: Tally, { path, text }: Found): void {
  const value: unknown = JSON.parse(text);
  const name = path.startsWith("*.") ? path.slice(2) : path;
  if (name === "usage" || name === "usageMetadata") tally.isFinal = tally.addUsage(value) || tally.isFinal;
  else if (name === "model" || name === "modelVersion") tally.setModel(value);
  else if (name === "service_tier") tally.setTier(value);
  else tally.addOutputItem(value);
}

/** A JSON answer of any size, also Gemini's array of chunks; it passes as it comes. */
export function jsonReader(tally: Tally): AnswerReader {
  const scan = new JsonScan(MEMBERS, (found) => {
    try {
      takeMember(tally, found);
    } catch {
      tally.isBroken = true;
    }
  });
  return {
    push(chunk) {
      scan.push(chunk);
      if (scan.isBroken) tally.isBroken = true;
      return chunk;
    },
    end() {
      if (!scan.isDone) tally.isBroken = true;
      return EMPTY;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of a `data:` line, null for any other line. */
function dataOf(line: Buffer): string | null {
  if (line.length < 5 || line.toString("latin1", 0, 5) !== "data:") return null;
  return line
    .toString("utf8", 5)
    .replace(/^ /, "")
    .replace(/[\r\n]+$/, "");
}

const isBlank = (line: Buffer): boolean => line[0] === 0x0a || line[0] === 0x0d;

/**
 * An event stream. Passes as it comes, or, with `hidesUsage`, line by line: without the chunk and the members that only our
 * `include_usage` brought. A `data:` line that is one JSON text counts at once, several together at the event's end.
 */
export class StreamReader implements AnswerReader, LineSink {
  readonly #shape: Shape;
  readonly #tally: Tally;
  readonly #hidesUsage: boolean;
  readonly #lines = new Lines(this, MAX_EVENT_BYTES);
  #out: Buffer[] = [];
  /** Data of this event that is no JSON text by itself. */
  #data: string[] = [];
  #dataLength = 0;
  /** A line of this event has gone out. */
  #isBegun = false;
  #isHidden = false;
  #isLastDropped = false;

  constructor(shape: Shape, tally: Tally, hidesUsage: boolean) {
    this.#shape = shape;
    this.#tally = tally;
    this.#hidesUsage = hidesUsage;
  }

  push(chunk: Buffer): Buffer {
    this.#lines.push(chunk);
    return this.#hidesUsage ? this.#flush() : chunk;
  }

  end(): Buffer {
    this.#lines.end();
    this.#endEvent();
    return this.#hidesUsage ? this.#flush() : EMPTY;
  }

  line(line: Buffer): void {
    if (isBlank(line)) {
      this.#endEvent();
      if (this.#isHidden && !this.#isBegun) this.#isLastDropped = true;
      else this.#emit(line);
      this.#isHidden = false;
      this.#isBegun = false;
      return;
    }
    const data = dataOf(line);
    if (data === null) this.#begin(line);
    else this.#dataLine(line, data);
  }

  lineFeed(byte: Buffer): void {
    if (!this.#isLastDropped) this.#emit(byte);
  }

  overlong(piece: Buffer): void {
    this.#tally.isBroken = true;
    this.#begin(piece);
  }

  #dataLine(line: Buffer, data: string): void {
    const event = this.#data.length === 0 ? parse(data) : undefined;
    if (event === undefined) {
      this.#collect(data);
      this.#begin(line);
      return;
    }
    takeEvent(this.#shape, this.#tally, event);
    if (!this.#hidesUsage || !line.includes(USAGE)) this.#begin(line);
    else if (isUsageChunk(event)) {
      this.#isHidden = true;
      this.#isLastDropped = true;
    } else this.#begin(withoutNullUsage(line));
  }

  #collect(data: string): void {
    this.#dataLength += data.length;
    if (this.#dataLength <= MAX_EVENT_BYTES) this.#data.push(data);
    else this.#tally.isBroken = true;
  }

  #endEvent(): void {
    if (this.#data.length > 1) takeEvent(this.#shape, this.#tally, parse(this.#data.join("\n")));
    this.#data = [];
    this.#dataLength = 0;
  }

  #begin(bytes: Buffer): void {
    this.#isBegun = true;
    this.#emit(bytes);
  }

  #emit(bytes: Buffer): void {
    this.#isLastDropped = false;
    if (this.#hidesUsage) this.#out.push(bytes);
  }

  #flush(): Buffer {
    const out = this.#out;
    this.#out = [];
    return out.length === 1 ? (out[0] ?? EMPTY) : Buffer.concat(out);
  }
}
