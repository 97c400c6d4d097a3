/**
 * Runs the numbered scenarios on the real cluster, one after the other: `node e2e/run.ts [number…]`. Prints a line each, writes
 * their results to dist/results/e2e.json and what the cluster looked like at a failure beside it; exits 1 when one failed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { diagnose, symptoms } from "./lib/diagnose.ts";
import { scenarios, type Scenario } from "./scenarios/index.ts";

const RESULTS = "dist/results";
/** No scenario waits longer than this: the credential's own life and a little. */
const LIMIT_SECONDS = 360;

async function inTime(scenario: Scenario): Promise<void> {
  const stop = new AbortController();
  const late = sleep(LIMIT_SECONDS * 1000, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`not done within ${LIMIT_SECONDS} s`);
  });
  // The loser of the race is nobody's business any more.
  late.catch(() => undefined);
  try {
    await Promise.race([scenario.run((text) => process.stdout.write(`      ${text}\n`)), late]);
  } finally {
    stop.abort();
  }
}

const wanted = process.argv.slice(2);
const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.some((words) => name.startsWith(words)));
const results: { name: string; ok: boolean; seconds: number; fault?: string; symptoms?: string[] }[] = [];
const begun = Date.now();
mkdirSync(RESULTS, { recursive: true });

for (const scenario of chosen) {
  const started = Date.now();
  let fault: string | undefined;
  try {
    await inTime(scenario);
  } catch (thrown) {
    fault = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const failure = fault === undefined ? {} : { fault, symptoms: await symptoms() };
  results.push({ name: scenario.name, ok: fault === undefined, seconds, ...failure });
  if (fault === undefined) process.stdout.write(`ok    ${scenario.name} (${seconds} s)\n`);
  else {
    const path = `${RESULTS}/failure-${results.length}.txt`;
    await diagnose(path);
    process.stdout.write(`FAIL  ${scenario.name} (${seconds} s)\n      ${fault}\n      the cluster at that moment: ${path}\n`);
  }
}
writeFileSync(`${RESULTS}/e2e.json`, JSON.stringify(results, null, 2));
const failed = results.filter(({ ok }) => !ok);
for (const { name, fault = "", symptoms: seen = [] } of failed)
  process.stdout.write(`failed: ${name}\n        ${fault}\n${seen.map((line) => `      - ${line}\n`).join("")}`);
process.stdout.write(
  `end to end: ${results.length - failed.length} passed, ${failed.length} failed in ${Math.round((Date.now() - begun) / 1000)} s\n`,
);
process.exitCode = failed.length > 0 || results.length === 0 ? 1 : 0;
