import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../clock/index.ts";
import type { Log } from "../log/index.ts";
import type { Metrics } from "../metrics/index.ts";
import { folderFiles, memoryFiles } from "./files.ts";
import { Sender, type SenderDeps } from "./sender.ts";
import { Spool } from "./spool.ts";
import { AuditTrail, type AuditFields, type Recorded } from "./trail.ts";

/** A process that is killed loses no more than what it recorded in this time. */
const HOLD_MS = 10;
/** Well below the size limit of a pod's state volume, past which the kubelet evicts the pod. */
const FOLDER_LIMIT_BYTES = 40 * 1024 * 1024;
const MEMORY_LIMIT_BYTES = 4 * 1024 * 1024;
const SEGMENT_BYTES = 128 * 1024;

export interface OpenTrailDeps {
  /** Folder that outlives a restart; empty keeps rows in memory only. */
  stateDir: string;
  clock: Clock;
  log: Log;
  random: () => number;
  batchMs: number;
  of: AuditFields;
  metrics: AuditMetrics;
  send: SenderDeps["send"];
  onRows?: (rows: readonly Recorded[]) => void;
}

export interface RunningTrail {
  trail: Pick<AuditTrail, "record">;
  /** Sends until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** The last row, and one last try to have everything taken. */
  stop(limitMs: number): Promise<void>;
}

export type AuditMetrics = ReturnType<typeof createAuditMetrics>;

/**
 * agentkeys_<process>_audit_backlog_rows        rows that the broker has not acknowledged
 * agentkeys_<process>_audit_backlog_age_seconds how long the oldest of them has waited
 * agentkeys_<process>_audit_rows_total{outcome} rows acknowledged, and rows lost because there was no room
 * agentkeys_<process>_audit_batches_total{code} batches taken (`ok`) and refused by reason
 */
export function createAuditMetrics(metrics: Metrics): {
  rows: ReturnType<typeof metrics.counter<"outcome">>;
  batches: ReturnType<typeof metrics.counter<"code">>;
  watch: (of: { spool: () => Spool[]; clock: Clock }) => void;
} {
  return {
    rows: metrics.counter("audit_rows_total", "Audit rows acknowledged, and rows lost because there was no room", ["outcome"]),
    batches: metrics.counter("audit_batches_total", "Batches of audit rows taken (ok) and refused by reason", ["code"]),
    watch: ({ spool, clock }) => {
      metrics.reading("audit_backlog_rows", "Audit rows not acknowledged yet", () => spool().reduce((sum, { rows }) => sum + rows, 0));
      metrics.reading("audit_backlog_age_seconds", "How long the oldest row not acknowledged has waited", () => {
        const oldest = spool().flatMap(({ oldestMs }) => (oldestMs === null ? [] : [oldestMs]));
        return oldest.length === 0 ? 0 : (clock.nowMs() - Math.min(...oldest)) / 1000;
      });
    },
  };
}

/** Opens or resumes the stream of a state folder; a folder that cannot be used is told and memory is used instead. */
export function openTrail(deps: OpenTrailDeps): RunningTrail & { spool: Spool } {
  const { clock, log, metrics } = deps;
  const files = filesOf(deps);
  const spool = new Spool({
    files: files ?? memoryFiles(),
    nowMs: () => clock.nowMs(),
    limitBytes: files === null ? MEMORY_LIMIT_BYTES : FOLDER_LIMIT_BYTES,
    segmentBytes: SEGMENT_BYTES,
    onFault: (cause) => log.error("the state folder cannot be used for audit rows", { cause }),
  });
  let counted = 0;
  metrics.rows.inc({ outcome: "lost" }, 0);
  const onRows = (rows: readonly Recorded[]): void => {
    deps.onRows?.(rows);
    if (trail === undefined || trail.lostRows === counted) return;
    metrics.rows.inc({ outcome: "lost" }, trail.lostRows - counted);
    counted = trail.lostRows;
  };
  let trail: AuditTrail | undefined = undefined;
  let sender: Sender | undefined = undefined;
  const opened = new AuditTrail({
    spool,
    clock,
    of: deps.of,
    randomHex: () => randomBytes(16).toString("hex"),
    later: (make) => setTimeout(make, HOLD_MS),
    onRows,
    onFull: () => sender?.nudge(),
  });
  trail = opened;
  const onOutcome: SenderDeps["onOutcome"] = (code, rows) => {
    metrics.batches.inc({ code });
    if (code === "ok") metrics.rows.inc({ outcome: "acknowledged" }, rows);
  };
  const sending = new Sender({ ...deps, spool, trail: opened, onOutcome });
  sender = sending;
  return {
    spool,
    trail: opened,
    run: (signal) => sending.run(signal),
    stop: async (limitMs) => {
      opened.close("stopped");
      await sending.drain(limitMs);
    },
  };
}

function filesOf({ stateDir, log }: OpenTrailDeps): ReturnType<typeof folderFiles> | null {
  if (stateDir === "") return null;
  try {
    return folderFiles(join(stateDir, "audit"));
  } catch (cause) {
    log.error("the state folder cannot be used: audit rows are kept in memory only", { cause });
    return null;
  }
}
