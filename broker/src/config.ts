import { auditStoreSettings, file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { LogLevel } from "@agentkeys/common/log";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the broker. Intervals are milliseconds. */
export interface BrokerConfig {
  listen: number;
  adminListen: number;
  publicUrl: string;
  chainFile: string;
  capKeyFile: string;
  tlsCertFile: string;
  tlsKeyFile: string;
  tlsCaFile: string;
  heartbeatMs: number;
  chainPollMs: number;
  recheckMs: number;
  ledgerUrlFile: string;
  ledgerFile: string;
  leaseMs: number;
  auditBucket: string;
  auditEndpoint: string;
  auditForcePathStyle: boolean;
  auditRegion: string;
  auditCredentialsFile: string;
  auditClient: string;
  logLevel: LogLevel;
}

export const brokerConfig: ConfigDefinition = {
  service: "broker",
  required: ["publicUrl"],
  properties: {
    listen: port("TLS port", 8091),
    adminListen: port("Port of health and metrics", 9464),
    publicUrl: origin("Origin that clients put into proofs (htu)"),
    chainFile: file("Chain and contract addresses", "/etc/agentkeys/chain/chain.json"),
    capKeyFile: file("K1, EC P-256 private key in PEM", "/etc/agentkeys/k1/k1.pem"),
    tlsCertFile: file("Server certificate, PEM", "/etc/agentkeys/tls/tls.crt"),
    tlsKeyFile: file("Server key, PEM", "/etc/agentkeys/tls/tls.key"),
    tlsCaFile: file("Trust bundle, PEM", "/etc/agentkeys/tls/ca.crt"),
    heartbeatMs: { type: "integer", description: "Interval of heartbeats", default: 15_000, minimum: 100, maximum: 30_000 },
    chainPollMs: { type: "integer", description: "Interval of reading chain events", default: 500, minimum: 50, maximum: 60_000 },
    recheckMs: {
      type: "integer",
      description: "Interval of re-reading every session's facts",
      default: 30_000,
      minimum: 500,
      maximum: 300_000,
    },
    ledgerUrlFile: {
      type: "string",
      description: "File that holds the URL of the budgets' PostgreSQL, `postgresql://…?sslmode=verify-full`; empty: ledgerFile",
      default: "",
    },
    ledgerFile: file("The budgets' ledger where there is no PostgreSQL, for one replica only", "/var/lib/agentkeys/ledger.db"),
    leaseMs: {
      type: "integer",
      description: "How long a sidecar may use a slice of a budget without hearing from the ledger",
      default: 120_000,
      minimum: 1000,
      maximum: 900_000,
    },
    ...auditStoreSettings,
    auditClient: file("URI name on the certificate of the creds-worker", "spiffe://agentkeys/creds-worker"),
    logLevel,
  },
};

/** Reads the broker's configuration; throws `config_invalid`. */
export function readBrokerConfig(context: ProcessContext): Readonly<BrokerConfig> {
  return loadConfig<BrokerConfig>(brokerConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
