/** Metrics and their labels as docs/reference/metrics.md has them, which is written from the code. */
import { createMetrics } from "@agentkeys/common/metrics";
import { readFileSync } from "node:fs";

const PAGE = new URL("../../../docs/reference/metrics.md", import.meta.url);
const LABEL = /`([a-z_]+)`/g;

function seriesOf(name: string, kind: string, labels: readonly string[]): [string, Set<string>][] {
  if (kind !== "histogram") return [[name, new Set(labels)]];
  return ["_bucket", "_sum", "_count"].map((suffix) => [`${name}${suffix}`, new Set([...labels, ...(suffix === "_bucket" ? ["le"] : [])])]);
}

/** Series by name with their own labels; those of a process itself, which prom-client makes, are among them. */
export function documentedMetrics(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const processes = new Set<string>();
  for (const line of readFileSync(PAGE, "utf8").split("\n")) {
    const [, name = "", kind = "", labels = "", processesCell = ""] = line.split("|").map((cell) => cell.trim());
    const metric = /^`(agentkeys_[a-z0-9_<>]+)`$/.exec(name)?.[1];
    if (metric === undefined) continue;
    const own = [...labels.matchAll(LABEL)].map(([, label = ""]) => label);
    for (const process of metric.includes("<process>") ? processesCell.split(", ") : ["none"]) {
      processes.add(process);
      for (const [series, its] of seriesOf(metric.replace("<process>", process), kind, own)) found.set(series, its);
    }
  }
  processes.delete("none");
  for (const process of processes)
    for (const { name } of createMetrics(process, { processMetrics: true }).registry.getMetricsAsArray()) found.set(name, new Set());
  return found;
}
