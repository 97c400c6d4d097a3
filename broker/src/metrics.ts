import type { Metrics } from "@agentkeys/common/metrics";

export type BrokerMetrics = ReturnType<typeof createBrokerMetrics>;

/**
 * agentkeys_broker_caps_total{op,code}          caps minted (`ok`) and refused by reason
 * agentkeys_broker_sessions                     open event streams
 * agentkeys_broker_events_total{type}           signed events sent
 * agentkeys_broker_chain_read_timestamp_seconds last successful read of chain events
 */
export function createBrokerMetrics(metrics: Metrics): {
  caps: ReturnType<typeof metrics.counter<"op" | "code">>;
  sessions: ReturnType<typeof metrics.gauge<never>>;
  events: ReturnType<typeof metrics.counter<"type">>;
  chainRead: ReturnType<typeof metrics.gauge<never>>;
} {
  return {
    caps: metrics.counter("caps_total", "Caps minted (ok) and refused by reason", ["op", "code"]),
    sessions: metrics.gauge("sessions", "Open event streams"),
    events: metrics.counter("events_total", "Signed events sent", ["type"]),
    chainRead: metrics.gauge("chain_read_timestamp_seconds", "Last successful read of chain events"),
  };
}
