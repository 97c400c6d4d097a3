/**
 * Measures speed and memory against budgets and peers: `make bench`, or `node bench/run.ts [--json] [part…]`. Every process under
 * measurement has one core, the load and all else the other. A run of every part writes docs/reference/performance.md.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "../e2e/lib/certificate.ts";
import { LOAD_CORE } from "./lib/process.ts";
import { writeReport } from "./lib/report.ts";
import { textOf, type Row, type Say } from "./lib/rows.ts";
import { bundle, installTools } from "./lib/tools.ts";
import { measureCaps } from "./parts/caps.ts";
import { measureCluster } from "./parts/cluster.ts";
import { measureDataPath } from "./parts/data-path.ts";
import { measureStart } from "./parts/start.ts";
import { measureWebhook } from "./parts/webhook.ts";

const args = process.argv.slice(2);
const isJson = args.includes("--json");
const wanted = args.filter((arg) => !arg.startsWith("--"));
// Standard output is the program's answer; progress is not.
const say: Say = (text) => void process.stderr.write(`  ${text}\n`);

if (cpus().length < 2) throw new Error("The benchmark needs two cores: one for what is measured, one for the load");
installTools(say);
say("bundling");
await bundle();
execFileSync("taskset", ["-a", "-cp", LOAD_CORE, String(process.pid)], { stdio: "ignore" });

const folder = mkdtempSync(join(tmpdir(), "agentkeys-bench-"));
const { certFile: cert, keyFile: key } = makeCertificate(["DNS:upstream.test", "DNS:localhost", "IP:127.0.0.1"], folder);
const tls = { cert, key };
const parts: Record<string, () => Promise<Row[]>> = {
  "data-path": () => measureDataPath(folder, tls, say),
  start: () => measureStart(tls.cert),
  caps: () => measureCaps(folder, tls, say),
  webhook: () => measureWebhook(tls, say),
  cluster: () => measureCluster(say),
};
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) throw new Error(`There is no part ${unknown}: choose of ${Object.keys(parts).join(", ")}`);

const measured: Record<string, Row[]> = {};
try {
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    say(`measuring ${name}`);
    try {
      measured[name] = await measure();
    } catch (fault) {
      // One part that fails must not cost the figures of the others.
      measured[name] = [
        { what: name, value: `not measured: ${(fault instanceof Error ? fault.message : String(fault)).split("\n")[0] ?? ""}` },
      ];
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
mkdirSync("dist/results", { recursive: true });
writeFileSync("dist/results/bench.json", JSON.stringify(measured, null, 2));
if (wanted.length === 0) writeReport(measured);
process.stdout.write(isJson ? `${JSON.stringify(measured)}\n` : `${textOf(Object.values(measured).flat())}\n`);
