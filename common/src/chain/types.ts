import { AgentKeysError } from "../errors/index.ts";
import type { Hex } from "../identity/index.ts";

/** Addresses of a deployment, 0x + 40 hex. */
export interface ContractAddresses {
  registry: string;
  scope: string;
  epoch: string;
  lens: string;
}

/** One chain and the contracts on it, as kept in `chain.json`. */
export interface ChainConfig {
  profile: string;
  chainId: number;
  /** Tried in order when one fails. */
  rpcUrls: string[];
  /** Link of a transaction with `{hash}` in it. */
  explorerTxUrl?: string;
  contracts: ContractAddresses;
}

export interface DeviceFacts {
  operatorOmni: Hex;
  actorOmni: Hex;
  tier: number;
  roles: number;
  registeredAt: number;
  revoked: boolean;
}

/** Everything a cap check needs, read at one block. `device` is null when it was never registered. */
export interface CapFacts {
  device: DeviceFacts | null;
  /** The operator the actor belongs to; null before its first device. */
  actorOperator: Hex | null;
  inScope: boolean;
  readOnly: boolean;
  k3Epoch: number;
  blockNumber: number;
  blockTimestamp: number;
}

export interface CapQuestion {
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
  /** Service hash. */
  serviceHash: Hex;
}

export interface ChainEvent {
  kind: "DeviceRegistered" | "DeviceRevoked" | "ScopeUpdated" | "ScopeRevoked" | "K3Rotated" | "OperatorBootstrapped";
  operatorOmni?: Hex;
  actorOmni?: Hex;
  deviceKeyHash?: Hex;
  k3Epoch?: number;
  blockNumber: number;
  blockHash: string;
  transactionHash: string;
  logIndex: number;
}

/** Reads of the chain. Every fault is `chain_rpc_error`; a short or odd reply is a fault. */
export interface ChainReader {
  capFacts(question: CapQuestion): Promise<CapFacts>;
  currentEpoch(): Promise<number>;
  blockNumber(): Promise<number>;
  /** Events of our contracts in a block range, both ends included, oldest first. */
  events(fromBlock: number, toBlock: number): Promise<ChainEvent[]>;
  close(): void;
}

export const TIER_MASTER = 1;
export const TIER_AGENT = 2;
export const ROLE_CAP_MINT = 1;

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const CONTRACTS = ["registry", "scope", "epoch", "lens"] as const;

function isHttpUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

function problemsOf(config: Partial<ChainConfig>): string[] {
  const problems: string[] = [];
  if (typeof config.profile !== "string" || config.profile === "") problems.push("profile must be a text");
  if (!Number.isSafeInteger(config.chainId) || Number(config.chainId) < 1) problems.push("chainId must be a whole number from 1");
  const urls: unknown = config.rpcUrls;
  if (!Array.isArray(urls) || urls.length === 0 || !urls.every(isHttpUrl)) problems.push("rpcUrls must list http(s) URLs");
  const explorer: unknown = config.explorerTxUrl;
  if (explorer !== undefined && !(isHttpUrl(explorer) && explorer.includes("{hash}")))
    problems.push("explorerTxUrl must be an http(s) URL with {hash} in it");
  for (const name of CONTRACTS) {
    const address: unknown = config.contracts?.[name];
    if (typeof address !== "string" || !ADDRESS.test(address)) problems.push(`contracts.${name} must be an address`);
  }
  return problems;
}

/** Parses `chain.json`; throws `config_invalid` listing every problem. Unknown keys are left out, addresses become lower-case. */
export function parseChainConfig(text: string): ChainConfig {
  let config: Partial<ChainConfig> = {};
  let problems = ["not a JSON object"];
  try {
    config = JSON.parse(text) as Partial<ChainConfig>;
    problems = problemsOf(config);
  } catch {
    // reported below
  }
  if (problems.length > 0)
    throw new AgentKeysError("config_invalid", { message: `The chain file is invalid:\n  ${problems.join("\n  ")}` });
  const { profile, chainId, rpcUrls, explorerTxUrl, contracts } = config as ChainConfig;
  const lower = Object.fromEntries(CONTRACTS.map((name) => [name, contracts[name].toLowerCase()])) as unknown as ContractAddresses;
  return { profile, chainId, rpcUrls, ...(explorerTxUrl === undefined ? {} : { explorerTxUrl }), contracts: lower };
}
