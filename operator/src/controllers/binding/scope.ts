import type { Action } from "@agentkeys/contracts/calls";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { RESYNC_ANNOTATION, type AgentKeysBinding, type AppliedScope, type ScopeManagement } from "../../api/types.ts";
import type { ScopeState, TransactionRef } from "../../chain/index.ts";
import { planScope, scopeHash, type AcceptedService, type Verdict } from "../../domain/index.ts";
import type { BindingContext } from "./context.ts";
import { reasonOf } from "./status.ts";

export interface ScopeOutcome {
  verdict: Verdict;
  /** Hashes of the services the chain grants now. */
  granted: ReadonlySet<Hex>;
  applied?: AppliedScope;
  transaction?: TransactionRef;
  /** The write that leads to what the chain holds now. */
  inForce?: Action;
  /** What the master wallet has to sign. */
  proposed: readonly Action[];
}

/** Somebody else decided so, and the operator leaves it. */
const TAKEN = ["RevokedOnChain", "ChangedOnChain"];

const MESSAGES = {
  InSync: "The chain grants what the binding asks for",
  RevokedOnChain:
    "The scope was revoked on chain by somebody else and is not granted again: change the binding or set annotation agentkeys.io/resync to a new value",
  ChangedOnChain:
    "The scope was changed on chain by somebody else and is left alone: change the binding or set annotation agentkeys.io/resync to a new value",
  NotWritten: "The chain grants something else and scope.management does not let the operator write",
  ProposalPending: "The chain grants something else than the binding asks for",
  OutOfSync: "The scope was written but the chain does not show it yet",
} as const;

/** Compares the scope on chain with the accepted services and writes the difference when it may. */
export async function reconcileScope(
  context: BindingContext,
  of: {
    binding: AgentKeysBinding;
    actorOmni: Hex;
    /** 0 while the device is not on chain. */
    deviceRegisteredAt: number;
    accepted: readonly AcceptedService[];
    management: ScopeManagement;
    command: string;
  },
): Promise<ScopeOutcome> {
  const { binding, actorOmni, deviceRegisteredAt, accepted, management } = of;
  const wanted: ScopeState = {
    services: accepted.map(({ service }) => serviceHash(service.name)),
    readOnly: binding.spec.readOnly ?? true,
    isSet: accepted.length > 0,
  };
  const resync = binding.metadata.annotations?.[RESYNC_ANNOTATION];
  const generation = binding.metadata.generation ?? 0;
  const question = {
    management,
    wanted,
    generation,
    deviceRegisteredAt,
    resync,
    applied: binding.status?.applied,
    wasTaken: TAKEN.includes(reasonOf(binding, "ScopeInSync") ?? ""),
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
    deviceRegisteredAt,
    ...(resync === undefined ? {} : { resync }),
    ...(transaction === undefined ? {} : { transaction: transaction.hash }),
  });
  return {
    verdict: {
      type: "ScopeInSync",
      status: plan.reason === "InSync" ? "True" : "False",
      reason: plan.reason,
      message: plan.reason === "ProposalPending" ? `${MESSAGES[plan.reason]}: run ${of.command}` : MESSAGES[plan.reason],
    },
    proposed: plan.reason === "ProposalPending" ? [actionOf(wanted, { operatorOmni: context.chain.operatorOmni, actorOmni })] : [],
    inForce: actionOf(state, { operatorOmni: context.chain.operatorOmni, actorOmni }),
    granted: new Set(state.isSet ? state.services : []),
    ...(applied === undefined ? {} : { applied }),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

function actionOf({ services, readOnly, isSet }: ScopeState, who: { operatorOmni: Hex; actorOmni: Hex }): Action {
  return isSet ? { kind: "SetScope", ...who, services, readOnly } : { kind: "RevokeScope", ...who };
}

function nextApplied(known: AppliedScope | undefined, isInSync: boolean, fresh: AppliedScope): AppliedScope | undefined {
  if (!isInSync) return known;
  const last = fresh.transaction ?? known?.transaction;
  return last === undefined ? fresh : { ...fresh, transaction: last };
}
