/** Entry of the webhook; importing it does nothing. Holds no key but its TLS leaf. */
import { adminServer, listen } from "@agentkeys/common/http";
import { runService, type ProcessContext, type Running } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls } from "@agentkeys/common/tls";
import { randomBytes } from "node:crypto";
import { loadKubeConfig, openKubeApi } from "../kube/index.ts";
import { readWebhookConfig, type WebhookConfig } from "./config.ts";
import { liveLookup } from "./lookup.ts";
import { createWebhookApp } from "./server.ts";

async function start(config: Readonly<WebhookConfig>): Promise<Running> {
  const log = createLog({ component: "webhook", level: config.logLevel });
  const metrics = createMetrics("webhook", { processMetrics: true });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  const kube = openKubeApi(loadKubeConfig(config.kubeconfig === "" ? undefined : config.kubeconfig));
  const { image, imagePullPolicy, version, operatorUrl, brokerUrl, workerUrl } = config;
  const app = createWebhookApp({
    log,
    metrics,
    lookup: liveLookup(kube),
    settings: () => ({ image, imagePullPolicy, version, operatorUrl, brokerUrl, workerUrl, trustBundle: tls.current().ca }),
    newPlaceholder: () => `sk-agentkeys-${randomBytes(24).toString("base64url")}`,
  });
  const server = await listen(app, { port: config.listen, tls });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: () => [] });
  log.info("webhook is listening", { address: server.url });
  return {
    stop: async () => {
      await Promise.all([server.close(), admin.close(0)]);
      tls.close();
    },
  };
}

/** Runs the webhook until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readWebhookConfig, start }, context);
}
