import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { actorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { callId, decodeCall, wordsOf, type Action, type Call } from "@agentkeys/contracts/calls";
import type { BindingView } from "../kube/binding.ts";
import type { OperatorIdentity } from "../kube/identity.ts";

/** A transaction of a binding's status that may be signed: everything said of it was read from its calldata. */
export interface Proposal {
  id: Hex;
  /** `<namespace>/<name>` of the binding that asks. */
  binding: string;
  actorOmni: Hex;
  action: Action;
  words: string;
}

/**
 * The proposals of a binding. A status can be written by others than the operator, so nothing of it is believed: `call_refused` unless
 * the calldata is a write of this operator on this chain, for this binding's own agent, device and services, and is what its words say.
 */
export function judgeProposals(
  binding: BindingView,
  of: { chain: Pick<ChainConfig, "chainId" | "contracts">; identity: OperatorIdentity },
): Proposal[] {
  const { name, namespace } = binding.metadata;
  const { operatorOmni, clusterName } = of.identity;
  const agent = binding.spec?.agent ?? name;
  const actor = actorOmni({ operatorOmni, clusterName, namespace, agent });
  const names = { agents: new Map([[actor, `${namespace}/${agent}`]]), services: servicesOf(binding) };
  const given: unknown = binding.status?.proposals ?? [];
  if (!Array.isArray(given)) throw refuse(binding, "its proposals are no list");
  return given.map((entry: unknown) => {
    const { id, words, ...call } = shaped(binding, entry);
    const [action, ...more] = decodeCall(call, { chain: of.chain, operatorOmni });
    if (action === undefined || more.length > 0) throw refuse(binding, "a proposal writes several things");
    const own = wordsOf(action, names);
    if (words !== own) throw refuse(binding, `it says "${words.slice(0, 300)}", but the transaction would: ${own}`);
    if (id !== callId(call)) throw refuse(binding, "the id of a proposal is another transaction's");
    const excess = excessOf(action, { binding, actor, identity: of.identity });
    if (excess !== null) throw refuse(binding, excess);
    return { id: callId(call), binding: `${namespace}/${name}`, actorOmni: actor, action, words: own };
  });
}

function shaped(binding: BindingView, entry: unknown): Call & { id: string; words: string } {
  const { id, words, chainId, to, data } = (entry ?? {}) as Record<string, unknown>;
  const areTexts = [id, words, to, data].every((text) => typeof text === "string");
  if (!areTexts || typeof chainId !== "number") throw refuse(binding, "a proposal is malformed");
  return { id, words, chainId, to, data } as Call & { id: string; words: string };
}

function refuse({ metadata }: BindingView, why: string): AgentKeysError {
  return new AgentKeysError("call_refused", { message: `Nothing of ${metadata.namespace}/${metadata.name} is signed: ${why}` });
}

function servicesOf({ spec }: BindingView): string[] {
  return (spec?.services ?? []).map(({ name }) => name);
}

/** What an action would do beyond the binding; null when it stays within. */
function excessOf(
  action: Action,
  { binding, actor, identity }: { binding: BindingView; actor: Hex; identity: OperatorIdentity },
): string | null {
  if (action.kind === "RegisterMaster")
    return action.deviceKeyHash === identity.masterDevice ? null : `device ${action.deviceKeyHash} is not the operator's own`;
  if (action.kind === "RegisterDevice" || action.kind === "RevokeDevice")
    if (action.deviceKeyHash !== binding.status?.deviceKeyHash) return `device ${action.deviceKeyHash} is not the binding's`;
  if (action.kind === "RevokeDevice") return null;
  if (action.kind === "SetAuditor") return "the auditor is no binding's business";
  if (action.actorOmni !== actor) return `${action.actorOmni} is not the binding's agent`;
  if (action.kind !== "SetScope") return null;
  const named = new Set(servicesOf(binding).map(serviceHash));
  const foreign = action.services.find((service) => !named.has(service));
  if (foreign !== undefined) return `service ${foreign} is not in its spec.services`;
  return !action.readOnly && (binding.spec?.readOnly ?? true) ? "it would be let write, but spec.readOnly is set" : null;
}
