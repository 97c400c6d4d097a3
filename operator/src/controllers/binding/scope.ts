import type { DeviceFacts } from "@agentkeys/common/chain";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { RESYNC_ANNOTATION, type AgentKeysBinding, type AppliedScope } from "../../api/types.ts";
import type { ScopeState, TransactionRef } from "../../chain/index.ts";
import { planScope, scopeHash, type AcceptedService, type Verdict } from "../../domain/index.ts";
import type { BindingContext } from "./context.ts";

export interface ScopeOutcome {
  verdict: Verdict;
  /** Hashes of the services the chain grants now. */
  granted: ReadonlySet<Hex>;
  applied?: AppliedScope;
  transaction?: TransactionRef;
}

const MESSAGES = {
  InSync: "The chain grants what the binding asks for",
  RevokedOnChain:
    "The scope was revoked on chain by somebody else and is not granted again: change the binding or set annotation agentkeys.io/resync to a new value",
  ChangedOnChain:
    "The scope was changed on chain by somebody else and is left alone: change the binding or set annotation agentkeys.io/resync to a new value",
  NotWritten: "The chain grants something else and scope.management does not let the operator write",
  OutOfSync: "The scope was written but the chain does not show it yet",
} as const;

/** Compares the scope on chain with the accepted services and writes the difference when it may. */
export async function reconcileScope(
  context: BindingContext,
  of: { binding: AgentKeysBinding; actorOmni: Hex; device: DeviceFacts; accepted: readonly AcceptedService[] },
): Promise<ScopeOutcome> {
  const { binding, actorOmni, device, accepted } = of;
  const wanted: ScopeState = {
    services: accepted.map(({ service }) => serviceHash(service.name)),
    readOnly: binding.spec.readOnly ?? true,
    isSet: accepted.length > 0,
  };
  const resync = binding.metadata.annotations?.[RESYNC_ANNOTATION];
  const generation = binding.metadata.generation ?? 0;
  const question = {
    management: binding.spec.scope?.management ?? ("Sync" as const),
    wanted,
    generation,
    deviceRegisteredAt: device.registeredAt,
    resync,
    applied: binding.status?.applied,
  };
  let state = await context.chain.scope(actorOmni);
  let plan = planScope({ ...question, chain: state });
  let transaction: TransactionRef | undefined;
  if (plan.shouldWrite) {
    transaction = wanted.isSet
      ? await context.chain.setScope({ actorOmni, services: wanted.services, readOnly: wanted.readOnly })
      : await context.chain.revokeScope(actorOmni);
    state = await context.chain.scope(actorOmni);
    plan = { ...planScope({ ...question, chain: state }), shouldWrite: false };
  }
  const applied = nextApplied(binding.status?.applied, plan.reason === "InSync", {
    generation,
    scopeHash: scopeHash(state),
    deviceRegisteredAt: device.registeredAt,
    ...(resync === undefined ? {} : { resync }),
    ...(transaction === undefined ? {} : { transaction: transaction.hash }),
  });
  return {
    verdict: {
      type: "ScopeInSync",
      status: plan.reason === "InSync" ? "True" : "False",
      reason: plan.reason,
      message: MESSAGES[plan.reason],
    },
    granted: new Set(state.isSet ? state.services : []),
    ...(applied === undefined ? {} : { applied }),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

function nextApplied(known: AppliedScope | undefined, isInSync: boolean, fresh: AppliedScope): AppliedScope | undefined {
  if (!isInSync) return known;
  const last = fresh.transaction ?? known?.transaction;
  return last === undefined ? fresh : { ...fresh, transaction: last };
}
