/** What was stored since the last tree: objects in the order of their keys, checked against the end of their stream. */
import { batchKey, dayOf, GENESIS, parseBatch, problemOfLink, type ChainHead, type Range } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { AgentKeysError } from "@agentkeys/common/errors";

/** Where each stream has got to in the trees so far. */
export type Cursors = Map<string, ChainHead>;

export interface Gathered {
  ranges: Range[];
  rows: string[];
  /** Streams whose rows do not continue what is in a tree: somebody changed the bucket. */
  broken: string[];
}

const DAY_MS = 86_400_000;
const OBJECT = /^audit\/[0-9a-f]{64}\/\d{4}-\d\d-\d\d\/([0-9]{8}-[0-9a-f]{32})\/(\d{12})\.ndjson$/;

/** Days whose streams may still grow; a backlog of older days is found by the sweep of all of them. */
export function recentDays(nowMs: number): string[] {
  return [nowMs - 2 * DAY_MS, nowMs - DAY_MS, nowMs, nowMs + DAY_MS].map(dayOf);
}

/** Rows after `cursors` in these days; stops when there are enough for one tree. `cursors` is not changed. */
export async function gather(
  store: AuditStore,
  operator: string,
  of: { cursors: Cursors; days: readonly string[]; mostRows: number },
): Promise<Gathered> {
  const gathered: Gathered = { ranges: [], rows: [], broken: [] };
  const heads: Cursors = new Map();
  for (const day of of.days)
    for await (const key of store.list(`audit/${operator}/${day}/`)) {
      const [, stream = "", first = ""] = OBJECT.exec(key) ?? [];
      const head = heads.get(stream) ?? of.cursors.get(stream) ?? { sequence: 0, hash: GENESIS };
      if (stream === "" || Number(first) <= head.sequence || gathered.broken.includes(stream)) continue;
      const found = await readBatch(store, key, stream, head);
      if (found === null) {
        gathered.broken.push(stream);
        continue;
      }
      heads.set(stream, { sequence: found.range.last, hash: found.range.hash });
      gathered.ranges.push(found.range);
      gathered.rows.push(...found.rows);
      if (gathered.rows.length >= of.mostRows) return gathered;
    }
  return gathered;
}

async function readBatch(
  store: AuditStore,
  key: string,
  stream: string,
  before: ChainHead,
): Promise<{ range: Range; rows: string[] } | null> {
  try {
    const { header, rows } = parseBatch((await store.get(key)) ?? "");
    const operator = key.split("/")[1] ?? "";
    let head = before;
    for (const row of rows) {
      if (problemOfLink(row, stream, head) !== null) return null;
      head = { sequence: row.sequence, hash: row.hash };
    }
    const first = rows[0]?.sequence;
    if (first === undefined || batchKey(operator, stream, first) !== key || header.operator !== operator) return null;
    return { range: { key, stream, first, last: head.sequence, hash: head.hash }, rows: rows.map(({ hash }) => hash) };
  } catch (fault) {
    if (fault instanceof AgentKeysError && fault.code === "invalid_input") return null;
    throw fault;
  }
}
