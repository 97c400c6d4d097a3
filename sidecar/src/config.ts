import { auditBatchMs, file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import type { LogLevel } from "@agentkeys/common/log";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** What a proxy is told wherever it runs. */
export interface ProxyConfig {
  /** Port on loopback. */
  listen: number;
  /** Null: health and metrics are served nowhere. */
  adminListen: number | null;
  adminHost: string;
  brokerUrl: string;
  workerUrl: string;
  trustBundle: string;
  placeholder: string;
  /** Port for workloads; absent: there is none. */
  mtlsListen?: number;
  mtlsHost?: string;
  mtlsNames?: string;
  workloadApi?: string;
  drainMs: number;
  stateDir: string;
  auditBatchMs: number;
  startWaitMs: number;
  logLevel: LogLevel;
}

/** Configuration of the sidecar of a pod, written by the webhook. */
export interface SidecarConfig extends ProxyConfig {
  adminListen: number;
  operatorUrl: string;
  tokenFile: string;
}

export const sidecarConfig: ConfigDefinition = {
  service: "sidecar",
  required: ["operatorUrl", "brokerUrl", "workerUrl", "trustBundle", "placeholder"],
  properties: {
    listen: port("Port of the proxy on loopback", 9090),
    adminListen: port("Port of health and metrics", 9091),
    adminHost: { type: "string", description: "Address of the admin port; the kubelet probes the pod's own", default: "0.0.0.0" },
    operatorUrl: origin("Operator, for enrolment and policy"),
    brokerUrl: origin("Broker, for caps and events"),
    workerUrl: origin("Creds-worker, for credentials"),
    tokenFile: file("Projected service account token", "/var/run/agentkeys/token"),
    trustBundle: { type: "string", description: "CA certificates of our services, PEM", minLength: 1 },
    placeholder: { type: "string", description: "What the agent holds in place of a key", minLength: 8 },
    mtlsListen: {
      type: "integer",
      description: "Port for workloads with an X.509-SVID; absent: there is none",
      minimum: 0,
      maximum: 65535,
    },
    mtlsHost: { type: "string", description: "Address of that port", default: "0.0.0.0", minLength: 1 },
    mtlsNames: {
      type: "string",
      description: "Names by which workloads reach it, besides loopback's; separated by commas",
      default: "",
      pattern: "^([A-Za-z0-9.:\\[\\]-]+(,[A-Za-z0-9.:\\[\\]-]+)*)?$",
    },
    workloadApi: {
      type: "string",
      description: "SPIFFE Workload API that the port's own X.509-SVID comes from",
      default: "",
      pattern: "^(unix:///.+)?$",
    },
    startWaitMs: {
      type: "integer",
      description: "Longest time that the first calls wait for enrolment and the broker",
      default: 15_000,
      minimum: 0,
      maximum: 60_000,
    },
    drainMs: {
      type: "integer",
      description: "Longest wait for requests under way at the end",
      default: 20_000,
      minimum: 0,
      maximum: 600_000,
    },
    stateDir: {
      type: "string",
      description: "Folder for what must outlive a restart; empty keeps it in memory only",
      default: "",
    },
    auditBatchMs,
    logLevel,
  },
};

/** Reads the sidecar's configuration; throws `config_invalid`. */
export function readSidecarConfig(context: ProcessContext): Readonly<SidecarConfig> {
  return loadConfig<SidecarConfig>(sidecarConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
