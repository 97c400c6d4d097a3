import { AgentKeysError } from "../errors/index.ts";
import { readRow, type Row } from "./rows.ts";

/** A stream's id: the UTC day it was opened, and chance. */
export const STREAM = /^(\d{4})(\d{2})(\d{2})-[0-9a-f]{32}$/;
/** A stream takes rows for this many days after it was opened; what waited longer goes on in another one. */
export const STREAM_LIFE_DAYS = 14;
const DAY_MS = 86_400_000;
const SEQUENCE_DIGITS = 12;
const INDEX_DIGITS = 9;

/** What the broker writes above the rows of a batch. */
export interface BatchHeader {
  version: 1;
  /** Omnis and device key hash as 64 hex digits. `actor` and `device` are empty for a worker's own rows. */
  operator: string;
  actor: string;
  device: string;
  source: "sidecar" | "creds-worker";
  namespace: string;
  pod: string;
  podUid: string;
  stream: string;
  first: number;
  last: number;
  /** RFC 3339. */
  storedAt: string;
  /** The device was revoked on chain by then: its key may have been in other hands. */
  isRevoked?: true;
}

/** One object of the bucket. */
export interface Batch {
  header: BatchHeader;
  rows: Row[];
}

/** A run of rows of one object, in a tree's order. */
export interface Range {
  key: string;
  stream: string;
  first: number;
  last: number;
  /** Of the last row. */
  hash: string;
}

/** Where every stream that may still grow has got to after a tree: spares an auditor that starts all trees before it. */
export interface Checkpoint {
  /** RFC 3339; all that was stored until then is in this tree or an earlier one. */
  coveredUntil: string;
  ends: { stream: string; last: number; hash: string }[];
}

/** What lies beside the rows for one tree: everything a proof is made of. */
export interface Manifest {
  version: 1;
  operator: string;
  /** Number of the tree on chain, from 0. */
  index: number;
  root: string;
  createdAt: string;
  ranges: Range[];
  /** Row hashes in the tree's order. */
  rows: string[];
  /** In one manifest of several. */
  checkpoint?: Checkpoint;
}

/** The UTC day of a time in milliseconds, `yyyy-mm-dd`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A new stream's id; `chance` is 32 hex digits. */
export function streamId(ms: number, chance: string): string {
  return `${dayOf(ms).replaceAll("-", "")}-${chance}`;
}

/** The day a stream was opened, `yyyy-mm-dd`; throws `invalid_input` for what is no stream id. */
export function streamDay(stream: string): string {
  const [, year, month, day] = STREAM.exec(stream) ?? [];
  if (year === undefined) throw new AgentKeysError("invalid_input", { message: "This is no stream of audit rows" });
  return `${year}-${month}-${day}`;
}

/** Whole days from the day a stream was opened to the day of `nowMs`; throws `invalid_input`. */
export function streamAgeDays(stream: string, nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) - Date.parse(`${streamDay(stream)}T00:00:00Z`) / DAY_MS;
}

/**
 * Object of a batch. Only the first sequence is in the name: a retried batch that has grown meets its own first part and is not stored
 * twice. `operator` is 64 hex digits.
 */
export function batchKey(operator: string, stream: string, first: number): string {
  return `audit/${operator}/${streamDay(stream)}/${stream}/${String(first).padStart(SEQUENCE_DIGITS, "0")}.ndjson`;
}

export function manifestKey(operator: string, index: number): string {
  return `roots/${operator}/${String(index).padStart(INDEX_DIGITS, "0")}.json`;
}

/** What the auditor says of the transaction that took a root; only a hint, to be looked up. */
export function receiptKey(operator: string, index: number): string {
  return `receipts/${operator}/${String(index).padStart(INDEX_DIGITS, "0")}.json`;
}

export function serialiseBatch(header: BatchHeader, rows: readonly string[]): string {
  return `${[JSON.stringify(header), ...rows].join("\n")}\n`;
}

export function serialiseManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest)}\n`;
}

/** Reads an object of rows; throws `invalid_input`. Rows are checked one by one, not against each other. */
export function parseBatch(text: string): Batch {
  const [head = "", ...lines] = text.replace(/\n$/, "").split("\n");
  const header = asObject(head);
  if (header["version"] !== 1 || typeof header["stream"] !== "string" || typeof header["operator"] !== "string")
    throw new AgentKeysError("invalid_input", { message: "The first line of a batch is no header" });
  return { header: header as unknown as BatchHeader, rows: lines.map(readRow) };
}

/** Reads a manifest; throws `invalid_input`. */
export function parseManifest(text: string): Manifest {
  const manifest = asObject(text);
  const isManifest = manifest["version"] === 1 && Array.isArray(manifest["ranges"]) && Array.isArray(manifest["rows"]);
  if (!isManifest || typeof manifest["root"] !== "string")
    throw new AgentKeysError("invalid_input", { message: "This is no manifest of an audit tree" });
  return manifest as unknown as Manifest;
}

/** A JSON object, or `invalid_input`. */
export function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new AgentKeysError("invalid_input", { message: "A line is no JSON object" });
}
