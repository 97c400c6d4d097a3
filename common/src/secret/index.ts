/**
 * A value that prints `[redacted]` wherever it ends up. Knows nothing of what the secret is for.
 * Memory is wiped on request only as far as a garbage-collected runtime allows: strings handed out cannot be wiped.
 */
import { inspect } from "node:util";

const REDACTED = "[redacted]";

export class Secret {
  #bytes: Buffer;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Copies `value`, so that wiping the secret never touches the caller's buffer. */
  static of(value: string | Uint8Array): Secret {
    return new Secret(typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value));
  }

  /** The secret as UTF-8 text. */
  reveal(): string {
    return this.#bytes.toString("utf8");
  }

  /** The secret's own bytes, not a copy; do not keep them past {@link wipe}. */
  revealBytes(): Buffer {
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros; the secret is empty afterwards. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#bytes = Buffer.alloc(0);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
