import { describe, expect, test } from "@jest/globals";
import { expectFiring, expectTexts, type Fired, type World } from "./alert-rules.ts";
import { MONITORED, render } from "./render.ts";

const groupsWith = (...args: string[]): object =>
  render(...MONITORED, ...args).find(({ kind }) => kind === "PrometheusRule")?.spec?.["groups"] as object;
const groups = groupsWith();

const SYSTEM = 'namespace="agentkeys-system"';
const of = (process: string): string => `{${SYSTEM}, pod="${process}-1", container="${process}"}`;
const CHAIN_READ = `agentkeys_broker_chain_read_timestamp_seconds${of("broker")}`;
const TURN = `agentkeys_auditor_turn_timestamp_seconds${of("auditor")}`;
const EPOCH = `agentkeys_signer_k3_epoch${of("signer")}`;
const BALANCE = `agentkeys_relay_balance_gwei${of("relay")}`;
const OLDEST = `agentkeys_relay_oldest_waiting_seconds${of("relay")}`;
const BROKEN = `agentkeys_auditor_broken_streams${of("auditor")}`;
const proxy = (metric: string, labels = ""): string =>
  `agentkeys_sidecar_${metric}{namespace="team-a", pod="agent-1", binding="research"${labels}}`;
const worker = (metric: string, labels = ""): string => `agentkeys_creds_worker_${metric}{${SYSTEM}, pod="worker-1"${labels}}`;
const ready = (process: string): string => `agentkeys_${process}_ready${of(process)}`;

/** Three hours in which all is well: clocks go on, calls go through. */
const WELL: World = {
  ...Object.fromEntries(
    ["operator", "webhook", "broker", "creds_worker", "signer", "auditor", "relay"].map((process) => [ready(process), "1x200"]),
  ),
  [CHAIN_READ]: "0+60x200",
  [TURN]: "0+60x200",
  [EPOCH]: "1x200",
  [`agentkeys_signer_k3_held{${SYSTEM}, pod="signer-1", container="signer", epoch="1"}`]: "1x200",
  [`agentkeys_webhook_certificate_expiry_seconds${of("webhook")}`]: "400000-60x200",
  [BROKEN]: "0x200",
  [BALANCE]: "100x200",
  [`agentkeys_relay_least_balance_gwei${of("relay")}`]: "10x200",
  [OLDEST]: "0x200",
  [proxy("proxy_requests_total", ', service="openai", outcome="ok"')]: "0+60x200",
  [proxy("audit_backlog_age_seconds")]: "0x200",
  [proxy("audit_rows_total", ', outcome="lost"')]: "0x200",
  [worker("credential_calls_total", ', op="cred-fetch", code="ok"')]: "0+10x200",
  [worker("audit_backlog_age_seconds")]: "0x200",
};

const firing = (alertname: string, severity: string, labels: Record<string, string> = {}): Record<string, string> => ({
  alertname,
  severity,
  namespace: "agentkeys-system",
  ...labels,
});
const quiet = (...minutes: number[]): Fired[] => minutes.map((at) => ({ at, alerts: [] }));
const fires = (at: number, ...alerts: Record<string, string>[]): Fired => ({ at, alerts });
const team = { namespace: "team-a" };

interface Case {
  what: string;
  /** What is otherwise than well. */
  changed: World;
  then: Fired[];
}

const CASES: Case[] = [
  { what: "all is well", changed: {}, then: quiet(5, 30, 120, 190) },
  {
    what: "a tenth of a namespace's calls fail at the chain",
    changed: { [proxy("proxy_requests_total", ', service="openai", outcome="chain_rpc_error"')]: "0x10 0+7x180" },
    then: [...quiet(12), fires(30, firing("AgentKeysCallsFailing", "critical", team))],
  },
  {
    what: "calls are refused by quota and budget, and the provider fails",
    changed: {
      [proxy("proxy_requests_total", ', service="openai", outcome="rate_limited"')]: "0x10 0+600x180",
      [proxy("proxy_requests_total", ', service="openai", outcome="budget_exceeded"')]: "0x10 0+600x180",
      [proxy("proxy_requests_total", ', service="openai", outcome="upstream_timeout"')]: "0x10 0+600x180",
    },
    then: quiet(30, 60),
  },
  {
    what: "the last webhook is gone",
    changed: { [ready("webhook")]: "1x10 stale" },
    then: [...quiet(12), fires(14, firing("AgentKeysWebhookDown", "critical"))],
  },
  {
    what: "the only webhook is not ready, then it is",
    changed: { [ready("webhook")]: "1x10 0x10 1x100" },
    then: [fires(14, firing("AgentKeysWebhookDown", "critical")), ...quiet(24)],
  },
  {
    what: "one webhook of two is not ready",
    changed: { [`agentkeys_webhook_ready{${SYSTEM}, pod="webhook-2"}`]: "0x200" },
    then: quiet(30),
  },
  {
    what: "the API server cannot call a webhook that is ready",
    changed: {
      'apiserver_admission_webhook_rejection_count{name="annotated.inject.agentkeys.io", error_type="calling_webhook_error"}':
        "0x10 0+2x10 20x100",
      'apiserver_admission_webhook_rejection_count{name="annotated.inject.agentkeys.io", error_type="no_error"}': "0+5x200",
      'apiserver_admission_webhook_rejection_count{name="other.example", error_type="calling_webhook_error"}': "0+5x200",
    },
    then: [...quiet(8), fires(15, firing("AgentKeysWebhookDown", "critical")), ...quiet(30)],
  },
  ...["broker", "creds_worker", "signer"].map((process) => ({
    what: `there is no ${process}`,
    changed: { [ready(process)]: "1x10 stale" },
    then: [...quiet(14), fires(18, firing("AgentKeysProcessDown", "critical", { process: process.replace("_", "-") }))],
  })),
  {
    what: "a broker waits for the chain: another alert's matter",
    changed: { [ready("broker")]: "1x10 0x100" },
    then: quiet(30),
  },
  {
    what: "no operator is ready",
    changed: { [ready("operator")]: "1x10 0x100" },
    then: [...quiet(14), fires(18, firing("AgentKeysProcessDown", "critical", { process: "operator" }))],
  },
  {
    what: "no broker reads the chain",
    changed: { [CHAIN_READ]: "0+60x10 600x100" },
    then: [...quiet(11), fires(14, firing("AgentKeysChainUnreachable", "critical"))],
  },
  {
    what: "one broker of two reads the chain",
    changed: { [`agentkeys_broker_chain_read_timestamp_seconds{${SYSTEM}, pod="broker-2"}`]: "0x200" },
    then: quiet(14, 60),
  },
  {
    what: "a spare RPC URL keeps failing while the first one serves",
    changed: {
      [`agentkeys_broker_chain_rpc_faults_total{${SYSTEM}, pod="broker-1", rpc="1", reason="timeout"}`]: "0x10 0+4x180",
      [`agentkeys_signer_chain_rpc_faults_total{${SYSTEM}, pod="signer-1", rpc="0", reason="timeout"}`]: "0x10 3x180",
    },
    then: [...quiet(20), fires(40, firing("AgentKeysChainRpcFailing", "warning", { rpc: "1" }))],
  },
  {
    what: "the ledger is away for five minutes",
    changed: {
      [`agentkeys_broker_ledger_requests_total{${SYSTEM}, pod="broker-1", route="lease", code="ledger_unreachable"}`]: "0x10 0+9x5 45x100",
    },
    then: [...quiet(10), fires(14, firing("AgentKeysLedgerUnreachable", "critical")), ...quiet(25)],
  },
  {
    what: "the store refuses a third of the fetches",
    changed: { [worker("credential_calls_total", ', op="cred-fetch", code="s3_get"')]: "0x10 0+5x180" },
    then: [...quiet(12), fires(25, firing("AgentKeysStoreUnreachable", "critical"))],
  },
  {
    what: "credentials are asked for that were never stored",
    changed: { [worker("credential_calls_total", ', op="cred-fetch", code="no_such_credential"')]: "0x10 0+50x180" },
    then: quiet(25),
  },
  {
    what: "a certificate is not renewed",
    changed: { [`agentkeys_signer_certificate_expiry_seconds${of("signer")}`]: "173400-60x200" },
    then: [...quiet(20), fires(40, firing("AgentKeysCertificateExpiring", "warning", { pod: "signer-1" }))],
  },
  {
    what: "the chain moves to an epoch whose key the signer lacks",
    changed: { [EPOCH]: "1x10 2x180" },
    then: [...quiet(14), fires(18, firing("AgentKeysKeyEpochMissing", "critical", { pod: "signer-1", epoch: "2" }))],
  },
  { what: "a signer has not read the chain yet", changed: { [EPOCH]: "0x200" }, then: quiet(30) },
  {
    what: "rows of a proxy and of the creds-worker wait",
    changed: { [proxy("audit_backlog_age_seconds")]: "0x5 0+60x180", [worker("audit_backlog_age_seconds")]: "0x5 0+60x180" },
    then: [...quiet(14), fires(20, firing("AgentKeysAuditBacklog", "warning"), firing("AgentKeysAuditBacklog", "warning", team))],
  },
  {
    what: "rows find no room for a while",
    changed: { [proxy("audit_rows_total", ', outcome="lost"')]: "0x10 0+3x4 12x180" },
    then: [...quiet(10), fires(13, firing("AgentKeysAuditRowsLost", "critical", team)), ...quiet(40)],
  },
  {
    what: "roots do not reach the chain",
    changed: { [TURN]: "0+60x10 600x180" },
    then: [...quiet(40), fires(48, firing("AgentKeysAuditRootsLate", "warning"))],
  },
  {
    what: "there is no auditor",
    changed: { [TURN]: "0+60x10 stale" },
    then: [...quiet(14), fires(18, firing("AgentKeysAuditRootsLate", "warning"))],
  },
  {
    what: "the hourly look finds a stream of days gone by changed",
    changed: { [BROKEN]: "0x10 1x2 0x180" },
    then: [
      fires(12, firing("AgentKeysAuditStreamsBroken", "critical")),
      fires(75, firing("AgentKeysAuditStreamsBroken", "critical")),
      ...quiet(130),
    ],
  },
  {
    what: "the relay's wallet runs low",
    changed: { [BALANCE]: "100x10 25x180" },
    then: [...quiet(15), fires(24, firing("AgentKeysRelayBalanceLow", "warning"))],
  },
  {
    what: "a request waits at the relay",
    changed: { [OLDEST]: "0x10 0+60x180" },
    then: [...quiet(13), fires(22, firing("AgentKeysRelayStuck", "warning"))],
  },
  {
    what: "there is no relay",
    changed: { [ready("relay")]: "1x10 stale" },
    then: [...quiet(14), fires(18, firing("AgentKeysRelayStuck", "warning"))],
  },
];

describe("in Prometheus's own engine, these alerts fire and no other", () => {
  test.each(CASES)("$what", ({ changed, then }) => {
    for (const step of then) expectFiring(groups, { ...WELL, ...changed }, step);
  });

  test("each alert does", () => {
    const seen = new Set(CASES.flatMap(({ then }) => then.flatMap(({ alerts }) => alerts.map(({ alertname }) => alertname))));
    const all = (groups as { rules: { alert: string }[] }[]).flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect([...seen].sort()).toEqual([...all].sort());
  });
});

test("roots are late after three intervals where the auditor has a long one", () => {
  const slow = groupsWith("--set", "auditor.rootIntervalSeconds=3600");
  const world = { ...WELL, [TURN]: "0+60x10 600x200" };
  expectFiring(slow, world, fires(48));
  expectFiring(slow, world, fires(198, firing("AgentKeysAuditRootsLate", "warning")));
});

test("an alert says what it counted, where to look and which runbook to open", () => {
  expectTexts(
    groups,
    { ...WELL, [`agentkeys_signer_certificate_expiry_seconds${of("signer")}`]: "90000x60" },
    {
      at: 30,
      alert: "AgentKeysCertificateExpiring",
      labels: { severity: "warning", namespace: "agentkeys-system", pod: "signer-1" },
      texts: {
        summary: "The certificate of signer-1 was not renewed",
        description:
          "It expires in 1d 1h 0m 0s; the operator renews its own when 56 hours are left. See that an operator is ready and what its log says of certificates; a relay's certificate (relay.tlsSecret) is yours to renew.",
        runbook_url: "https://git.acme.example/agentkeys/docs/runbooks/certificate-trouble.md",
      },
    },
  );
});
