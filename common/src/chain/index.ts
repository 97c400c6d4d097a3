/**
 * What the chain says about devices, scopes and the key epoch (protocol §7). Reads only; must not know who asks.
 */
export { openChainReader } from "./reader.ts";
export {
  parseChainConfig,
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
