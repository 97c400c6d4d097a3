const CR = 0x0d;
const LF = 0x0a;

/** Gets the lines of a stream as they end, each with its line end. */
export interface LineSink {
  line(line: Buffer): void;
  /** The line feed of the line before, whose carriage return ended a chunk. */
  lineFeed(byte: Buffer): void;
  /** A piece of a line that is longer than the limit. */
  overlong(piece: Buffer): void;
}

/** Cuts an event stream into lines ended by CR, LF or CRLF; holds one unfinished line of at most `maxBytes`. */
export class Lines {
  readonly #sink: LineSink;
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isOverlong = false;
  #endedWithCr = false;

  constructor(sink: LineSink, maxBytes: number) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    let from = 0;
    if (this.#endedWithCr && chunk[0] === LF) {
      this.#sink.lineFeed(chunk.subarray(0, 1));
      from = 1;
    }
    if (chunk.length > 0) this.#endedWithCr = false;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== CR && byte !== LF) continue;
      if (byte === CR && chunk[at + 1] === LF) at += 1;
      this.#end(chunk.subarray(from, at + 1));
      from = at + 1;
      this.#endedWithCr = byte === CR && from === chunk.length && chunk[at] === CR;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
  }

  /** The stream is over: what is held was its last line. */
  end(): void {
    if (this.#heldBytes > 0) this.#end(Buffer.alloc(0));
  }

  #end(last: Buffer): void {
    if (this.#isOverlong || this.#heldBytes + last.length > this.#maxBytes) {
      this.#overflow(last);
      this.#isOverlong = false;
      return;
    }
    const line = this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#forget();
    this.#sink.line(line);
  }

  #hold(piece: Buffer): void {
    if (this.#isOverlong || this.#heldBytes + piece.length > this.#maxBytes) {
      this.#overflow(piece);
      this.#isOverlong = true;
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
  }

  #overflow(piece: Buffer): void {
    for (const held of this.#held) this.#sink.overlong(held);
    this.#forget();
    this.#sink.overlong(piece);
  }

  #forget(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
