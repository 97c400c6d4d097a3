import { file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import type { LogLevel } from "@agentkeys/common/log";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the operator. */
export interface OperatorConfig {
  listen: number;
  adminListen: number;
  namespace: string;
  deviceNamespace: string;
  podName: string;
  clusterName: string;
  evaluation: boolean;
  rpcUrl: string;
  chainFile: string;
  walletFile: string;
  walletAddress: string;
  auditorKeyFile: string;
  brokerUrl: string;
  workerUrl: string;
  publicUrl: string;
  kubeconfig: string;
  concurrency: number;
  logLevel: LogLevel;
}

export const operatorConfig: ConfigDefinition = {
  service: "operator",
  required: ["namespace", "deviceNamespace", "podName", "brokerUrl", "workerUrl", "publicUrl"],
  properties: {
    listen: port("TLS port of enrolment and policies", 8443),
    adminListen: port("Port of health and metrics", 9464),
    namespace: { type: "string", description: "Namespace of the release", minLength: 1 },
    deviceNamespace: { type: "string", description: "Namespace that holds the device keys (K10) and nothing else", minLength: 1 },
    podName: { type: "string", description: "Name of this replica in elections and events", minLength: 1 },
    clusterName: {
      type: "string",
      description: "Name of the cluster; part of every actor's identity, never change it",
      default: "default",
    },
    evaluation: { type: "boolean", description: "Deploy the contracts on the development chain at rpcUrl", default: false },
    rpcUrl: { type: "string", description: "RPC of the development chain (evaluation only)", default: "http://agentkeys-chain:8545" },
    chainFile: file("Chain and contract addresses (not read in evaluation)", "/etc/agentkeys/chain/chain.json"),
    walletFile: file("Master wallet, 32 raw bytes or hex", "/etc/agentkeys/wallet/privateKey"),
    walletAddress: {
      type: "string",
      description: "Address of a master wallet that others sign with: no key is read, what has to be written is proposed",
      pattern: "^(0x[0-9a-fA-F]{40})?$",
      default: "",
    },
    auditorKeyFile: { type: "string", description: "Key of the auditor to name on the development chain (evaluation only)", default: "" },
    brokerUrl: origin("Origin of the broker; its publicUrl"),
    workerUrl: origin("Origin of the creds-worker; its publicUrl"),
    publicUrl: origin("Origin that sidecars put into proofs (htu)"),
    kubeconfig: { type: "string", description: "Kubeconfig file; empty inside a cluster", default: "" },
    concurrency: { type: "integer", description: "Bindings worked on at the same time", default: 16, minimum: 1, maximum: 64 },
    logLevel,
  },
};

/** Reads the operator's configuration; throws `config_invalid`. */
export function readOperatorConfig(context: ProcessContext): Readonly<OperatorConfig> {
  return loadConfig<OperatorConfig>(operatorConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
