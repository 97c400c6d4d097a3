/** Entry of the webhook; importing it does nothing. Holds no key but its TLS leaf. */
import { systemClock } from "@agentkeys/common/clock";
import { adminServer, listen } from "@agentkeys/common/http";
import { runService, type ProcessContext, type Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls, measureExpiry } from "@agentkeys/common/tls";
import { randomBytes } from "node:crypto";
import { loadKubeConfig, openKubeApi } from "../kube/index.ts";
import { readWebhookConfig, type WebhookConfig } from "./config.ts";
import { liveLookup, ReviewCaches } from "./lookup.ts";
import { createWebhookApp } from "./server.ts";

const LIVE_READ_MS = 2000;

async function start(config: Readonly<WebhookConfig>): Promise<Running> {
  const log = createLog({ component: "webhook", level: config.logLevel });
  const metrics = createMetrics("webhook", { processMetrics: true });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  measureExpiry(tls, { metrics, clock: systemClock });
  const kubeConfig = loadKubeConfig(config.kubeconfig === "" ? undefined : config.kubeconfig);
  const stop = new AbortController();
  const caches = new ReviewCaches({ api: openKubeApi(kubeConfig), clock: systemClock, log, random: Math.random });
  const following = caches.run(stop.signal);
  const { image, imagePullPolicy, version, operatorUrl, brokerUrl, workerUrl } = config;
  const app = createWebhookApp({
    log,
    metrics,
    clock: systemClock,
    cached: () => caches.lookup(),
    live: liveLookup(openKubeApi(kubeConfig, { callTimeoutMs: LIVE_READ_MS })),
    settings: () => ({ image, imagePullPolicy, version, operatorUrl, brokerUrl, workerUrl, trustBundle: tls.current().ca }),
    newPlaceholder: () => `sk-agentkeys-${randomBytes(24).toString("base64url")}`,
  });
  const server = await listen(app, { port: config.listen, tls });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: () => caches.missing });
  log.info("webhook is listening", { address: server.url });
  return {
    stop: async () => {
      await Promise.all([server.close(), admin.close(0)]);
      tls.close();
      stop.abort();
      await following;
    },
  };
}

/** Runs the webhook until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readWebhookConfig, start }, context);
}
