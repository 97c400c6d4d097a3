import { auditBatchMs, file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import type { LogLevel } from "@agentkeys/common/log";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the creds-worker. It has no credentials of its own for the store. */
export interface WorkerConfig {
  listen: number;
  adminListen: number;
  publicUrl: string;
  brokerUrl: string;
  signerUrl: string;
  chainFile: string;
  tlsCertFile: string;
  tlsKeyFile: string;
  tlsCaFile: string;
  s3Endpoint: string;
  forcePathStyle: boolean;
  region: string;
  bucket: string;
  stateDir: string;
  auditBatchMs: number;
  pod: string;
  namespace: string;
  lazyCopy: boolean;
  logLevel: LogLevel;
}

export const workerConfig: ConfigDefinition = {
  service: "creds-worker",
  required: ["publicUrl", "brokerUrl", "signerUrl", "bucket"],
  properties: {
    listen: port("TLS port", 9094),
    adminListen: port("Port of health and metrics", 9464),
    publicUrl: origin("Origin that clients put into proofs (htu)"),
    brokerUrl: origin("Broker, whose JWKS verifies caps"),
    signerUrl: origin("Signer, for KEKs and storage sessions"),
    chainFile: file("Chain and contract addresses", "/etc/agentkeys/chain/chain.json"),
    tlsCertFile: file("Certificate of server and mTLS client, PEM", "/etc/agentkeys/tls/tls.crt"),
    tlsKeyFile: file("Its key, PEM", "/etc/agentkeys/tls/tls.key"),
    tlsCaFile: file("Trust bundle, PEM", "/etc/agentkeys/tls/ca.crt"),
    s3Endpoint: { type: "string", description: "Object store URL; empty for AWS's own", default: "", pattern: "^(https://.+)?$" },
    forcePathStyle: { type: "boolean", description: "Bucket in the path instead of the host name", default: false },
    region: { type: "string", description: "Region of the bucket", default: "us-east-1", minLength: 1 },
    bucket: { type: "string", description: "Bucket of credentials", minLength: 3 },
    lazyCopy: {
      type: "boolean",
      description: "Whether a wallet-keyed credential is copied to its actor's path when it is read",
      default: true,
    },
    stateDir: { type: "string", description: "Folder for audit rows on their way; empty keeps them in memory only", default: "" },
    auditBatchMs,
    pod: { type: "string", description: "This pod's name, in audit rows", default: "" },
    namespace: { type: "string", description: "Its namespace", default: "" },
    logLevel,
  },
};

/** Reads the worker's configuration; throws `config_invalid`. */
export function readWorkerConfig(context: ProcessContext): Readonly<WorkerConfig> {
  return loadConfig<WorkerConfig>(workerConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
