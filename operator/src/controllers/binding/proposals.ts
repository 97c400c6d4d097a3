import { callId, encodeActions, wordsOf, type Action, type Call } from "@agentkeys/contracts/calls";
import type { Hex } from "@agentkeys/common/identity";
import type { AgentKeysBinding, ProposalStatus } from "../../api/types.ts";
import type { TransactionRef } from "../../chain/index.ts";
import { agentOf } from "../../domain/index.ts";
import type { BindingContext } from "./context.ts";

/** Roles of the operator's own device; the registry has no other use of them than the right to mint caps. */
const MASTER_ROLES = 7;

/** The actions as transactions to sign, oldest need first, each with its words. */
export function proposalsOf(
  context: Pick<BindingContext, "chain">,
  binding: AgentKeysBinding,
  actorOmni: Hex,
  actions: readonly Action[],
): ProposalStatus[] {
  const agents = new Map([[actorOmni, `${binding.metadata.namespace ?? ""}/${agentOf(binding)}`]]);
  const services = binding.spec.services.map(({ name }) => name);
  return actions.flatMap((action) =>
    callsOf(context, action).map((call) => ({
      id: callId(call),
      action: action.kind,
      words: wordsOf(action, { agents, services }),
      ...call,
    })),
  );
}

/** The calls of one action. */
export function callsOf({ chain }: Pick<BindingContext, "chain">, action: Action): Call[] {
  return encodeActions([action], chain.target);
}

/**
 * What must be on chain before anything of the binding can be: the operator's own device, whose registration binds the master
 * wallet. Nothing once it is there.
 */
export async function bootstrapActions(context: BindingContext): Promise<Action[]> {
  const { chain, awaitedMaster } = context;
  if (awaitedMaster.deviceKeyHash === null) return [];
  if ((await chain.device(awaitedMaster.deviceKeyHash)) !== null) {
    awaitedMaster.deviceKeyHash = null;
    return [];
  }
  const { operatorOmni } = chain;
  return [{ kind: "RegisterMaster", deviceKeyHash: awaitedMaster.deviceKeyHash, operatorOmni, roles: MASTER_ROLES }];
}

/** The command that signs what a binding waits for. */
export function applyCommand({ metadata }: AgentKeysBinding): string {
  return `agentkeys apply ${metadata.namespace ?? ""}/${metadata.name}`;
}

/** Tells each proposal that the chain has taken since the last look. */
export function recordApplied(
  context: BindingContext,
  binding: AgentKeysBinding,
  of: { proposals: readonly ProposalStatus[]; isApplied: (proposal: ProposalStatus) => boolean },
): void {
  const open = new Set(of.proposals.map(({ id }) => id));
  for (const proposal of binding.status?.proposals ?? []) {
    if (open.has(proposal.id) || !of.isApplied(proposal)) continue;
    const note = `On chain now: ${proposal.words}`;
    context.record(binding, { type: "Normal", reason: "ProposalApplied", action: "Propose", note });
  }
}

/** Takes the transactions of others that the chain's events named for a binding. */
export function takeSeen({ seen }: BindingContext, key: string): TransactionRef[] {
  const found = seen.get(key) ?? [];
  seen.delete(key);
  return found;
}
