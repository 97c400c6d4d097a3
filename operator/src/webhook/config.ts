import { file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import type { LogLevel } from "@agentkeys/common/log";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the webhook. */
export interface WebhookConfig {
  listen: number;
  adminListen: number;
  image: string;
  imagePullPolicy: string;
  version: string;
  operatorUrl: string;
  brokerUrl: string;
  workerUrl: string;
  kubeconfig: string;
  tlsCertFile: string;
  tlsKeyFile: string;
  tlsCaFile: string;
  logLevel: LogLevel;
}

export const webhookConfig: ConfigDefinition = {
  service: "webhook",
  required: ["image", "operatorUrl", "brokerUrl", "workerUrl"],
  properties: {
    listen: port("TLS port", 9443),
    adminListen: port("Port of health and metrics", 9464),
    image: { type: "string", description: "Image of the injected proxy", minLength: 1 },
    imagePullPolicy: {
      type: "string",
      description: "Pull policy of the proxy",
      default: "IfNotPresent",
      enum: ["IfNotPresent", "Always", "Never"],
    },
    version: { type: "string", description: "Version written into the injected annotation", default: "0.1.0" },
    operatorUrl: origin("Operator as sidecars reach it"),
    brokerUrl: origin("Broker as sidecars reach it"),
    workerUrl: origin("Creds-worker as sidecars reach it"),
    kubeconfig: { type: "string", description: "Kubeconfig file; empty inside a cluster", default: "" },
    tlsCertFile: file("Server certificate, PEM", "/etc/agentkeys/tls/tls.crt"),
    tlsKeyFile: file("Server key, PEM", "/etc/agentkeys/tls/tls.key"),
    tlsCaFile: file("Trust bundle handed to sidecars, PEM", "/etc/agentkeys/tls/ca.crt"),
    logLevel,
  },
};

/** Reads the webhook's configuration; throws `config_invalid`. */
export function readWebhookConfig(context: ProcessContext): Readonly<WebhookConfig> {
  return loadConfig<WebhookConfig>(webhookConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
