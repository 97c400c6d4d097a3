/** Alerting rules as the chart renders them, judged by Prometheus's own engine. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

const RUNNER = `${process.env["AGENTKEYS_CACHE"] ?? `${homedir()}/.cache/agentkeys/cluster`}/bin/prom-rules`;

/** Series and their values a minute apart, in promtool's notation: `1+2x3` is 1, 3, 5, 7. */
export type World = Readonly<Record<string, string>>;

export interface Fired {
  /** Minutes into the world. */
  at: number;
  alerts: Readonly<Record<string, string>>[];
}

function run(groups: object, test: object): string {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-alerts-"));
  try {
    writeFileSync(join(folder, "rules.yaml"), stringify({ groups }));
    writeFileSync(join(folder, "test.yaml"), stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [test] }));
    return execFileSync(RUNNER, [join(folder, "test.yaml")], { encoding: "utf8", stdio: "pipe" });
  } catch (fault) {
    const { stdout, stderr } = fault as { stdout?: string; stderr?: string };
    throw new Error(`${stdout ?? ""}${stderr ?? ""}` || String(fault), { cause: fault });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");

/** Throws with both lists when other alerts fire at that time than these, each with all its labels. */
export function expectFiring(groups: object, world: World, { at, alerts }: Fired): void {
  const samples = alerts.map((alert) => ({ labels: `ALERTS{alertstate="firing", ${labelsOf(alert)}}`, value: 1 }));
  run(groups, {
    interval: "1m",
    input_series: Object.entries(world).map(([series, values]) => ({ series, values })),
    promql_expr_test: [{ expr: 'ALERTS{alertstate="firing"}', eval_time: `${at}m`, exp_samples: samples }],
  });
}

/** Throws when the alert does not fire then with exactly these labels and texts. */
export function expectTexts(
  groups: object,
  world: World,
  of: { at: number; alert: string; labels: Record<string, string>; texts: Record<string, string> },
): void {
  run(groups, {
    interval: "1m",
    input_series: Object.entries(world).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time: `${of.at}m`, alertname: of.alert, exp_alerts: [{ exp_labels: of.labels, exp_annotations: of.texts }] }],
  });
}
