/** The webhook's own app over TLS with warm caches; only the API server behind the caches is a stand-in in memory. */
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { systemClock } from "@agentkeys/common/clock";
import { listen } from "@agentkeys/common/http";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls } from "@agentkeys/common/tls";
import { RESOURCES } from "../../operator/src/kube/index.ts";
import { liveLookup, ReviewCaches } from "../../operator/src/webhook/lookup.ts";
import { createWebhookApp } from "../../operator/src/webhook/server.ts";
import { FakeKubeApi } from "../../operator/test/fakes/kube-api.ts";
import { aBinding, aService } from "../../operator/test/fakes/objects.ts";

const BINDINGS = 100;
const [cert = "", key = ""] = process.argv.slice(2);

const api = new FakeKubeApi();
for (const name of ["openai", "openrouter"]) await api.create(RESOURCES.services, aService(name, { preset: name }));
for (let index = 0; index < BINDINGS; index += 1) {
  const namespace = `team-${index}`;
  await api.create(RESOURCES.namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: {} } });
  await api.create(RESOURCES.bindings, aBinding({ services: [{ name: "openai" }, { name: "openrouter" }] }, { namespace }));
}

const log = createLog({ component: "webhook", level: "info", stream: createWriteStream("/dev/null") });
const caches = new ReviewCaches({ api, clock: systemClock, log, random: Math.random });
void caches.run(new AbortController().signal);
const tls = fileTls({ certFile: cert, keyFile: key, caFile: cert });
const service = (name: string): string => `https://agentkeys-${name}.agentkeys-system.svc`;
const settings = {
  image: "localhost/agentkeys:bench",
  imagePullPolicy: "IfNotPresent",
  version: "bench",
  operatorUrl: service("operator"),
  brokerUrl: service("broker"),
  workerUrl: service("creds-worker"),
  trustBundle: tls.current().ca,
};
const app = createWebhookApp({
  log,
  metrics: createMetrics("webhook"),
  clock: systemClock,
  cached: () => caches.lookup(),
  live: liveLookup(api),
  settings: () => settings,
  newPlaceholder: () => `sk-agentkeys-${randomBytes(24).toString("base64url")}`,
});
const server = await listen(app, { port: 0, tls });
while (caches.missing.length > 0) await systemClock.sleep(10);
process.stdout.write(`ready ${server.port}\n`);
