import type { Metrics } from "@agentkeys/common/metrics";

export type AuditorMetrics = ReturnType<typeof createAuditorMetrics>;

/**
 * agentkeys_auditor_roots_total                 roots appended
 * agentkeys_auditor_rows_total                  rows in their trees
 * agentkeys_auditor_turns_total{outcome}        looks at the bucket (`ok`) and what kept an operator's rows off the chain
 * agentkeys_auditor_turn_timestamp_seconds      last look that had all rows of every operator on chain
 * agentkeys_auditor_broken_streams              streams in the bucket that do not continue what is in a tree
 */
export function createAuditorMetrics(metrics: Metrics): {
  roots: ReturnType<typeof metrics.counter<never>>;
  rows: ReturnType<typeof metrics.counter<never>>;
  turns: ReturnType<typeof metrics.counter<"outcome">>;
  turned: ReturnType<typeof metrics.gauge<never>>;
  broken: ReturnType<typeof metrics.gauge<never>>;
} {
  return {
    roots: metrics.counter("roots_total", "Roots of audit trees appended"),
    rows: metrics.counter("rows_total", "Rows in the trees whose roots were appended"),
    turns: metrics.counter("turns_total", "Looks at the bucket (ok), and what kept rows off the chain", ["outcome"]),
    turned: metrics.gauge("turn_timestamp_seconds", "Last look that had all rows of every operator on chain"),
    broken: metrics.gauge("broken_streams", "Streams in the bucket that do not continue what is in a tree"),
  };
}
