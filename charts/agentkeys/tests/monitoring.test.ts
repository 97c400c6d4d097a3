import { describe, expect, test } from "@jest/globals";
import { CODES } from "@agentkeys/common/errors";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { DASHBOARDS, fileOf, textOf } from "../../../hack/dashboards/write.ts";
import { FAULTS_OF_OURS } from "../../../hack/dashboards/proxies.ts";
import { documentedMetrics } from "./metrics-page.ts";
import { askedBy, type Asked } from "./promql.ts";

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: { summary: string; description: string; runbook_url: string };
}
interface Shown {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}
interface Drawn {
  uid: string;
  panels: Shown[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

const ROOT = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
const ALERTS = "charts/agentkeys/files/alerts/";
const RUNBOOKS = "docs/runbooks/";
/** What a scrape adds: by the ServiceMonitor and the PodMonitor, whose relabeling makes `binding`. */
const OF_THE_SCRAPE = ["namespace", "pod", "container", "binding"];
/** Series of others: Prometheus's own, and the API server's. */
const FOREIGN = new Map([
  ["ALERTS", new Set(["alertname", "alertstate"])],
  ["apiserver_admission_webhook_rejection_count", new Set(["name", "error_type"])],
]);

const rules = readdirSync(new URL(ALERTS, ROOT)).flatMap((name) =>
  (parse(read(ALERTS + name).replaceAll("@ROOTS_LATE_SECONDS@", "1800")) as Rule[]).map((rule): [string, Rule] => [rule.alert, rule]),
);
const metrics = new Map([...documentedMetrics(), ...FOREIGN]);

/** What of an expression no process exports: metrics, labels of a metric, labels that none of the metrics has. */
function unknownIn({ selectors, grouped, made }: Asked): string[] {
  const named = selectors.flatMap(({ names, labels }) => names.map((name) => ({ name, labels })));
  const missing = named.filter(({ name }) => !metrics.has(name)).map(({ name }) => name);
  const has = (name: string, label: string): boolean => OF_THE_SCRAPE.includes(label) || metrics.get(name)?.has(label) === true;
  const strange = named.flatMap(({ name, labels }) =>
    labels.filter((label) => !has(name, label.name)).map((label) => `${name}{${label.name}}`),
  );
  const loose = grouped.filter((label) => !made.includes(label) && !named.some(({ name }) => has(name, label)));
  return [...missing, ...strange, ...loose];
}

describe.each(rules)("alert %s", (alert, { expr, labels, annotations }) => {
  test("asks in Prometheus's own grammar for what processes export", () => {
    expect(unknownIn(askedBy(expr))).toEqual([]);
  });

  test("says how urgent it is, what it means and what to do next", () => {
    expect(["critical", "warning"]).toContain(labels["severity"]);
    expect(annotations.summary.length).toBeLessThan(80);
    expect(annotations.description.length).toBeGreaterThan(annotations.summary.length);
    for (const text of Object.values(annotations))
      expect(text.replaceAll(/\{\{ \$(labels\.[a-z]+|value)( \| [a-zA-Z]+)? \}\}/g, "")).not.toMatch(/[{}]/);
  });

  test("is named by the runbook that it links to", () => {
    const [, runbook = ""] = /^@RUNBOOKS@\/([a-z-]+\.md)$/.exec(annotations.runbook_url) ?? [];
    expect(read(RUNBOOKS + runbook)).toContain(`\`${alert}\``);
  });
});

test("every runbook has an alert, and names none that is not there", () => {
  for (const name of readdirSync(new URL(RUNBOOKS, ROOT))) {
    const named = [...read(RUNBOOKS + name).matchAll(/`(AgentKeys[A-Z][A-Za-z]+)`/g)]
      .map(([, alert]) => alert)
      .filter((alert) => alert !== "AgentKeysService");
    const own = rules.filter(([, { annotations }]) => annotations.runbook_url.endsWith(`/${name}`)).map(([alert]) => alert);
    expect([name, named]).toEqual([name, expect.arrayContaining(own)]);
    expect(own.length).toBeGreaterThan(0);
    expect(rules.map(([alert]) => alert)).toEqual(expect.arrayContaining(named));
  }
});

test("faults of ours are codes of servers that failed, the same in the alert and on the dashboards", () => {
  expect(rules.find(([alert]) => alert === "AgentKeysCallsFailing")?.[1].expr).toContain(`outcome=~"${FAULTS_OF_OURS}"`);
  const codes = Object.entries(CODES).filter(([code]) => new RegExp(`^(${FAULTS_OF_OURS})$`).test(code));
  expect(codes.length).toBeGreaterThanOrEqual(FAULTS_OF_OURS.split("|").length);
  expect(codes.filter(([, { status }]) => status < 500)).toEqual([]);
});

describe.each(Object.entries(DASHBOARDS))("dashboard %s", (name, dashboard) => {
  const text = textOf(dashboard);
  const { uid, panels, templating } = JSON.parse(text) as Drawn;
  const variables = templating.list.map((variable) => variable.name);
  /** As Grafana asks, with everything chosen. */
  const filled = (expr: string): string => expr.replaceAll("$__rate_interval", "5m").replaceAll(/\$(namespace|binding|service)/g, ".*");

  test("is fresh (`node hack/dashboards/write.ts` renews it)", () => {
    expect(readFileSync(fileOf(name), "utf8")).toBe(text);
    expect(uid).toMatch(/^agentkeys-[a-z-]{1,30}$/);
  });

  test("asks in Prometheus's own grammar for what processes export", () => {
    const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filled(expr)));
    expect(asked.length).toBeGreaterThan(10);
    for (const expr of asked) expect([expr, unknownIn(askedBy(expr))]).toEqual([expr, []]);
    for (const { query } of templating.list.filter(({ type }) => type === "query")) {
      const given = filled(typeof query === "string" ? query : query.query);
      const [, selector = "", label = ""] = /^label_values\((.+), ([a-z]+)\)$/.exec(given) ?? [];
      expect([given, unknownIn({ ...askedBy(selector), grouped: [label] })]).toEqual([given, []]);
    }
  });

  test("names each line by labels that its expression leaves", () => {
    for (const { targets = [], title } of panels)
      for (const { expr, legendFormat } of targets) {
        const { grouped } = askedBy(filled(expr));
        const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
        const isGrouped = grouped.length > 0;
        expect([
          title,
          used.filter((label) => (isGrouped ? !grouped.includes(label ?? "") : !OF_THE_SCRAPE.includes(label ?? ""))),
        ]).toEqual([title, []]);
      }
  });

  test("uses variables that it has, and puts no panel over another", () => {
    const used = [...JSON.stringify(panels).matchAll(/\$\{?([a-z]+)/g)].map(([, variable]) => variable);
    expect(variables).toEqual(expect.arrayContaining([...new Set(used)]));
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });
});
