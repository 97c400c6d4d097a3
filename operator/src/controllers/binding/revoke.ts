import type { Action } from "@agentkeys/contracts/calls";
import { normaliseHex32, type Hex } from "@agentkeys/common/identity";
import { REVOKE_FINALIZER, type AgentKeysBinding } from "../../api/types.ts";
import { managementOf, type Verdict } from "../../domain/index.ts";
import { RESOURCES } from "../../kube/index.ts";
import { deviceSecretName } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";
import { applyCommand, proposalsOf } from "./proposals.ts";
import { writeStatus } from "./status.ts";

/** How long a deletion waits for the chain before it goes on without it. */
export const REVOKE_PATIENCE_MS = 10 * 60_000;
/** How long it waits for a person to sign the revocation. */
export const PROPOSE_PATIENCE_MS = 60 * 60_000;

/** Adds our finalizer before anything is written on chain. */
export async function ensureFinalizer({ api, caches }: BindingContext, binding: AgentKeysBinding): Promise<void> {
  const { name, namespace = "", finalizers = [], resourceVersion } = binding.metadata;
  if (finalizers.includes(REVOKE_FINALIZER)) return;
  const patch = { metadata: { finalizers: [...finalizers, REVOKE_FINALIZER], resourceVersion } };
  caches.learnBinding(await api.merge(RESOURCES.bindings, { namespace, name }, patch));
}

/**
 * Ends a deleted binding: revokes on chain or proposes it unless retained, removes K10 and our finalizer. Answers whether it is over;
 * throws to be retried.
 */
export async function finishDeletion(
  context: BindingContext,
  binding: AgentKeysBinding,
  actorOmni: Hex,
  ownsActor: boolean,
): Promise<boolean> {
  const { api, keys } = context;
  const { name, namespace = "", finalizers = [], resourceVersion } = binding.metadata;
  if (!finalizers.includes(REVOKE_FINALIZER)) return true;
  const secret = deviceSecretName(namespace, name);
  const management = managementOf(binding, context.chain.canWrite);
  if (binding.spec.deletionPolicy !== "Retain" && management !== "Observe") {
    const isRevoked =
      management === "Sync" ? await revoke(context, binding, actorOmni, ownsActor) : await propose(context, binding, actorOmni, ownsActor);
    if (!isRevoked) return false;
    await keys.remove(secret);
  }
  keys.forget(secret);
  const left = finalizers.filter((finalizer) => finalizer !== REVOKE_FINALIZER);
  await api.merge(RESOURCES.bindings, { namespace, name }, { metadata: { finalizers: left, resourceVersion } });
  return true;
}

/** Writes what takes the agent's rights away; after the chain was away for long enough it is given up. */
async function revoke(context: BindingContext, binding: AgentKeysBinding, actorOmni: Hex, ownsActor: boolean): Promise<boolean> {
  const { chain, record } = context;
  try {
    for (const action of await neededActions(context, binding, actorOmni, ownsActor))
      if (action.kind === "RevokeScope") await chain.revokeScope(action.actorOmni);
      else if (action.kind === "RevokeDevice") await chain.revokeDevice(action.deviceKeyHash);
    record(binding, { type: "Normal", reason: "Revoked", action: "Revoke", note: "Scope and device were revoked on chain" });
  } catch (fault) {
    if (!isOverdue(context, binding, REVOKE_PATIENCE_MS)) throw fault;
    giveUp(context, binding, "Gave up waiting for the chain after 10 minutes");
    context.log.error("revocation given up", { binding: bindingKey(binding), fault });
  }
  return true;
}

/** Puts what takes the agent's rights away into the status, until the chain shows it or nobody signed for an hour. */
async function propose(context: BindingContext, binding: AgentKeysBinding, actorOmni: Hex, ownsActor: boolean): Promise<boolean> {
  const isOverdueNow = isOverdue(context, binding, PROPOSE_PATIENCE_MS);
  let actions: Action[];
  try {
    actions = await neededActions(context, binding, actorOmni, ownsActor);
  } catch (fault) {
    if (!isOverdueNow) throw fault;
    giveUp(context, binding, "The chain could not be read for an hour");
    return true;
  }
  if (actions.length === 0) {
    const note = "Nothing of the binding is in force on chain";
    context.record(binding, { type: "Normal", reason: "Revoked", action: "Revoke", note });
    return true;
  }
  if (isOverdueNow) {
    giveUp(context, binding, "Nobody signed the revocation for an hour");
    return true;
  }
  const message = `The binding is deleted once the master wallet has signed its revocation: run ${applyCommand(binding)}`;
  const pending = (type: string): Verdict => ({ type, status: "False", reason: "ProposalPending", message });
  await writeStatus(context, binding, { ...binding.status, proposals: proposalsOf(context, binding, actorOmni, actions) }, [
    pending("Ready"),
    pending("ScopeInSync"),
  ]);
  return false;
}

function isOverdue({ clock }: BindingContext, { metadata }: AgentKeysBinding, patienceMs: number): boolean {
  return clock.nowMs() - Date.parse(metadata.deletionTimestamp ?? "") >= patienceMs;
}

function giveUp({ record }: BindingContext, binding: AgentKeysBinding, why: string): void {
  const note = `${why}: the device may still be registered there; its key was deleted`;
  record(binding, { type: "Warning", reason: "RevocationGivenUp", action: "Revoke", note });
}

function bindingKey({ metadata }: AgentKeysBinding): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** What is still in force on chain of a binding that ends. */
async function neededActions(context: BindingContext, binding: AgentKeysBinding, actorOmni: Hex, ownsActor: boolean): Promise<Action[]> {
  const { chain, keys } = context;
  const { operatorOmni } = chain;
  const actions: Action[] = [];
  if (ownsActor && (await chain.scope(actorOmni)).isSet) actions.push({ kind: "RevokeScope", operatorOmni, actorOmni });
  const key = await keys.read(deviceSecretName(binding.metadata.namespace ?? "", binding.metadata.name));
  // A device is revoked without its key, so a lost Secret keeps none alive.
  const named = key?.deviceKeyHash ?? binding.status?.deviceKeyHash;
  if (named === undefined) return actions;
  const deviceKeyHash = normaliseHex32(named);
  const device = await chain.device(deviceKeyHash);
  if (device === null || device.revoked || device.operatorOmni !== operatorOmni) return actions;
  // A status can be written by others than us: it must not name another agent's device.
  if (key !== null || device.actorOmni === actorOmni) actions.push({ kind: "RevokeDevice", deviceKeyHash });
  return actions;
}
