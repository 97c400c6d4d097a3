/** Options that several commands share. */
import type { OptionSpecs } from "./command.ts";

export const COMMON_OPTIONS = {
  json: { type: "boolean", description: "answer in JSON, for programs" },
  help: { type: "boolean", short: "h", description: "show this help" },
} as const satisfies OptionSpecs;

export const NAMESPACE_OPTION = {
  namespace: {
    type: "string",
    short: "n",
    default: "agentkeys-system",
    value: "<name>",
    description: "where AgentKeys is installed",
  },
} as const satisfies OptionSpecs;

export const CHAIN_OPTIONS = {
  ...NAMESPACE_OPTION,
  "chain-file": { type: "string", value: "<file>", description: "chain.json to use instead of the cluster's ConfigMap agentkeys-chain" },
  chain: {
    type: "string",
    value: "<name>",
    description: "chain kept as `chains/<name>.json` beside your keys (`chain deploy --name`), instead of the cluster's",
  },
  "rpc-url": { type: "string", value: "<url>", description: "RPC to use instead of those of the chain file" },
} as const satisfies OptionSpecs;

export const KEY_OPTIONS = {
  "wallet-file": {
    type: "string",
    value: "<file>",
    description: "wallet to use instead of the one of `agentkeys init`: 32 bytes, their hex, or a keystore (Web3 Secret Storage)",
  },
  "password-file": { type: "string", value: "<file>", description: "password of the keystore, instead of asking for it" },
} as const satisfies OptionSpecs;

export const WALLET_OPTIONS = {
  ...KEY_OPTIONS,
  browser: { type: "boolean", description: "sign with the wallet in your browser, on a page this command serves on loopback" },
  evaluation: {
    type: "boolean",
    description: "use the wallet of Secret agentkeys-wallet (evaluation profile; needs the right to read it)",
  },
} as const satisfies OptionSpecs;

export const RELAY_OPTION = {
  relay: {
    type: "string",
    value: "<url>",
    description: "sign only, and let this relay bring it to the chain and pay",
  },
} as const satisfies OptionSpecs;
