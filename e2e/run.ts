/**
 * Runs the numbered scenarios on the real cluster, one after the other: `node e2e/run.ts [number…]`. Prints a line each and
 * writes their results to dist/results/e2e.json; exits 1 when one failed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { scenarios } from "./scenarios/index.ts";

const wanted = process.argv.slice(2);
const chosen = scenarios.filter(({ name }) => wanted.length === 0 || wanted.some((number) => name.startsWith(number)));
const results: { name: string; ok: boolean; seconds: number; fault?: string }[] = [];

for (const { name, run } of chosen) {
  const started = Date.now();
  let fault: string | undefined;
  try {
    await run((text) => process.stdout.write(`      ${text}\n`));
  } catch (thrown) {
    fault = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  results.push({ name, ok: fault === undefined, seconds, ...(fault === undefined ? {} : { fault }) });
  process.stdout.write(
    `${fault === undefined ? "ok  " : "FAIL"}  ${name} (${seconds} s)${fault === undefined ? "" : `\n      ${fault}`}\n`,
  );
}
mkdirSync("dist/results", { recursive: true });
writeFileSync("dist/results/e2e.json", JSON.stringify(results, null, 2));
const failed = results.filter(({ ok }) => !ok).length;
process.stdout.write(`end to end: ${results.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;
