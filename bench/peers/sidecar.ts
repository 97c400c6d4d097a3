/** The sidecar's whole data path with its log, audit rows and metrics; only where policy and credential come from is fixed. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRow } from "@agentkeys/common/audit-rows";
import { createAuditMetrics, openTrail, type BatchAck, type OutgoingBatch } from "@agentkeys/common/audit-trail";
import { systemClock } from "@agentkeys/common/clock";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { createAuditLog } from "../../sidecar/src/audit/index.ts";
import { createCallerGuard } from "../../sidecar/src/caller/index.ts";
import { compilePolicy } from "../../sidecar/src/policy/index.ts";
import { createProxy } from "../../sidecar/src/proxy/index.ts";

const [cert = "", port = ""] = process.argv.slice(2);
const zero = `0x${"0".repeat(64)}` as const;
const policy = compilePolicy({
  version: "1",
  namespace: "bench",
  binding: "bench",
  agent: "bench",
  operatorOmni: zero,
  actorOmni: zero,
  deviceKeyHash: zero,
  placeholder: "Optional",
  suspended: false,
  services: [
    {
      name: "openai",
      hash: zero,
      upstream: `https://localhost:${port}`,
      auth: { type: "bearer" },
      methods: ["GET", "POST", "DELETE"],
      paths: ["/v1/**"],
      denyPaths: ["/v1/organization/**"],
      pathPrefix: "/v1",
      tls: { caBundle: readFileSync(cert, "utf8") },
      allowPrivateAddresses: true,
      allowInsecure: false,
      errorShape: "openai",
      limits: { requestsPerMinute: 1_000_000, requestsPerHour: 60_000_000, maxConcurrent: 10_000 },
    },
  ],
});
const credential = { secret: Secret.of("sk-bench-key"), expiresAtMs: Number.MAX_SAFE_INTEGER, version: "1" };
const log = createLog({ component: "sidecar", level: "info", stream: process.stdout });
const metrics = createMetrics("sidecar");
/** A broker that takes every batch at once. */
const takeAll = ({ stream, rows }: OutgoingBatch): Promise<BatchAck> => {
  const { sequence: last, hash } = readRow(rows.at(-1) ?? "");
  return Promise.resolve({ stream, last, hash });
};
const audit = openTrail({
  ...{ stateDir: mkdtempSync(join(tmpdir(), "agentkeys-bench-")), clock: systemClock, log, random: Math.random, batchMs: 5000 },
  of: { namespace: "bench", pod: "bench" },
  metrics: createAuditMetrics(metrics),
  send: takeAll,
  onRows: createAuditLog(process.stdout),
});
void audit.run(new AbortController().signal);
const proxy = await createProxy({
  policy: { current: () => policy, onChange: () => () => undefined },
  credentials: { get: () => Promise.resolve(credential), refetch: () => Promise.resolve(credential) },
  revocations: { onDrop: () => () => undefined },
  clock: systemClock,
  random: randomBytes,
  log,
  metrics,
  audit: audit.trail,
  placeholder: Secret.of("sk-agentkeys-placeholder-of-the-benchmark"),
  callerGuard: createCallerGuard({ readProcFile: (path) => readFile(path, "utf8") }),
  resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
  listenAddresses: ["127.0.0.1"],
}).listen({ port: 0 });
process.stdout.write(`ready ${proxy.port}\n`);
