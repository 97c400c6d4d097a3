/** How soon a bundled proxy listens, and what it holds in memory before its first call. */
import { readFileSync } from "node:fs";
import { IMAGE_FLAGS, MEASURED_CORE, memoryOf, startNode } from "../lib/process.ts";
import { percentile } from "../lib/load.ts";
import { memoryRow, type Row } from "../lib/rows.ts";

const TIMES = 10;
const SETTLE_MS = 2000;

/** Starts the image's own bundle again and again; nothing answers behind it, as in an outage. */
export async function measureStart(cert: string): Promise<Row[]> {
  const nowhere = "https://localhost:9";
  const env = {
    AGENTKEYS_SIDECAR_LISTEN: "0",
    AGENTKEYS_SIDECAR_ADMIN_LISTEN: "0",
    AGENTKEYS_SIDECAR_OPERATOR_URL: nowhere,
    AGENTKEYS_SIDECAR_BROKER_URL: nowhere,
    AGENTKEYS_SIDECAR_WORKER_URL: nowhere,
    AGENTKEYS_SIDECAR_TRUST_BUNDLE: readFileSync(cert, "utf8"),
    AGENTKEYS_SIDECAR_PLACEHOLDER: "sk-agentkeys-placeholder-of-the-benchmark",
    AGENTKEYS_SIDECAR_TOKEN_FILE: "/dev/null",
  };
  const starts: number[] = [];
  let memory = { resident: 0, own: 0 };
  for (let round = 0; round < TIMES; round += 1) {
    const running = await startNode(
      MEASURED_CORE,
      [...IMAGE_FLAGS, "dist/image/main.js", "sidecar"],
      /"sidecar is listening".*"port":(\d+)|"port":(\d+).*sidecar is listening/,
      env,
    );
    starts.push(running.startMs);
    if (round === 0) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      memory = memoryOf(running.pid);
    }
    await running.stop();
  }
  const startMs = percentile(starts, 0.5);
  return [
    {
      what: "sidecar, start of the process to listening, p50",
      value: `${startMs.toFixed(0)} ms`,
      budget: "≤ 300 ms",
      isMet: startMs <= 300,
    },
    memoryRow("sidecar idle, resident memory", [memory], 60),
  ];
}
