import type { Spellings } from "./spellings.ts";

const EMPTY: Buffer = Buffer.alloc(0);

function maskOf(mask: string, length: number): string {
  return mask.repeat(Math.ceil(length / mask.length)).slice(0, length);
}

/** The text with `mask` in place of every form of the key, as a header carries it. */
export function scrubText(text: string, spellings: Spellings, mask: string): string {
  if (text.length < spellings.shortest) return text;
  let clean = text;
  for (const form of spellings.texts) if (clean.includes(form)) clean = clean.replaceAll(form, mask);
  return clean;
}

/** Whether the bytes from `at` on are a beginning of a form; in plain steps, as most end at the first or second. */
function isBeginning(bytes: Buffer, at: number, form: Buffer): boolean {
  const length = bytes.length - at;
  if (form.length <= length) return false;
  let same = 0;
  while (same < length && bytes[at + same] === form[same]) same += 1;
  return same === length;
}

/**
 * Takes a key out of a body that passes in chunks. What stands in its place is as long as it was, so that lengths which are already told
 * stay true. Only an end that could be the beginning of a form is held back until the next chunk.
 */
export class Scrub {
  readonly #spellings: Spellings;
  readonly #mask: string;
  #held: Buffer = EMPTY;

  constructor(spellings: Spellings, mask: string) {
    this.#spellings = spellings;
    this.#mask = mask;
  }

  /** What goes on now; the chunk itself when there is nothing in it. */
  push(chunk: Buffer): Buffer {
    const joined = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const clean = this.#cleaned(joined);
    const keep = this.#suspectLength(clean);
    this.#held = keep === 0 ? EMPTY : clean.subarray(clean.length - keep);
    return keep === 0 ? clean : clean.subarray(0, clean.length - keep);
  }

  /** What was held back. */
  end(): Buffer {
    const rest = this.#held;
    this.#held = EMPTY;
    return rest;
  }

  #cleaned(bytes: Buffer): Buffer {
    let clean = bytes;
    for (const form of this.#spellings.bytes) {
      let at = clean.indexOf(form);
      if (at >= 0 && clean === bytes) clean = Buffer.from(bytes);
      for (; at >= 0; at = clean.indexOf(form, at + form.length)) clean.write(maskOf(this.#mask, form.length), at, "latin1");
    }
    return clean;
  }

  /** Length of the longest end that is a beginning of a form. */
  #suspectLength(bytes: Buffer): number {
    const { bytes: forms, held, longest } = this.#spellings;
    const earliest = Math.max(0, bytes.length - longest + 1);
    let from = bytes.length;
    while (from > earliest && held[bytes[from - 1] ?? 0] === 1) from -= 1;
    for (let at = from; at < bytes.length; at += 1) if (forms.some((form) => isBeginning(bytes, at, form))) return bytes.length - at;
    return 0;
  }
}
