/**
 * Rows of the worker's own: what was done with a credential, by whose cap. One stream for each operator, spooled and sent like a
 * sidecar's. A call is answered whether the broker takes rows or not: what finds no room is counted and shows as a gap.
 */
import type { CapOp } from "@agentkeys/common/cap";
import { createAuditMetrics, openTrail, type BatchAck, type OutgoingBatch, type RunningTrail } from "@agentkeys/common/audit-trail";
import type { CheckedCap } from "@agentkeys/common/cap-chain";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http";
import { bareHex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface WorkerAudit {
  /** Must not throw: a row about an answer that is given already. */
  record(op: CapOp, checked: Pick<CheckedCap, "cap">, reason: string): void;
}

export interface WorkerAuditDeps {
  stateDir: string;
  batchMs: number;
  brokerUrl: string;
  pod: string;
  namespace: string;
  client: HttpClient;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  random: () => number;
}

type Trail = ReturnType<typeof openTrail>;
const OPERATOR = /^[0-9a-f]{64}$/;

/** Opens the streams that the state folder holds; others begin with an operator's first call. */
export function openWorkerAudit(deps: WorkerAuditDeps): WorkerAudit & Pick<RunningTrail, "stop"> {
  const metrics = createAuditMetrics(deps.metrics);
  const background = new AbortController();
  const trails = new Map<string, Trail>();
  metrics.watch({ spool: () => [...trails.values()].map(({ spool }) => spool), clock: deps.clock });
  const trailOf = (operator: string): Trail => {
    const known = trails.get(operator);
    if (known !== undefined) return known;
    const opened = openTrail({
      ...{ clock: deps.clock, log: deps.log, random: deps.random, batchMs: deps.batchMs, metrics },
      stateDir: deps.stateDir === "" ? "" : join(deps.stateDir, operator),
      of: { operator, namespace: deps.namespace, pod: deps.pod },
      send: (batch, signal) => send(deps, operator, batch, signal),
    });
    trails.set(operator, opened);
    void opened.run(background.signal);
    return opened;
  };
  for (const operator of operatorsIn(deps)) trailOf(operator);
  return {
    record: (op, { cap }, reason) => {
      try {
        trailOf(bareHex(cap.operator_omni)).trail.record("credential", {
          op,
          actor: bareHex(cap.actor_omni),
          service: cap.service,
          device: bareHex(cap.device_key_hash),
          capId: cap.jti,
          decision: reason === "ok" ? "allow" : "deny",
          reason,
        });
      } catch (cause) {
        deps.log.error("an audit row was lost", { op, cause });
      }
    },
    stop: async (limitMs) => {
      background.abort();
      await Promise.all([...trails.values()].map((trail) => trail.stop(limitMs)));
    },
  };
}

function operatorsIn({ stateDir, log }: WorkerAuditDeps): string[] {
  if (stateDir === "") return [];
  try {
    mkdirSync(stateDir, { recursive: true });
    return readdirSync(stateDir).filter((name) => OPERATOR.test(name));
  } catch (cause) {
    log.error("the state folder cannot be read: its audit rows are not sent", { cause });
    return [];
  }
}

async function send(
  { client, brokerUrl }: WorkerAuditDeps,
  operator: string,
  batch: OutgoingBatch,
  signal: AbortSignal,
): Promise<BatchAck> {
  const { rows, ...head } = batch;
  const lines = [JSON.stringify({ ...head, operator }), ...rows].join("\n");
  const { status, body } = await client.json("POST", `${brokerUrl}/v1/audit/append-worker`, { lines, signal });
  const { reason, stream, last, hash } = (body ?? {}) as Partial<Record<string, unknown>>;
  if (status !== 200)
    throw new AgentKeysError(typeof reason === "string" && Object.hasOwn(CODES, reason) ? (reason as ErrorCode) : "upstream_unreachable");
  if (typeof stream !== "string" || typeof last !== "number" || typeof hash !== "string")
    throw new AgentKeysError("upstream_unreachable", { detail: "the broker acknowledged nothing" });
  return { stream, last, hash };
}
