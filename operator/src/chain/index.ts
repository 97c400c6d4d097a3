/**
 * Writes devices and scopes with the master wallet and reads them back. Must not know Kubernetes.
 */
export { Batcher } from "./batcher.ts";
export type { AgentDevice, ChainWriter, ScopeEntry, ScopeState, TransactionRef } from "./port.ts";
export { popOf } from "@agentkeys/common/delegation";
export { seenTransaction } from "./seen.ts";
export { attestationOf, openChainWriter, type OperatorWallet } from "./writer.ts";
