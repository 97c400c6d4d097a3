import type { ChainEvent } from "@agentkeys/common/chain";
import type { ChainWriter, TransactionRef } from "./port.ts";

const ACTIONS: Partial<Record<ChainEvent["kind"], string>> = {
  DeviceRegistered: "RegisterDevice",
  DeviceRevoked: "RevokeDevice",
  ScopeUpdated: "SetScope",
  ScopeRevoked: "RevokeScope",
};

/** A transaction that an event tells of, as a binding's status lists it. */
export function seenTransaction(
  chain: Pick<ChainWriter, "explorerOf">,
  { kind, transactionHash: hash, blockNumber: block }: ChainEvent,
): TransactionRef[] {
  const action = ACTIONS[kind];
  const explorer = chain.explorerOf(hash);
  return action === undefined ? [] : [{ hash, block, action, ...(explorer === undefined ? {} : { explorer }) }];
}
