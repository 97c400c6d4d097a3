import { Transform, type TransformCallback } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";

/**
 * What an agent's body passes through: counted against the limit and searched for the placeholder, also across chunks. The last
 * bytes that could begin the placeholder are held back until the next chunk, so that it never leaves whole.
 */
export class BodyGate extends Transform {
  readonly #needle: Buffer;
  readonly #maxBytes: number;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes received from the agent. */
  bytes = 0;

  constructor(needle: Buffer, maxBytes: number) {
    super();
    this.#needle = needle;
    this.#maxBytes = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#maxBytes) {
      done(new AgentKeysError("payload_too_large"));
      return;
    }
    const text = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (text.includes(this.#needle)) {
      done(new AgentKeysError("placeholder_misplaced", { detail: "body" }));
      return;
    }
    const keep = this.#suspectLength(text);
    this.#held = text.subarray(text.length - keep);
    if (keep < text.length) this.push(text.subarray(0, text.length - keep));
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#held.length > 0) this.push(this.#held);
    done();
  }

  /** Length of the longest end of `text` that is a beginning of the needle. */
  #suspectLength(text: Buffer): number {
    const first = this.#needle[0] ?? 0;
    let at = Math.max(0, text.length - this.#needle.length + 1);
    while ((at = text.indexOf(first, at)) >= 0) {
      const length = text.length - at;
      if (this.#needle.subarray(0, length).equals(text.subarray(at))) return length;
      at += 1;
    }
    return 0;
  }
}
