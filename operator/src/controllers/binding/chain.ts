import { callId, type Action } from "@agentkeys/contracts/calls";
import { actorPath, type AgentName, type Hex } from "@agentkeys/common/identity";
import type { AgentKeysBinding, AppliedScope, ProposalStatus } from "../../api/types.ts";
import type { TransactionRef } from "../../chain/index.ts";
import { managementOf, type AcceptedService, type Verdict } from "../../domain/index.ts";
import type { DeviceKey } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";
import { reconcileDevice, type DeviceOutcome } from "./device.ts";
import { applyCommand, bootstrapActions, callsOf, proposalsOf } from "./proposals.ts";
import { reconcileScope, type ScopeOutcome } from "./scope.ts";
import { reasonOf } from "./status.ts";

/** What the chain holds of a binding after a look at it. */
export interface ChainOutcome {
  device: Verdict;
  scope: Verdict;
  /** Hashes of the services the chain grants now. */
  granted: ReadonlySet<Hex>;
  transactions: readonly (TransactionRef | undefined)[];
  proposals: readonly ProposalStatus[];
  /** Whether the chain shows what a proposal of the last look asked for. */
  isApplied: (proposal: ProposalStatus) => boolean;
  applied: AppliedScope | undefined;
}

/** Brings device and scope of a binding onto the chain as its `scope.management` allows: writes, proposes or only looks. */
export async function reconcileChain(
  context: BindingContext,
  of: { binding: AgentKeysBinding; key: DeviceKey; actorOmni: Hex; name: AgentName; accepted: readonly AcceptedService[] },
): Promise<ChainOutcome> {
  const { binding, key, actorOmni, accepted } = of;
  const management = managementOf(binding, context.chain.canWrite);
  const command = applyCommand(binding);
  const wasRevoked = binding.status?.deviceKeyHash === key.deviceKeyHash && reasonOf(binding, "DeviceRegistered") === "DeviceRevoked";
  const device = await reconcileDevice(context, { key, actorOmni, actorPath: actorPath(of.name), management, command, wasRevoked });
  // One visit of the person with the wallet is enough: a scope does not wait for the device to be proposed.
  const isReady = device.verdict.status === "True" || device.proposed.length > 0;
  const deviceRegisteredAt = device.facts?.registeredAt ?? 0;
  const scope = isReady
    ? await reconcileScope(context, { binding, actorOmni, deviceRegisteredAt, accepted, management, command })
    : notReady(device);
  const needed = [...device.proposed, ...scope.proposed];
  const actions: Action[] = needed.length === 0 ? [] : [...(await bootstrapActions(context)), ...needed];
  const applied = scope.applied ?? binding.status?.applied;
  return {
    device: device.verdict,
    scope: scope.verdict,
    granted: scope.granted,
    transactions: [device.transaction, scope.transaction],
    proposals: proposalsOf(context, binding, actorOmni, actions),
    isApplied: ({ id, action }) => {
      if (action === "RegisterMaster" || action === "RegisterDevice") return device.verdict.status === "True";
      return scope.inForce !== undefined && callsOf(context, scope.inForce).some((call) => callId(call) === id);
    },
    applied,
  };
}

function notReady({ verdict }: DeviceOutcome): ScopeOutcome {
  return {
    verdict: { type: "ScopeInSync", status: "False", reason: "DeviceNotReady", message: verdict.message },
    granted: new Set(),
    proposed: [],
  };
}
