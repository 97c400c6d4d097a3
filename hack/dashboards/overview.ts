import type { Dashboard } from "./dashboard.ts";
import { FAULTS_OF_OURS } from "./proxies.ts";

const OURS = "operator|webhook|broker|creds_worker|signer|auditor|relay";
const SERVERS = "operator|webhook|broker|creds_worker|signer|relay";
const IN = 'namespace="$namespace"';
const quantile = (of: number, process: string, route: string): string =>
  `histogram_quantile(${of}, sum by (le, route) (rate(agentkeys_${process}_http_request_duration_seconds_bucket{${IN}, route=~"${route}"}[$__rate_interval])))`;

/** The installation: is it there, does it serve, what does it cost. */
export const overview: Dashboard = {
  uid: "agentkeys-overview",
  title: "AgentKeys / Overview",
  description: "Our own processes: whether they are there, what they answer and what they use. Proxies have a dashboard of their own.",
  variables: [{ name: "namespace", query: "label_values(agentkeys_operator_ready, namespace)" }],
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Alerts",
          kind: "stat",
          width: 4,
          limit: 1,
          queries: [{ expr: 'count(ALERTS{alertname=~"AgentKeys.+", alertstate="firing"}) or vector(0)', legend: "firing" }],
        },
        {
          title: "Profile",
          kind: "stat",
          width: 4,
          limit: 1,
          words: { "0": "production", "1": "evaluation: no real keys" },
          queries: [{ expr: `max(agentkeys_operator_evaluation{${IN}})`, legend: " " }],
        },
        {
          title: "Ready processes",
          description: "Ready ones of each kind. The operator that does not lead is ready as well.",
          kind: "stat",
          width: 16,
          least: 1,
          queries: [{ expr: `sum by (container) ({__name__=~"agentkeys_(${OURS})_ready", ${IN}})`, legend: "{{container}}" }],
        },
        {
          title: "Injected proxies",
          kind: "stat",
          width: 6,
          queries: [
            { expr: "count(agentkeys_sidecar_ready)", legend: "there" },
            { expr: "sum(agentkeys_sidecar_ready)", legend: "ready" },
          ],
        },
        {
          title: "Calls that fail within AgentKeys",
          description: "Of all calls of agents. Alert AgentKeysCallsFailing above 5 %.",
          kind: "stat",
          width: 6,
          unit: "percentunit",
          limit: 0.05,
          queries: [
            {
              expr: `(sum(rate(agentkeys_sidecar_proxy_requests_total{outcome=~"${FAULTS_OF_OURS}"}[10m])) or vector(0)) / sum(rate(agentkeys_sidecar_proxy_requests_total[10m]))`,
              legend: " ",
            },
          ],
        },
        {
          title: "Nearest end of a certificate",
          description: "Renewed by the operator when 56 hours are left.",
          kind: "stat",
          width: 6,
          unit: "s",
          least: 172_800,
          queries: [{ expr: `min({__name__=~"agentkeys_(${SERVERS})_certificate_expiry_seconds", ${IN}})`, legend: " " }],
        },
        {
          title: "Transactions that wait for the master wallet",
          description: "`npx agentkeys apply` signs them.",
          kind: "stat",
          width: 6,
          queries: [{ expr: `max(agentkeys_operator_proposals_pending{${IN}})`, legend: " " }],
        },
      ],
    },
    {
      title: "What it answers",
      panels: [
        {
          title: "Admission reviews",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (rate(agentkeys_webhook_reviews_total{${IN}}[$__rate_interval]))`, legend: "{{outcome}}" }],
        },
        {
          title: "Duration of a review, p99",
          description: "20 ms on one core at 12 KB pods is the budget; the API server gives up after 5 s.",
          unit: "s",
          limit: 0.02,
          queries: [{ expr: quantile(0.99, "webhook", "/mutate-pods"), legend: "{{route}}" }],
        },
        {
          title: "Enrolments",
          unit: "reqps",
          queries: [
            { expr: `sum by (outcome) (rate(agentkeys_operator_enrolments_total{${IN}}[$__rate_interval]))`, legend: "{{outcome}}" },
          ],
        },
        {
          title: "Caps",
          unit: "reqps",
          queries: [{ expr: `sum by (code) (rate(agentkeys_broker_caps_total{${IN}}[$__rate_interval]))`, legend: "{{code}}" }],
        },
        {
          title: "Duration of a broker's answer, p99",
          unit: "s",
          queries: [{ expr: quantile(0.99, "broker", "/v1/(cap|ledger|audit).*"), legend: "{{route}}" }],
        },
        {
          title: "Credential calls",
          description: "s3_* and sts_refused are the store: alert AgentKeysStoreUnreachable above 10 %.",
          unit: "reqps",
          queries: [
            {
              expr: `sum by (op, code) (rate(agentkeys_creds_worker_credential_calls_total{${IN}}[$__rate_interval]))`,
              legend: "{{op}} {{code}}",
            },
          ],
        },
      ],
    },
    {
      title: "Operator",
      panels: [
        {
          title: "Waiting to be looked at",
          queries: [{ expr: `max(agentkeys_operator_queue_depth{${IN}})`, legend: "bindings and services" }],
        },
        {
          title: "Reconciles that failed",
          unit: "reqps",
          queries: [{ expr: `sum(rate(agentkeys_operator_reconcile_faults_total{${IN}}[$__rate_interval]))`, legend: "tried again" }],
        },
        {
          title: "Open streams",
          description: "Each proxy holds one of both: for its policy, and for what is taken away.",
          queries: [
            { expr: `sum(agentkeys_operator_policy_streams{${IN}})`, legend: "policy" },
            { expr: `sum(agentkeys_broker_sessions{${IN}})`, legend: "events" },
          ],
        },
      ],
    },
    {
      title: "What it uses",
      panels: [
        {
          title: "CPU",
          unit: "cores",
          queries: [
            {
              expr: `sum by (pod) (rate({__name__=~"agentkeys_(${OURS})_process_cpu_seconds_total", ${IN}}[$__rate_interval]))`,
              legend: "{{pod}}",
            },
          ],
        },
        {
          title: "Memory",
          unit: "bytes",
          queries: [{ expr: `sum by (pod) ({__name__=~"agentkeys_(${OURS})_process_resident_memory_bytes", ${IN}})`, legend: "{{pod}}" }],
        },
        {
          title: "Event loop lag, p99",
          unit: "s",
          queries: [
            { expr: `max by (pod) ({__name__=~"agentkeys_(${OURS})_nodejs_eventloop_lag_p99_seconds", ${IN}})`, legend: "{{pod}}" },
          ],
        },
      ],
    },
  ],
};
