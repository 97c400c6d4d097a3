/** What the pods of load.js saw. */
import { kubectl } from "./kube.ts";

/** What the load of a pod saw between two moments: outcomes with their counts. */
export async function outcomes(
  team: string,
  pod: string,
  fromMs: number,
  toMs = Number.POSITIVE_INFINITY,
): Promise<Record<string, number>> {
  const log = await kubectl("-n", team, "logs", pod, "-c", "app");
  const total: Record<string, number> = {};
  for (const [, text = ""] of log.matchAll(/^LOAD (.*)$/gm)) {
    const { at = 0, ...counts } = JSON.parse(text) as Record<string, number>;
    if (at < fromMs || at > toMs + 1000) continue;
    for (const [outcome, count] of Object.entries(counts)) total[outcome] = (total[outcome] ?? 0) + count;
  }
  return total;
}
