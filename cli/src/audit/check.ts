/**
 * Whether what is stored is what was recorded: hash chains of every stream, and every tree against the chain. Knows neither where
 * objects lie nor who asks.
 */
import type { AuditChain } from "@agentkeys/common/audit-chain";
import {
  batchKey,
  GENESIS,
  manifestKey,
  parseBatch,
  parseManifest,
  problemOfLink,
  treeRoot,
  type Batch,
  type ChainHead,
  type Manifest,
  type Row,
} from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { AgentKeysError } from "@agentkeys/common/errors";

export interface AuditReport {
  operator: string;
  streams: number;
  rows: number;
  /** Trees whose root is on chain, finally. */
  trees: number;
  /** Rows that are in no such tree yet. */
  pending: number;
  /** Rows that their writer counted because it had no room for them. */
  lost: number;
  /** Each names the object or the row. None when everything is as it was recorded. */
  problems: string[];
}

/** A row where it lies. */
export interface StoredRow {
  key: string;
  source: string;
  /** Its device was revoked when the row was stored. */
  isRevoked: boolean;
  row: Row;
}

/** Rows of an operator in the order of their objects; what cannot be read is told to `onProblem`. */
export async function* readRows(
  store: AuditStore,
  operator: string,
  onProblem: (problem: string) => void,
  fromDay = "",
): AsyncGenerator<StoredRow> {
  for (const day of await store.folders(`audit/${operator}/`)) {
    if (day < fromDay) continue;
    for await (const key of store.list(`audit/${operator}/${day}/`)) {
      const batch = await readBatch(store, key, onProblem);
      const { source = "", isRevoked = false } = batch?.header ?? {};
      for (const row of batch?.rows ?? []) yield { key, source, isRevoked, row };
    }
  }
}

async function readBatch(store: AuditStore, key: string, onProblem: (problem: string) => void): Promise<Batch | null> {
  try {
    const batch = parseBatch((await store.get(key)) ?? "");
    const { stream, operator, first } = batch.header;
    if (batchKey(operator, stream, first) === key && batch.rows[0]?.sequence === first) return batch;
    onProblem(`${key}: it holds what belongs elsewhere (stream ${stream}, from row ${batch.rows[0]?.sequence ?? first})`);
    return batch;
  } catch (fault) {
    if (!(fault instanceof AgentKeysError) || fault.code === "audit_unavailable") throw fault;
    onProblem(`${key}: it is no batch of audit rows (${fault.message})`);
    return null;
  }
}

const nameOf = (stream: string, sequence: number): string => `row ${sequence} of stream ${stream}`;

/** Checks everything of an operator. Throws only when bucket or chain cannot be read. */
export async function checkOperator(store: AuditStore, chain: AuditChain, operator: string): Promise<AuditReport> {
  const report: AuditReport = { operator, streams: 0, rows: 0, trees: 0, pending: 0, lost: 0, problems: [] };
  const onProblem = (problem: string): void => void report.problems.push(problem);
  const heads = new Map<string, ChainHead>();
  const found = new Map<string, string>();
  for await (const { key, row } of readRows(store, operator, onProblem)) {
    const stream = key.split("/").at(-2) ?? "";
    const problem = problemOfLink(row, stream, heads.get(stream) ?? { sequence: 0, hash: GENESIS });
    if (problem !== null) onProblem(`${nameOf(stream, row.sequence)} in ${key}: ${problem}`);
    heads.set(stream, { sequence: row.sequence, hash: row.hash });
    found.set(nameOf(stream, row.sequence), row.hash);
    report.rows += 1;
    if (row.fields["kind"] === "gap") report.lost += Number(row.fields["lost"]);
  }
  report.streams = heads.size;
  await checkTrees(store, chain, { report, found, onProblem });
  return report;
}

interface Checking {
  report: AuditReport;
  found: ReadonlyMap<string, string>;
  onProblem: (problem: string) => void;
}

async function checkTrees(store: AuditStore, chain: AuditChain, { report, found, onProblem }: Checking): Promise<void> {
  const { operator } = report;
  report.trees = await chain.rootCount(operator);
  const covered = new Set<string>();
  for (let index = 0; index < report.trees; index += 1) {
    const onChain = await chain.rootAt(operator, index);
    const manifest = await readManifest(store, operator, index);
    if (manifest === null)
      onProblem(`tree ${index}: it is on chain with ${onChain.count} rows, and its manifest is missing or no manifest`);
    else if (treeRoot(manifest.rows) !== onChain.root || manifest.rows.length !== onChain.count)
      onProblem(`tree ${index}: its manifest is not the one whose root ${onChain.root} is on chain`);
    else checkRows(manifest, { found, covered, onProblem });
  }
  report.pending = [...found.keys()].filter((name) => !covered.has(name)).length;
}

/** The manifest's hashes are proven by the chain: whatever differs from them was changed after it. */
function checkRows(
  { index, ranges, rows }: Manifest,
  { found, covered, onProblem }: { found: ReadonlyMap<string, string>; covered: Set<string>; onProblem: (problem: string) => void },
): void {
  let position = 0;
  for (const { stream, first, last } of ranges)
    for (let sequence = first; sequence <= last; sequence += 1, position += 1) {
      const name = nameOf(stream, sequence);
      const stored = found.get(name);
      if (covered.has(name)) onProblem(`${name}: it is in two trees`);
      covered.add(name);
      if (stored === undefined) onProblem(`${name}: tree ${index} has it, and it is missing: it was dropped`);
      else if (stored !== rows[position]) onProblem(`${name}: it is not the row of tree ${index}: it was changed or moved`);
    }
  if (position !== rows.length) onProblem(`tree ${index}: its manifest names ${position} rows and has ${rows.length}`);
}

/** Null when there is none, or something else in its place. */
export async function readManifest(store: AuditStore, operator: string, index: number): Promise<Manifest | null> {
  const text = await store.get(manifestKey(operator, index));
  try {
    return text === null ? null : parseManifest(text);
  } catch {
    return null;
  }
}
