import { file, loadConfig, logLevel, port, type ConfigDefinition, type ConfigProperty } from "@agentkeys/common/config";
import type { LogLevel } from "@agentkeys/common/log";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the relay. */
export interface RelayConfig {
  listen: number;
  adminListen: number;
  chainFile: string;
  walletFile: string;
  stateDir: string;
  tlsCertFile: string;
  tlsKeyFile: string;
  wallets: string;
  perMinute: number;
  perDay: number;
  totalPerDay: number;
  queue: number;
  maxGas: number;
  batchGas: number;
  minDeadlineSeconds: number;
  maxDeadlineSeconds: number;
  minBalanceGwei: number;
  batchMs: number;
  replaceAfterMs: number;
  logLevel: LogLevel;
}

const whole = (description: string, value: number, [minimum, maximum]: [number, number]): ConfigProperty => ({
  type: "integer",
  description,
  default: value,
  minimum,
  maximum,
});

export const relayConfig: ConfigDefinition = {
  service: "relay",
  properties: {
    listen: port("Port of the relay", 8095),
    adminListen: port("Port of health and metrics", 9464),
    chainFile: file("Chain and contract addresses, a forwarder among them", "/etc/agentkeys/chain/chain.json"),
    walletFile: file("The relay's own wallet, which pays: 32 raw bytes or hex", "/etc/agentkeys/wallet/privateKey"),
    stateDir: {
      type: "string",
      description: "Folder of what was accepted; must outlive the process",
      default: "/var/lib/agentkeys",
      minLength: 1,
    },
    tlsCertFile: { type: "string", description: "Server certificate, PEM; empty where something in front ends TLS", default: "" },
    tlsKeyFile: { type: "string", description: "Server key, PEM", default: "" },
    wallets: {
      type: "string",
      description: "Addresses whose requests are carried, with commas between them; empty for every wallet",
      default: "",
      pattern: "^(0x[0-9a-fA-F]{40}(,0x[0-9a-fA-F]{40})*)?$",
    },
    perMinute: whole("Requests of one wallet in a minute", 10, [1, 10_000]),
    perDay: whole("Requests of one wallet in a day", 200, [1, 1_000_000]),
    totalPerDay: whole("Requests of all wallets in a day", 2000, [1, 10_000_000]),
    queue: whole("Requests that may wait to be sent", 500, [1, 100_000]),
    maxGas: whole("Most gas of one request", 3_000_000, [50_000, 30_000_000]),
    batchGas: whole("Most gas of one transaction", 12_000_000, [200_000, 60_000_000]),
    minDeadlineSeconds: whole("Least time a request must have left", 30, [1, 3600]),
    maxDeadlineSeconds: whole("Most time a request may have left", 3600, [60, 604_800]),
    minBalanceGwei: whole("Balance of the wallet, in gwei, below which nothing is accepted", 10_000_000, [0, 999_999_999_999_999]),
    batchMs: whole("How long requests are collected for one transaction", 500, [0, 60_000]),
    replaceAfterMs: whole("A transaction not mined for this long is replaced by a dearer one", 45_000, [1000, 3_600_000]),
    logLevel,
  },
};

/** Reads the relay's configuration; throws `config_invalid`. */
export function readRelayConfig(context: ProcessContext): Readonly<RelayConfig> {
  return loadConfig<RelayConfig>(relayConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
