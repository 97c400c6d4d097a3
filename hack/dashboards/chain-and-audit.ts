import type { Dashboard } from "./dashboard.ts";

const READERS = "broker|creds_worker|signer|operator|relay|auditor";
const ROWS = "sidecar|creds_worker";

/** Chain, keys, relay and the way of audit rows onto the chain. */
export const chainAndAudit: Dashboard = {
  uid: "agentkeys-chain-audit",
  title: "AgentKeys / Chain and audit",
  description:
    "Whether the chain is read, which keys are held, what a relay carries, and the way of audit rows from a call to their root on chain.",
  variables: [],
  rows: [
    {
      title: "Chain and keys",
      panels: [
        {
          title: "Since the chain was last read",
          description: "A broker reads it twice a second. Alert AgentKeysChainUnreachable above 60 s, when no broker does.",
          unit: "s",
          limit: 60,
          queries: [{ expr: "time() - (agentkeys_broker_chain_read_timestamp_seconds > 0)", legend: "{{pod}}" }],
        },
        {
          title: "Faults of RPC URLs, a minute",
          description: "By place among chain.rpcUrls, from 0. Alert AgentKeysChainRpcFailing above 1 for 15 minutes in one process.",
          limit: 1,
          queries: [
            {
              expr: `60 * max by (rpc, reason) (rate({__name__=~"agentkeys_(${READERS})_chain_rpc_faults_total"}[5m]))`,
              legend: "{{rpc}} {{reason}}",
            },
          ],
        },
        {
          title: "Key epochs",
          description: "The chain's, and those whose K3 each signer holds: the chain's must be among them.",
          queries: [
            { expr: "max(agentkeys_signer_k3_epoch)", legend: "of the chain" },
            { expr: "sum by (pod, epoch) (agentkeys_signer_k3_held)", legend: "{{pod}} holds {{epoch}}" },
          ],
        },
        {
          title: "Re-encryption after a rotation",
          unit: "reqps",
          queries: [
            {
              expr: "sum by (outcome) (rate(agentkeys_creds_worker_reencrypted_total[$__rate_interval]))",
              legend: "{{outcome}}",
            },
            { expr: "sum by (op) (rate(agentkeys_signer_reseals_total[$__rate_interval]))", legend: "resealed for {{op}}" },
          ],
        },
        {
          title: "Wallet-keyed storage",
          description: "Reads of it must be 0 for some days before migration.window is closed.",
          unit: "reqps",
          queries: [
            { expr: "sum(rate(agentkeys_creds_worker_fallback_reads_total[$__rate_interval]))", legend: "read" },
            { expr: "sum by (outcome) (rate(agentkeys_creds_worker_lazy_copies_total[$__rate_interval]))", legend: "copy {{outcome}}" },
          ],
        },
        {
          title: "What is taken away",
          description: "Signed events to proxies; drop follows a revocation within 2 s.",
          unit: "reqps",
          queries: [
            {
              expr: 'sum by (type) (rate(agentkeys_broker_events_total{type!="heartbeat"}[$__rate_interval]))',
              legend: "{{type}}",
            },
          ],
        },
      ],
    },
    {
      title: "Audit",
      panels: [
        {
          title: "Rows",
          description: "Taken by the broker; lost are those that found no room. Alert AgentKeysAuditRowsLost above 0.",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (outcome) (rate({__name__=~"agentkeys_(${ROWS})_audit_rows_total"}[$__rate_interval]))`,
              legend: "{{outcome}}",
            },
            { expr: "sum(rate(agentkeys_broker_audit_rows_total[$__rate_interval]))", legend: "stored" },
            { expr: "sum(rate(agentkeys_auditor_rows_total[$__rate_interval]))", legend: "in a tree on chain" },
          ],
        },
        {
          title: "The oldest row that waits",
          description: "Alert AgentKeysAuditBacklog above 600 s.",
          unit: "s",
          limit: 600,
          queries: [{ expr: `max by (namespace) ({__name__=~"agentkeys_(${ROWS})_audit_backlog_age_seconds"})`, legend: "{{namespace}}" }],
        },
        {
          title: "Rows that wait",
          queries: [{ expr: `sum by (namespace) ({__name__=~"agentkeys_(${ROWS})_audit_backlog_rows"})`, legend: "{{namespace}}" }],
        },
        {
          title: "Batches, as their senders see it",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (code) (rate({__name__=~"agentkeys_(${ROWS})_audit_batches_total"}[$__rate_interval]))`,
              legend: "{{code}}",
            },
          ],
        },
        {
          title: "Batches, as the broker sees it",
          unit: "reqps",
          queries: [{ expr: "sum by (code) (rate(agentkeys_broker_audit_batches_total[$__rate_interval]))", legend: "{{code}}" }],
        },
        {
          title: "Roots appended, an hour",
          queries: [{ expr: "sum(increase(agentkeys_auditor_roots_total[1h]))", legend: "roots" }],
        },
        {
          title: "Since all rows were on chain",
          description: "Alert AgentKeysAuditRootsLate above half an hour, or three intervals when that is longer.",
          unit: "s",
          limit: 1800,
          queries: [{ expr: "time() - max(agentkeys_auditor_turn_timestamp_seconds > 0)", legend: "auditor" }],
        },
        {
          title: "Turns of the auditor",
          unit: "reqps",
          queries: [{ expr: "sum by (outcome) (rate(agentkeys_auditor_turns_total[$__rate_interval]))", legend: "{{outcome}}" }],
        },
        {
          title: "Broken streams",
          description: "Above 0 the bucket was changed: runbook audit-backlog, step 3.",
          limit: 1,
          queries: [{ expr: "max(agentkeys_auditor_broken_streams)", legend: "streams" }],
        },
      ],
    },
    {
      title: "Relay",
      panels: [
        {
          title: "Balance, in gwei",
          description: "Alert AgentKeysRelayBalanceLow below three times the least.",
          queries: [
            { expr: "min(agentkeys_relay_balance_gwei)", legend: "balance" },
            { expr: "max(agentkeys_relay_least_balance_gwei)", legend: "least" },
          ],
        },
        {
          title: "Requests",
          unit: "reqps",
          queries: [
            { expr: "sum by (code) (rate(agentkeys_relay_requests_total[$__rate_interval]))", legend: "{{code}}" },
            { expr: "sum by (outcome) (rate(agentkeys_relay_outcomes_total[$__rate_interval]))", legend: "became {{outcome}}" },
          ],
        },
        {
          title: "Waiting",
          queries: [{ expr: "sum(agentkeys_relay_waiting)", legend: "requests" }],
        },
        {
          title: "The oldest that waits",
          description: "Alert AgentKeysRelayStuck above 120 s.",
          unit: "s",
          limit: 120,
          queries: [{ expr: "max(agentkeys_relay_oldest_waiting_seconds)", legend: "oldest" }],
        },
        {
          title: "Transactions",
          unit: "reqps",
          queries: [
            { expr: "sum(rate(agentkeys_relay_transactions_total[$__rate_interval]))", legend: "mined" },
            { expr: "sum(rate(agentkeys_relay_replaced_total[$__rate_interval]))", legend: "replaced by a dearer one" },
            { expr: "sum(rate(agentkeys_relay_send_faults_total[$__rate_interval]))", legend: "rounds that failed" },
          ],
        },
      ],
    },
  ],
};
