import type { ChainConfig, DeviceFacts } from "@agentkeys/common/chain";
import type { DelegationDomain } from "@agentkeys/common/delegation";
import type { Hex } from "@agentkeys/common/identity";

export interface TransactionRef {
  hash: string;
  block: number;
  action: string;
  explorer?: string;
}

export interface AgentDevice {
  deviceKeyHash: Hex;
  actorOmni: Hex;
  /** Segments by which the actor derives from the operator. */
  actorPath: readonly string[];
  pop: string;
}

export interface ScopeEntry {
  actorOmni: Hex;
  services: Hex[];
  readOnly: boolean;
}

export interface ScopeState {
  services: Hex[];
  readOnly: boolean;
  isSet: boolean;
}

/**
 * The chain as the controllers see it. Every fault is `chain_rpc_error`; a write resolves once it is mined, and without a wallet
 * it is refused.
 */
export interface ChainWriter {
  readonly operatorOmni: Hex;
  /** Whether there is a wallet to write with. */
  readonly canWrite: boolean;
  /** Where calls go. */
  readonly target: Pick<ChainConfig, "chainId" | "contracts">;
  /** Link of a transaction, where the chain has an explorer. */
  explorerOf(hash: string): string | undefined;
  readonly domain: DelegationDomain;
  device(deviceKeyHash: Hex): Promise<DeviceFacts | null>;
  scope(actorOmni: Hex): Promise<ScopeState>;
  registerMaster(deviceKeyHash: Hex): Promise<TransactionRef>;
  /** Batched with others asked for at the same time. */
  registerAgent(device: AgentDevice): Promise<TransactionRef>;
  setScope(entry: ScopeEntry): Promise<TransactionRef>;
  revokeScope(actorOmni: Hex): Promise<TransactionRef>;
  revokeDevice(deviceKeyHash: Hex): Promise<TransactionRef>;
  close(): void;
}
