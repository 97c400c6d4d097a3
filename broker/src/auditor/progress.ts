/**
 * How far an operator's trees go. Kept in memory and found again from the bucket: every so many trees a manifest says where all
 * streams had got to that may still grow, so that neither what is read at the start nor what is remembered grows with the years.
 */
import { dayOf, manifestKey, parseManifest, STREAM_LIFE_DAYS, streamDay, type Checkpoint, type Range } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Cursors } from "./gather.ts";

export interface Progress {
  /** Number of the next tree. */
  next: number;
  cursors: Cursors;
  /** When all days that can matter were last looked at. */
  sweptMs: number;
  /** All that was stored until then is in a tree; 0 when nobody knows. */
  coveredMs: number;
}

const CHECKPOINT_EVERY = 64;
/** Two days more than the broker lets a stream grow, for clocks and batches under way. */
const LATE_MS = (STREAM_LIFE_DAYS + 2) * 86_400_000;

/** What the manifests say, read back from the last one to a checkpoint. `appended` is the number of roots on chain. */
export async function loadProgress(store: AuditStore, operator: string, appended: number): Promise<Progress> {
  const progress: Progress = { next: appended, cursors: new Map(), sweptMs: 0, coveredMs: 0 };
  const read = (index: number): Promise<string | null> => store.get(manifestKey(operator, index));
  while ((await read(progress.next)) !== null) progress.next += 1;
  const keep = ({ stream, last, hash }: Checkpoint["ends"][number]): void => {
    if (!progress.cursors.has(stream)) progress.cursors.set(stream, { sequence: last, hash });
  };
  for (let index = progress.next - 1; index >= 0; index -= 1) {
    const text = await read(index);
    if (text === null) throw new AgentKeysError("audit_conflict", { detail: `the manifest of tree ${index} is missing` });
    const { ranges, checkpoint } = parseManifest(text);
    ranges.toReversed().forEach(keep);
    if (checkpoint === undefined) continue;
    checkpoint.ends.forEach(keep);
    progress.coveredMs = Date.parse(checkpoint.coveredUntil);
    break;
  }
  return progress;
}

/** First day whose streams may hold rows that are in no tree; empty for all of them. */
export function firstOpenDay({ coveredMs }: Progress): string {
  return coveredMs <= LATE_MS ? "" : dayOf(coveredMs - LATE_MS);
}

/** Takes in what the next tree holds; answers what its manifest says of it besides. */
export function advance(progress: Progress, ranges: readonly Range[]): { checkpoint?: Checkpoint } {
  const { cursors, coveredMs } = progress;
  for (const { stream, last, hash } of ranges) cursors.set(stream, { sequence: last, hash });
  progress.next += 1;
  if (progress.next % CHECKPOINT_EVERY !== 0) return {};
  const ends = [...cursors].map(([stream, { sequence, hash }]) => ({ stream, last: sequence, hash }));
  return { checkpoint: { coveredUntil: new Date(coveredMs).toISOString(), ends } };
}

/** Everything stored until `ms` is in a tree: streams that can grow no more are forgotten. */
export function cover(progress: Progress, ms: number): void {
  progress.coveredMs = Math.max(progress.coveredMs, ms);
  const first = firstOpenDay(progress);
  for (const stream of progress.cursors.keys()) if (streamDay(stream) < first) progress.cursors.delete(stream);
}
