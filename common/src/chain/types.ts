import type { Hex } from "../identity/index.ts";
import type { Finality } from "./profiles.ts";

/** Addresses of a deployment, 0x + 40 hex. */
export interface ContractAddresses {
  registry: string;
  scope: string;
  epoch: string;
  lens: string;
  /** Roots of the audit trees; absent where none are kept. */
  audit?: string;
  /** ERC-2771 forwarder that registry and scope trust; absent when they trust none. */
  forwarder?: string;
}

/** One chain and the contracts on it, as kept in `chain.json`. */
export interface ChainConfig {
  profile: string;
  chainId: number;
  /** Tried in order when one fails; all are asked at once when `quorum` is more than 1. */
  rpcUrls: string[];
  /** A grant counts only if it is in force at this tag too; `latest` when absent. */
  finality?: Finality;
  /** How many RPC URLs must agree on the facts; 1 when absent. */
  quorum?: number;
  /** Facts of a block older than this are a fault; absent: no check. */
  maxAgeSeconds?: number;
  /** Link of a transaction with `{hash}` in it. */
  explorerTxUrl?: string;
  /** Link of an address with `{address}` in it. */
  explorerAddressUrl?: string;
  /** ENS on this chain, for the name of a wallet; decides nothing. */
  ens?: { registry: string };
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

/** Everything a cap check needs. `device` is null when it is not registered, or not finally yet. */
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
  /** Key epoch, 1..255; of a view that is too old it is a fault. */
  currentEpoch(): Promise<number>;
  /** Head of the chain; a head that is too old is a fault. */
  blockNumber(): Promise<number>;
  /** Events of our contracts in a block range, both ends included, oldest first. */
  events(fromBlock: number, toBlock: number): Promise<ChainEvent[]>;
  close(): void;
}

export const TIER_MASTER = 1;
export const TIER_AGENT = 2;
export const ROLE_CAP_MINT = 1;
