import type { Metrics } from "@agentkeys/common/metrics";

/** What the worker counts besides its requests. */
export interface WorkerMeasures {
  calls: ReturnType<Metrics["counter"]>;
  fallbackReads: ReturnType<Metrics["counter"]>;
  lazyCopies: ReturnType<Metrics["counter"]>;
  reencrypted: ReturnType<Metrics["counter"]>;
}

/** Declares them. */
export function createMeasures(metrics: Metrics): WorkerMeasures {
  return {
    calls: metrics.counter("credential_calls_total", "Credential calls whose cap chain held: served (ok), and failed by reason", [
      "op",
      "code",
    ]),
    fallbackReads: metrics.counter("fallback_reads_total", "Fetches served from wallet-keyed storage: 0 before the window is closed"),
    lazyCopies: metrics.counter("lazy_copies_total", "Wallet-keyed credentials copied as they were read", ["outcome"]),
    reencrypted: metrics.counter("reencrypted_total", "Credentials looked at for re-encryption, by whether one was written", ["outcome"]),
  };
}
