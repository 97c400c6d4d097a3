import { auditStoreSettings, file, loadConfig, logLevel, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { AuditStoreConfig } from "@agentkeys/common/audit-store";
import type { LogLevel } from "@agentkeys/common/log";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the auditor. */
export interface AuditorConfig extends AuditStoreConfig {
  adminListen: number;
  chainFile: string;
  walletFile: string;
  caFile: string;
  rootIntervalSeconds: number;
  logLevel: LogLevel;
}

export const auditorConfig: ConfigDefinition = {
  service: "auditor",
  required: ["auditBucket"],
  properties: {
    adminListen: port("Port of health and metrics", 9464),
    chainFile: file("Chain and contract addresses", "/etc/agentkeys/chain/chain.json"),
    walletFile: file("The auditor's wallet: 32 bytes, raw or as hex", "/etc/agentkeys/wallet/privateKey"),
    caFile: file("Trust bundle, PEM; read where auditEndpoint names a store", "/etc/agentkeys/trust/ca.crt"),
    rootIntervalSeconds: {
      type: "integer",
      description: "How often what is new becomes a tree whose root goes on chain",
      default: 180,
      minimum: 1,
      maximum: 86_400,
    },
    ...auditStoreSettings,
    logLevel,
  },
};

/** Reads the auditor's configuration; throws `config_invalid`. */
export function readAuditorConfig(context: ProcessContext): Readonly<AuditorConfig> {
  return loadConfig<AuditorConfig>(auditorConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
