import type { Metrics } from "@agentkeys/common/metrics";

export type BrokerMetrics = ReturnType<typeof createBrokerMetrics>;

/**
 * agentkeys_broker_caps_total{op,code}          caps minted (`ok`) and refused by reason
 * agentkeys_broker_sessions                     open event streams
 * agentkeys_broker_events_total{type}           signed events sent
 * agentkeys_broker_chain_read_timestamp_seconds last successful read of chain events
 * agentkeys_broker_ledger_requests_total{route,code} leases and looks at spend, by outcome
 * agentkeys_broker_ledger_seconds{route}        time in the ledger's store
 * agentkeys_broker_ledger_spent_dollars_total   charged, over every binding
 * agentkeys_broker_audit_batches_total{code}    batches of audit rows stored (`ok`) and refused by reason
 * agentkeys_broker_audit_rows_total             audit rows stored
 */
export function createBrokerMetrics(metrics: Metrics): {
  caps: ReturnType<typeof metrics.counter<"op" | "code">>;
  sessions: ReturnType<typeof metrics.gauge<never>>;
  events: ReturnType<typeof metrics.counter<"type">>;
  chainRead: ReturnType<typeof metrics.gauge<never>>;
  ledgerRequests: ReturnType<typeof metrics.counter<"route" | "code">>;
  ledgerSeconds: ReturnType<typeof metrics.histogram<"route">>;
  spent: ReturnType<typeof metrics.counter<never>>;
  auditBatches: ReturnType<typeof metrics.counter<"code">>;
  auditRows: ReturnType<typeof metrics.counter<never>>;
} {
  return {
    caps: metrics.counter("caps_total", "Caps minted (ok) and refused by reason", ["op", "code"]),
    sessions: metrics.gauge("sessions", "Open event streams"),
    events: metrics.counter("events_total", "Signed events sent", ["type"]),
    auditBatches: metrics.counter("audit_batches_total", "Batches of audit rows stored (ok) and refused by reason", ["code"]),
    auditRows: metrics.counter("audit_rows_total", "Audit rows stored"),
    chainRead: metrics.gauge("chain_read_timestamp_seconds", "Last successful read of chain events"),
    ledgerRequests: metrics.counter("ledger_requests_total", "Leases and looks at spend, by outcome", ["route", "code"]),
    ledgerSeconds: metrics.histogram("ledger_seconds", "Time in the ledger's store", ["route"]),
    spent: metrics.counter("ledger_spent_dollars_total", "Dollars charged, over every binding"),
  };
}
