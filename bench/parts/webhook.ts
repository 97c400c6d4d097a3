/** Reviews a second of the webhook's app on one core, its caches warm, for pods of about 12 KB. */
import { readFileSync } from "node:fs";
import { Pool } from "undici";
import { percentile, saturate } from "../lib/load.ts";
import { IMAGE_FLAGS, MEASURED_CORE, memoryOf, startNode } from "../lib/process.ts";
import { memoryRow, type Row, type Say } from "../lib/rows.ts";
import { peerFile } from "../lib/tools.ts";

const LANES = 8;
const SECONDS = 8;
const CONTAINERS = 3;
const VARIABLES = 40;

/** A review of a pod as busy teams write them: some containers with many variables. */
function aReview(namespace: string): string {
  const env = Array.from({ length: VARIABLES }, (_, index) => ({
    name: `APPLICATION_SETTING_${index}`,
    value: `value-${index}-${"x".repeat(32)}`,
  }));
  const containers = Array.from({ length: CONTAINERS }, (_, index) => ({
    name: `container-${index}`,
    image: `registry.example/team/application-${index}:1.2.3`,
    env,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  }));
  const metadata = { name: "bench", namespace, labels: { app: "bench" }, annotations: { "agentkeys.io/binding": "research" } };
  const object = { apiVersion: "v1", kind: "Pod", metadata, spec: { containers, volumes: [{ name: "data", emptyDir: {} }] } };
  const request = { uid: "bench", kind: { group: "", version: "v1", kind: "Pod" }, operation: "CREATE", namespace, object };
  return JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
}

/** Asks for reviews on eight connections as fast as they are answered; an answer that injects nothing is a fault. */
export async function measureWebhook(tls: { cert: string; key: string }, say: Say): Promise<Row[]> {
  const webhook = await startNode(MEASURED_CORE, [...IMAGE_FLAGS, peerFile("webhook"), tls.cert, tls.key], /ready (\d+)/);
  const pool = new Pool(`https://localhost:${webhook.port}`, { connections: LANES, connect: { ca: readFileSync(tls.cert) } });
  const reviews = Array.from({ length: 100 }, (_, index) => aReview(`team-${index}`));
  let next = 0;
  const one = async (): Promise<void> => {
    const body = reviews[(next += 1) % reviews.length] ?? "";
    const answer = await pool.request({ method: "POST", path: "/mutate-pods", headers: { "content-type": "application/json" }, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200 || !text.includes('"patch":')) throw new Error(`the webhook answered ${answer.statusCode} ${text}`);
  };
  try {
    await saturate(LANES, 3, one);
    say("webhook warm");
    const { rate, times } = await saturate(LANES, SECONDS, one);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const size = `${Math.round((reviews[0]?.length ?? 0) / 1000)} KB`;
    return [
      {
        what: `webhook, reviews of ${size} on one core`,
        value: `${Math.round(rate)} reviews/s`,
        budget: "≥ 1,500 reviews/s",
        isMet: rate >= 1500,
      },
      {
        what: `webhook, latency with ${LANES} reviews asked for at once`,
        value: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
        budget: "p99 ≤ 20 ms",
        isMet: p99 <= 20,
      },
      memoryRow("webhook under that load, resident memory", [memoryOf(webhook.pid)], 96),
    ];
  } finally {
    await pool.close();
    await webhook.stop();
  }
}
