import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32 } from "@agentkeys/common/identity";
import type { BindingPolicy } from "@agentkeys/common/wire";
import type { AgentKeysBinding } from "../api/types.ts";
import type { Caches } from "../controllers/index.ts";
import { acceptServices, buildPolicy, type BindingIdentity } from "../domain/index.ts";

function refuse(message: string): AgentKeysError {
  return new AgentKeysError("enrol_refused", { message });
}

/** The binding when a pod of this service account may enrol with it now; throws `enrol_refused` saying why not. */
export function enrollableBinding(caches: Caches, of: { namespace: string; binding: string; serviceAccount: string }): AgentKeysBinding {
  const binding = caches.binding(`${of.namespace}/${of.binding}`);
  if (binding === undefined) throw refuse(`There is no AgentKeysBinding ${of.binding} in namespace ${of.namespace}`);
  if (binding.metadata.deletionTimestamp !== undefined) throw refuse("The binding is being deleted");
  if (binding.spec.suspend === true) throw refuse("The binding is suspended");
  const accounts = binding.spec.serviceAccounts ?? [];
  if (accounts.length > 0 && !accounts.includes(of.serviceAccount))
    throw refuse(`Service account ${of.serviceAccount} is not in spec.serviceAccounts of the binding`);
  const conditions = binding.status?.conditions ?? [];
  const isRegistered = conditions.some(({ type, status }) => type === "DeviceRegistered" && status === "True");
  if (!isRegistered) throw refuse("The binding's device is not registered on chain yet");
  return binding;
}

/** The policy of a binding, or null before its identity is known. A binding under deletion counts as suspended. */
export function policyOf(caches: Caches, binding: AgentKeysBinding): BindingPolicy | null {
  const { operatorOmni, actorOmni, deviceKeyHash } = binding.status ?? {};
  if (operatorOmni === undefined || actorOmni === undefined || deviceKeyHash === undefined) return null;
  const labels = caches.namespaceLabels(binding.metadata.namespace ?? "");
  const { accepted } = acceptServices(binding, (name) => caches.service(name), labels);
  const isEnding = binding.metadata.deletionTimestamp !== undefined;
  const shown = isEnding ? { ...binding, spec: { ...binding.spec, suspend: true } } : binding;
  const identity = identityOf({ operatorOmni, actorOmni, deviceKeyHash });
  if (identity === null) return null;
  return buildPolicy(shown, identity, accepted);
}

/** Others may write a status: what is no identity is none, and must not end the watch that brought it. */
function identityOf(status: { operatorOmni: string; actorOmni: string; deviceKeyHash: string }): BindingIdentity | null {
  try {
    return {
      operatorOmni: normaliseHex32(status.operatorOmni),
      actorOmni: normaliseHex32(status.actorOmni),
      deviceKeyHash: normaliseHex32(status.deviceKeyHash),
    };
  } catch {
    return null;
  }
}
