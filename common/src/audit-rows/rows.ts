import { hash } from "node:crypto";
import { AgentKeysError } from "../errors/index.ts";

/** What the first row of a stream names as the row before. */
export const GENESIS = "0".repeat(64);
const HASH = /^[0-9a-f]{64}$/;
const FIELD = /^[a-z][A-Za-z0-9]{0,31}$/;
const MAX_ROW_BYTES = 4096;
const MAX_FIELDS = 48;
const MAX_TEXT = 512;

/** Where a stream has got to: sequence and hash of its last row. */
export interface ChainHead {
  sequence: number;
  hash: string;
}

/** One row: its exact text, over which `hash` is taken, and what is read from it. */
export interface Row {
  text: string;
  hash: string;
  stream: string;
  sequence: number;
  previousHash: string;
  /** Every field, those above included; texts, numbers, booleans and null. */
  fields: Readonly<Record<string, unknown>>;
}

/** SHA-256 of a row's exact text, hex. */
export function rowHash(text: string): string {
  return hash("sha256", text, "hex");
}

/** The text of a row that follows `head` in `stream`; `entry` has a field at least, and none of the chain's own. */
export function linkRow(entry: object, stream: string, head: ChainHead): { text: string; head: ChainHead } {
  const sequence = head.sequence + 1;
  // Not a copy of the entry with three more fields: this is made for every call.
  const text = `${JSON.stringify(entry).slice(0, -1)},"stream":"${stream}","sequence":${sequence},"previousHash":"${head.hash}"}`;
  return { text, head: { sequence, hash: rowHash(text) } };
}

function isField([name, value]: [string, unknown]): boolean {
  if (!FIELD.test(name)) return false;
  if (typeof value === "string") return value.length <= MAX_TEXT;
  return value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

/** Reads one row; throws `invalid_input` for anything that is no flat object of short values with the chain's three fields. */
export function readRow(text: string): Row {
  const fields = Buffer.byteLength(text) > MAX_ROW_BYTES ? null : parse(text);
  const { stream, sequence, previousHash } = fields ?? {};
  const isLinked =
    typeof stream === "string" &&
    typeof previousHash === "string" &&
    HASH.test(previousHash) &&
    typeof sequence === "number" &&
    Number.isSafeInteger(sequence) &&
    sequence > 0;
  if (fields === null || !isLinked) throw new AgentKeysError("invalid_input", { message: "A line is no audit row" });
  const entries = Object.entries(fields);
  if (entries.length > MAX_FIELDS || !entries.every(isField))
    throw new AgentKeysError("invalid_input", { message: "An audit row holds something else than short texts, numbers and booleans" });
  return { text, hash: rowHash(text), stream, sequence, previousHash, fields };
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Why `row` does not follow `head` in `stream`, in words; null when it does. */
export function problemOfLink(row: Row, stream: string, head: ChainHead): string | null {
  if (row.stream !== stream) return `it is of stream ${row.stream}`;
  if (row.sequence !== head.sequence + 1) return `its sequence is ${row.sequence} where ${head.sequence + 1} follows`;
  return row.previousHash === head.hash ? null : `it names another row before it than row ${head.sequence}`;
}
