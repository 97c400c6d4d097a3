/**
 * Whether a batch of audit rows is what it claims to be: of its sender, and a continuation of what is stored. Pure.
 */
import {
  asObject,
  GENESIS,
  problemOfLink,
  readRow,
  STREAM,
  STREAM_LIFE_DAYS,
  streamAgeDays,
  type BatchHeader,
  type ChainHead,
  type Row,
} from "@agentkeys/common/audit-rows";
import { AgentKeysError } from "@agentkeys/common/errors";

/** Who sends: proven by the delegation, or by the worker's certificate. */
export type BatchSource = Pick<BatchHeader, "operator" | "actor" | "device" | "source" | "namespace" | "pod" | "podUid" | "isRevoked">;

export interface SentBatch {
  stream: string;
  /** First sequence of the batch before; null for the first of its stream. */
  previousFirst: number | null;
  /** The operator a worker's rows are about; a sidecar's follows from its delegation. */
  operator: string | null;
  rows: Row[];
}

const MAX_ROWS = 5000;
/** A revoked device finishes a stream of today or yesterday. */
const REVOKED_LIFE_DAYS = 1;
const OMNI = /^[0-9a-f]{64}$/;

const refuse = (message: string): AgentKeysError => new AgentKeysError("invalid_input", { message });

/** Reads a body of lines: a head, then rows. Throws `invalid_input`. */
export function readSentBatch(text: string): SentBatch {
  const [head = "", ...lines] = text.replace(/\n$/, "").split("\n");
  const { stream, previousFirst, operator = null } = asObject(head);
  if (typeof stream !== "string" || !STREAM.test(stream)) throw refuse("The first line names no stream");
  if (previousFirst !== null && !(typeof previousFirst === "number" && Number.isSafeInteger(previousFirst) && previousFirst > 0))
    throw refuse("The first line names no batch before");
  if (operator !== null && !(typeof operator === "string" && OMNI.test(operator))) throw refuse("The first line names no operator");
  if (lines.length === 0 || lines.length > MAX_ROWS) throw refuse(`A batch has 1 to ${MAX_ROWS} rows`);
  return { stream, previousFirst, operator, rows: lines.map(readRow) };
}

/** Throws `invalid_input` unless every row names the pod that sends it. */
export function assertOwnRows({ rows }: SentBatch, source: BatchSource): void {
  const isOwn = ({ fields }: Row): boolean => fields["namespace"] === source.namespace && fields["pod"] === source.pod;
  if (!rows.every(isOwn)) throw refuse("A row names another pod than the one that sends it");
}

/** Throws `audit_conflict` unless the rows follow `before`, and each other. Answers where the stream has got to. */
export function assertContinues({ stream, rows }: SentBatch, before: ChainHead | null): ChainHead {
  let head = before ?? { sequence: 0, hash: GENESIS };
  for (const row of rows) {
    const problem = problemOfLink(row, stream, head);
    if (problem !== null) throw new AgentKeysError("audit_conflict", { detail: `row ${row.sequence} of ${stream}: ${problem}` });
    head = { sequence: row.sequence, hash: row.hash };
  }
  return head;
}

/**
 * Why nothing more is stored of a stream; null when it may grow. `lastDevice` is the one its batch before came from, null for the
 * first batch. A revoked device may finish what it began and begin nothing.
 */
export function refusalOfGrowth(
  { stream }: SentBatch,
  source: BatchSource,
  lastDevice: string | null,
  nowMs: number,
): AgentKeysError | null {
  const ageDays = streamAgeDays(stream, nowMs);
  if (ageDays > STREAM_LIFE_DAYS) return new AgentKeysError("audit_conflict", { detail: `${stream} was opened too long ago` });
  const isFinishing = lastDevice === source.device && ageDays <= REVOKED_LIFE_DAYS;
  return source.isRevoked === true && !isFinishing ? new AgentKeysError("device_revoked") : null;
}
