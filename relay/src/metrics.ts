import type { Metrics } from "@agentkeys/common/metrics";

export type RelayMetrics = ReturnType<typeof createRelayMetrics>;

/**
 * agentkeys_relay_requests_total{code}     requests taken (`ok`) and refused by reason
 * agentkeys_relay_outcomes_total{outcome}  what became of those that were taken
 * agentkeys_relay_waiting                  taken and not yet on chain
 * agentkeys_relay_oldest_waiting_seconds   age of the oldest of them
 * agentkeys_relay_transactions_total       transactions mined
 * agentkeys_relay_replaced_total           transactions replaced by a dearer one
 * agentkeys_relay_send_faults_total        rounds that failed and are tried again
 * agentkeys_relay_balance_gwei             balance of the wallet that pays
 * agentkeys_relay_least_balance_gwei       below this nothing is taken
 */
export function createRelayMetrics(metrics: Metrics): {
  requests: ReturnType<typeof metrics.counter<"code">>;
  outcomes: ReturnType<typeof metrics.counter<"outcome">>;
  transactions: ReturnType<typeof metrics.counter<never>>;
  replaced: ReturnType<typeof metrics.counter<never>>;
  sendFaults: ReturnType<typeof metrics.counter<never>>;
  balance: ReturnType<typeof metrics.gauge<never>>;
} {
  return {
    requests: metrics.counter("requests_total", "Requests taken (ok) and refused by reason", ["code"]),
    outcomes: metrics.counter("outcomes_total", "What became of requests that were taken", ["outcome"]),
    transactions: metrics.counter("transactions_total", "Transactions mined"),
    replaced: metrics.counter("replaced_total", "Transactions replaced by a dearer one"),
    sendFaults: metrics.counter("send_faults_total", "Rounds of sending that failed and are tried again"),
    balance: metrics.gauge("balance_gwei", "Balance of the wallet that pays"),
  };
}
