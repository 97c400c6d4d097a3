/**
 * What the chain says about devices, scopes and the key epoch (protocol §7). Reads only; must not know who asks.
 */
export { parseChainConfig } from "./config.ts";
export { FailoverProvider, type FailoverOptions } from "./failover-provider.ts";
export { combineFinality } from "./finality.ts";
export { countRpcFaults, type RpcFaultCount } from "./metrics.ts";
export { CHAIN_PROFILES, FINALITIES, profileOf, type ChainProfile, type Finality } from "./profiles.ts";
export { openChainReader, type ChainReaderOptions } from "./reader.ts";
export { RPC_FAULTS, RpcFault, type RpcFaultReason } from "./rpc-fault.ts";
export { LOG_BLOCKS_AT_ONCE, providerFor } from "./rpc.ts";
export {
  ROLE_CAP_MINT,
  TIER_AGENT,
  TIER_MASTER,
  type CapFacts,
  type CapQuestion,
  type ChainConfig,
  type ChainEvent,
  type ChainReader,
  type ContractAddresses,
  type DeviceFacts,
} from "./types.ts";
export { watchChain, type ChainChange, type ChainWatchDeps } from "./watch.ts";
