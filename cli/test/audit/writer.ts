/** A process that records and sends rows as fast as it can, to be killed in the middle: `writer.ts <state folder> <url>`. */
import { createAuditMetrics, openTrail, type BatchAck } from "@agentkeys/common/audit-trail";
import { systemClock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient } from "@agentkeys/common/http";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";

const [stateDir = "", url = "", start = "0"] = process.argv.slice(2);
const client = createHttpClient();
const log = createLog({ component: "writer", level: "error", stream: process.stderr });
const running = openTrail({
  ...{ stateDir, clock: systemClock, log, random: Math.random, batchMs: 50 },
  of: { namespace: "team-a", pod: "pod-1" },
  metrics: createAuditMetrics(createMetrics("writer")),
  send: async ({ rows, ...head }, signal): Promise<BatchAck> => {
    const { status, body } = await client.json("POST", url, { lines: [JSON.stringify(head), ...rows].join("\n"), signal });
    if (status !== 200) throw new AgentKeysError("audit_unavailable");
    return body as BatchAck;
  },
});
const end = new AbortController();
void running.run(end.signal);
let n = Number(start);
const timer = setInterval(() => {
  for (let count = 0; count < 20; count += 1) running.trail.record("call", { n: (n += 1), service: "openai", binding: "agent" });
  process.stdout.write(`${n}\n`);
}, 10);
process.once("SIGTERM", () => {
  clearInterval(timer);
  end.abort();
  void running.stop(5000).then(() => process.exit(0));
});
