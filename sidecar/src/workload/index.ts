/**
 * Callers on other machines, or in a trusted execution environment: mutual TLS with X.509-SVIDs of the SPIFFE Workload API, pins by
 * key or by measurement. Loaded only when the listener is configured, as it brings gRPC. Must not know services, credentials or HTTP
 * beyond the server it makes.
 */
import type { Clock } from "@agentkeys/common/clock";
import { toAgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { PolicySource } from "../proxy/index.ts";
import { createFailureLimit } from "../quota/index.ts";
import { createWorkloadEntrance, type WorkloadEntrance } from "./entrance.ts";
import { createWorkloadGuard } from "./guard.ts";
import { OwnIdentity, type SvidMessage } from "./own-identity.ts";
import { followWorkloadApi } from "./workload-api.ts";

/**
 * An agent that renews every SVID at once, as after its authority was tainted, denies for a moment that there is one. A denial that
 * lasts is meant: the registration entry is gone.
 */
const DENIAL_MS = 5_000;

export interface WorkloadDeps {
  /** `unix:///path` of the Workload API. */
  workloadApi: string;
  host: string;
  port: number;
  names: readonly string[];
  clock: Clock;
  random: () => number;
  log: Log;
  metrics: Metrics;
  policy: PolicySource;
}

export interface Workloads {
  readonly entrance: WorkloadEntrance;
  /** What keeps the listener from being ready. */
  missing: () => string[];
  /** Follows the Workload API until the signal. */
  run: (signal: AbortSignal) => Promise<void>;
}

/** Builds the listener for workloads; nothing is called before `run`. */
export function createWorkloads(deps: WorkloadDeps): Workloads {
  const { clock, log, metrics } = deps;
  const own = new OwnIdentity(clock);
  const connections = metrics.counter("mtls_connections_total", "Connections of workloads, by what their certificate was found to be", [
    "outcome",
  ]);
  const updates = metrics.counter("svid_updates_total", "Answers and ends of the Workload API's stream", ["outcome"]);
  metrics.reading("svid_expiry_seconds", "Time until the proxy's own X.509-SVID expires; 0 when there is none", () => {
    return Math.max(0, (own.current()?.notAfterMs ?? 0) - clock.nowMs()) / 1000;
  });
  const callerGuard = createWorkloadGuard({
    clock,
    own,
    policy: deps.policy,
    refusals: createFailureLimit(clock),
    onConnection: (outcome) => connections.inc({ outcome }),
  });
  let deniedAtMs: number | null = null;
  const onMessage = (message: SvidMessage): void => {
    deniedAtMs = null;
    try {
      own.take(message);
      updates.inc({ outcome: "taken" });
      log.info("X.509-SVID taken", { spiffeId: own.current()?.spiffeId });
    } catch (cause) {
      updates.inc({ outcome: "refused" });
      log.error("an answer of the Workload API was refused, the old SVID stays in force", {
        cause: toAgentKeysError(cause, "svid_malformed"),
      });
    }
  };
  const onEnd = ({ isDenied, detail }: { isDenied: boolean; detail: string }): void => {
    updates.inc({ outcome: isDenied ? "denied" : "disconnected" });
    log.warn(
      isDenied
        ? "the Workload API has no identity for this process"
        : "the Workload API is not reached, what it said holds until it expires",
      {
        detail,
      },
    );
    if (!isDenied) return;
    deniedAtMs ??= clock.nowMs();
    if (clock.nowMs() - deniedAtMs >= DENIAL_MS) own.drop();
  };
  return {
    entrance: createWorkloadEntrance({ host: deps.host, port: deps.port, names: deps.names, own, callerGuard }),
    missing: () => (own.current() === null ? ["X.509-SVID"] : []),
    run: (signal) => followWorkloadApi({ address: deps.workloadApi, clock, random: deps.random, onMessage, onEnd }, signal),
  };
}
