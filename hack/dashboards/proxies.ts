import type { Dashboard } from "./dashboard.ts";

/** Outcomes of a call that are neither its caller's nor its provider's doing; the alert AgentKeysCallsFailing counts the same. */
export const FAULTS_OF_OURS =
  "internal|policy_missing|broker_silent|chain_rpc|chain_rpc_error|sign_error|signer_unavailable|sts_refused|s3_get|s3_list|k3_key_missing|envelope_.+|ledger_unreachable";

const POD = 'namespace=~"$namespace", binding=~"$binding"';
const CALL = `${POD}, service=~"$service"`;
const rate = (metric: string, labels: string): string => `rate(agentkeys_sidecar_${metric}{${labels}}[$__rate_interval])`;
const quantile = (of: number): string => `histogram_quantile(${of}, sum by (le, service) (${rate("proxy_request_seconds_bucket", CALL)}))`;

const ALL_CALLS = `sum by (namespace) (${rate("proxy_requests_total", CALL)})`;

/** What agents do: calls, what they cost, and what keeps them from going through. */
export const proxies: Dashboard = {
  uid: "agentkeys-proxies",
  title: "AgentKeys / Proxies",
  description: "Calls of agents by service and outcome, their cost and budgets. Scraped by the PodMonitor, which adds the label binding.",
  variables: [
    { name: "namespace", query: "label_values(agentkeys_sidecar_ready, namespace)", isMany: true },
    { name: "binding", query: 'label_values(agentkeys_sidecar_ready{namespace=~"$namespace"}, binding)', isMany: true },
    { name: "service", query: `label_values(agentkeys_sidecar_proxy_requests_total{${POD}}, service)`, isMany: true },
  ],
  rows: [
    {
      title: "Calls",
      panels: [
        {
          title: "Calls",
          unit: "reqps",
          isStacked: true,
          queries: [{ expr: `sum by (service) (${rate("proxy_requests_total", CALL)})`, legend: "{{service}}" }],
        },
        {
          title: "Refused and failed",
          description: "By reason code; docs/reference/errors.md says what each means.",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (${rate("proxy_requests_total", `${CALL}, outcome!="ok"`)})`, legend: "{{outcome}}" }],
        },
        {
          title: "Faults of ours",
          description: "The outcomes that the alert AgentKeysCallsFailing counts, as a part of all calls. Alert above 5 %.",
          unit: "percentunit",
          limit: 0.05,
          queries: [
            {
              expr: `(sum by (namespace) (${rate("proxy_requests_total", `${CALL}, outcome=~"${FAULTS_OF_OURS}"`)}) or 0 * ${ALL_CALLS}) / ${ALL_CALLS}`,
              legend: "{{namespace}}",
            },
          ],
        },
        {
          title: "Arrival to the last byte",
          description: "The provider's time is in it. WebSockets are not.",
          unit: "s",
          queries: [
            { expr: quantile(0.5), legend: "{{service}} p50" },
            { expr: quantile(0.99), legend: "{{service}} p99" },
          ],
        },
        {
          title: "Running now",
          queries: [
            { expr: `sum by (namespace, binding) (agentkeys_sidecar_proxy_in_flight{${POD}})`, legend: "{{namespace}}/{{binding}}" },
          ],
        },
        {
          title: "Proxies that are not ready",
          description: "A proxy is ready once it has a delegation, a policy and the broker's heartbeat.",
          queries: [{ expr: `sum by (namespace, binding) (1 - agentkeys_sidecar_ready{${POD}})`, legend: "{{namespace}}/{{binding}}" }],
        },
      ],
    },
    {
      title: "Cost and budgets",
      panels: [
        {
          title: "Cost an hour",
          unit: "currencyUSD",
          isStacked: true,
          queries: [
            {
              expr: `3600e-9 * sum by (namespace, binding) (${rate("cost_nano_dollars_total", CALL)})`,
              legend: "{{namespace}}/{{binding}}",
            },
          ],
        },
        {
          title: "Cost an hour, by where the figure comes from",
          description: "docs/reference/pricing.md explains each.",
          unit: "currencyUSD",
          isStacked: true,
          queries: [
            { expr: `3600e-9 * sum by (service, basis) (${rate("cost_nano_dollars_total", CALL)})`, legend: "{{service}} {{basis}}" },
          ],
        },
        {
          title: "Priced calls",
          unit: "reqps",
          queries: [{ expr: `sum by (service, basis) (${rate("proxy_priced_calls_total", CALL)})`, legend: "{{service}} {{basis}}" }],
        },
        {
          title: "Reservations",
          description: "at_once came out of a slice that was held; the codes are refusals.",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (${rate("budget_reservations_total", POD)})`, legend: "{{outcome}}" }],
        },
        {
          title: "Reports to the ledger",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (${rate("budget_reports_total", POD)})`, legend: "{{outcome}}" }],
        },
        {
          title: "The ledger's answers",
          description: "Of every binding: the ledger does not know namespaces. ledger_unreachable alerts.",
          unit: "reqps",
          queries: [
            { expr: "sum by (route, code) (rate(agentkeys_broker_ledger_requests_total[$__rate_interval]))", legend: "{{route}} {{code}}" },
          ],
        },
        {
          title: "Dollars charged today by the ledger",
          description: "Of every binding with a budget, over the last 24 hours.",
          unit: "currencyUSD",
          queries: [{ expr: "sum(increase(agentkeys_broker_ledger_spent_dollars_total[24h]))", legend: "charged" }],
        },
        {
          title: "Time in the ledger's store, p99",
          unit: "s",
          queries: [
            {
              expr: "histogram_quantile(0.99, sum by (le, route) (rate(agentkeys_broker_ledger_seconds_bucket[$__rate_interval])))",
              legend: "{{route}}",
            },
          ],
        },
      ],
    },
    {
      title: "Credentials and control",
      panels: [
        {
          title: "Credential lookups",
          description: "A credential is fetched again after 300 s at most.",
          unit: "reqps",
          queries: [{ expr: `sum by (result) (${rate("credential_lookups_total", POD)})`, legend: "{{result}}" }],
        },
        {
          title: "Credentials in memory",
          queries: [{ expr: `sum by (namespace) (agentkeys_sidecar_credentials_held{${POD}})`, legend: "{{namespace}}" }],
        },
        {
          title: "Events and policies",
          description: "drop takes a service away at once; refused events are not signed as they should be.",
          unit: "reqps",
          queries: [
            { expr: `sum by (type) (${rate("events_total", POD)})`, legend: "event {{type}}" },
            { expr: `sum by (outcome) (${rate("policy_updates_total", POD)})`, legend: "policy {{outcome}}" },
          ],
        },
        {
          title: "Connections of workloads",
          description: "By what their certificate was found to be.",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (${rate("mtls_connections_total", POD)})`, legend: "{{outcome}}" }],
        },
        {
          title: "Proxies' own SVIDs end in",
          unit: "s",
          queries: [
            { expr: `min by (namespace, binding) (agentkeys_sidecar_svid_expiry_seconds{${POD}})`, legend: "{{namespace}}/{{binding}}" },
          ],
        },
        {
          title: "Answers of the Workload API",
          unit: "reqps",
          queries: [{ expr: `sum by (outcome) (${rate("svid_updates_total", POD)})`, legend: "{{outcome}}" }],
        },
      ],
    },
    {
      title: "What proxies use",
      panels: [
        {
          title: "Memory, the largest ten",
          description: "60 MiB idle and 96 MiB at 500 calls a second are the budget; the limit is 128 MiB.",
          unit: "bytes",
          limit: 134_217_728,
          queries: [{ expr: `topk(10, agentkeys_sidecar_process_resident_memory_bytes{${POD}})`, legend: "{{namespace}}/{{pod}}" }],
        },
        {
          title: "CPU, the busiest ten",
          unit: "cores",
          queries: [{ expr: `topk(10, ${rate("process_cpu_seconds_total", POD)})`, legend: "{{namespace}}/{{pod}}" }],
        },
        {
          title: "Event loop lag p99, the worst ten",
          unit: "s",
          queries: [{ expr: `topk(10, agentkeys_sidecar_nodejs_eventloop_lag_p99_seconds{${POD}})`, legend: "{{namespace}}/{{pod}}" }],
        },
      ],
    },
  ],
};
