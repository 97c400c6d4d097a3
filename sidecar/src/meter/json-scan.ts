/** A value that was asked for, by its place in the whole text. */
export interface Found {
  /** Keys from the root, joined by `.`; `*` for an element of an array. */
  path: string;
  /** Where its key begins; of an element, where it begins itself. */
  keyStart: number;
  start: number;
  end: number;
  /** Its JSON. */
  text: string;
}

interface Level {
  isArray: boolean;
  path: string | null;
  /** Path of the member or element that comes next; null when nobody asks for anything below. */
  next: string | null;
  keyStart: number;
}

const MAX_DEPTH = 512;
const MAX_KEY_BYTES = 256;
const MAX_VALUE_BYTES = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isOpening = (byte: number): boolean => byte === QUOTE || byte === 0x7b || byte === 0x5b || byte === 0x3a;

/**
 * Finds single values in a JSON text of any length that comes in pieces, with memory for those values alone. It reads the structure,
 * not the whole grammar: what it accepts may still be refused by a real parser. What it cannot follow (too deep, a value or key too
 * long, anything after the end) makes it `broken`, and nothing is found any more.
 */
export class JsonScan {
  readonly #wanted: ReadonlySet<string>;
  /** Paths on the way to a wanted one; below all others names are not even looked at. */
  readonly #ways: ReadonlySet<string>;
  readonly #onFound: (found: Found) => void;
  readonly #levels: Level[] = [];
  /** Bytes of the chunks before this one. */
  #before = 0;
  #isInString = false;
  #isEscaped = false;
  #isKey = false;
  #expectsKey = false;
  #isInScalar = false;
  /** Bytes of the key or value that is kept, from earlier chunks. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #keepFrom = -1;
  #capture: { path: string; keyStart: number; start: number; depth: number } | null = null;
  #state: "reading" | "done" | "broken" = "reading";

  constructor(wanted: ReadonlySet<string>, onFound: (found: Found) => void) {
    this.#wanted = wanted;
    this.#ways = new Set([...wanted].flatMap((path) => path.split(".").map((_, index, parts) => parts.slice(0, index).join("."))));
    this.#onFound = onFound;
  }

  get isBroken(): boolean {
    return this.#state === "broken";
  }

  /** One complete value was read. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state !== "broken") at = this.#isInString ? this.#string(chunk, at) : this.#structure(chunk, at);
    if (this.#keepFrom >= 0 && this.#state === "reading") {
      this.#keep(chunk.subarray(this.#keepFrom));
      this.#keepFrom = 0;
    }
    this.#before += chunk.length;
  }

  #break(): void {
    this.#state = "broken";
    this.#kept = [];
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > (this.#isKey && this.#capture === null ? MAX_KEY_BYTES : MAX_VALUE_BYTES)) this.#break();
    else this.#kept.push(Buffer.from(bytes));
  }

  /** The kept text up to `end` of this chunk. */
  #take(chunk: Buffer, end: number): string {
    if (this.#keepFrom >= 0) this.#keep(chunk.subarray(this.#keepFrom, end));
    const text = Buffer.concat(this.#kept).toString("utf8");
    this.#kept = [];
    this.#keptBytes = 0;
    this.#keepFrom = -1;
    return text;
  }

  #string(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at += 1;
    }
    while (at < chunk.length && chunk[at] !== QUOTE) at += chunk[at] === BACKSLASH ? 2 : 1;
    if (at >= chunk.length) {
      this.#isEscaped = at > chunk.length;
      return chunk.length;
    }
    this.#isInString = false;
    if (this.#isKey) this.#endKey(chunk, at + 1);
    else this.#endValue(chunk, at + 1);
    return at + 1;
  }

  #structure(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (this.#isInScalar && (isSpace(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d)) {
      this.#isInScalar = false;
      this.#endValue(chunk, at);
    }
    if (isSpace(byte)) return at + 1;
    if (this.#state === "done" || (this.#isInScalar && isOpening(byte))) this.#break();
    else if (byte === QUOTE) this.#beginString(at);
    else if (byte === 0x7b || byte === 0x5b) this.#open(at, byte === 0x5b);
    else if (byte === 0x7d || byte === 0x5d) this.#close(chunk, at, byte === 0x5d);
    else if (byte === 0x2c) this.#expectsKey = this.#levels.at(-1)?.isArray === false;
    else if (byte === 0x3a) this.#expectsKey = false;
    else if (!this.#isInScalar) {
      this.#beginValue(at);
      this.#isInScalar = true;
    }
    return at + 1;
  }

  #beginString(at: number): void {
    this.#isInString = true;
    this.#isKey = this.#expectsKey;
    const level = this.#levels.at(-1);
    if (!this.#isKey || level === undefined) {
      this.#beginValue(at);
      return;
    }
    level.keyStart = this.#before + at;
    if (this.#capture === null && level.path !== null) this.#keepFrom = at;
  }

  #endKey(chunk: Buffer, end: number): void {
    this.#expectsKey = false;
    const level = this.#levels.at(-1);
    if (level === undefined || this.#capture !== null || level.path === null) {
      this.#isKey = false;
      return;
    }
    const text = this.#take(chunk, end);
    this.#isKey = false;
    if (this.isBroken) return;
    try {
      const key = JSON.parse(text) as string;
      level.next = level.path === "" ? key : `${level.path}.${key}`;
    } catch {
      this.#break();
    }
  }

  #beginValue(at: number): void {
    const level = this.#levels.at(-1);
    const path = level === undefined ? null : level.next;
    if (this.#capture !== null || path === null || !this.#wanted.has(path)) return;
    const start = this.#before + at;
    this.#capture = { path, keyStart: level?.isArray === false ? level.keyStart : start, start, depth: this.#levels.length };
    this.#keepFrom = at;
  }

  #endValue(chunk: Buffer, end: number): void {
    const { length } = this.#levels;
    const capture = this.#capture;
    if (capture?.depth === length) {
      this.#capture = null;
      const text = this.#take(chunk, end);
      if (!this.isBroken)
        this.#onFound({ path: capture.path, keyStart: capture.keyStart, start: capture.start, end: this.#before + end, text });
    }
    if (length === 0 && !this.isBroken) this.#state = "done";
  }

  #open(at: number, isArray: boolean): void {
    const parent = this.#levels.at(-1);
    this.#beginValue(at);
    const path = parent === undefined ? "" : parent.next;
    const own = path === null || this.#capture !== null || !this.#ways.has(path) ? null : path;
    const element = own === "" ? "*" : own === null ? null : `${own}.*`;
    this.#levels.push({ isArray, path: own, next: isArray ? element : null, keyStart: 0 });
    this.#expectsKey = !isArray;
    if (this.#levels.length > MAX_DEPTH) this.#break();
  }

  #close(chunk: Buffer, at: number, isArray: boolean): void {
    const level = this.#levels.pop();
    if (level?.isArray !== isArray) {
      this.#break();
      return;
    }
    this.#expectsKey = false;
    this.#endValue(chunk, at + 1);
  }
}
