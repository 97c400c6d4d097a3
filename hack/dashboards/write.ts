/** Writes the chart's dashboards (`make generate`); charts/agentkeys/tests/monitoring.test.ts fails when one is stale. */
import { mkdirSync, writeFileSync } from "node:fs";
import { chainAndAudit } from "./chain-and-audit.ts";
import { grafana, type Dashboard } from "./dashboard.ts";
import { overview } from "./overview.ts";
import { proxies } from "./proxies.ts";

const FOLDER = new URL("../../charts/agentkeys/files/dashboards/", import.meta.url);
/** By the name of their file. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = { overview, proxies, "chain-and-audit": chainAndAudit };

/** A dashboard's file. */
export const fileOf = (name: string): URL => new URL(`${name}.json`, FOLDER);

/** What stands in it. */
export const textOf = (dashboard: Dashboard): string => `${JSON.stringify(grafana(dashboard), null, 2)}\n`;

if (import.meta.main) {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, dashboard] of Object.entries(DASHBOARDS)) writeFileSync(fileOf(name), textOf(dashboard));
}
