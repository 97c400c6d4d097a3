import { normaliseHex32, type Hex } from "@agentkeys/common/identity";
import { REVOKE_FINALIZER, type AgentKeysBinding } from "../../api/types.ts";
import { RESOURCES } from "../../kube/index.ts";
import { deviceSecretName } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";

/** How long a deletion waits for the chain before it goes on without it. */
export const REVOKE_PATIENCE_MS = 10 * 60_000;

/** Adds our finalizer before anything is written on chain. */
export async function ensureFinalizer({ api, caches }: BindingContext, binding: AgentKeysBinding): Promise<void> {
  const { name, namespace = "", finalizers = [], resourceVersion } = binding.metadata;
  if (finalizers.includes(REVOKE_FINALIZER)) return;
  const patch = { metadata: { finalizers: [...finalizers, REVOKE_FINALIZER], resourceVersion } };
  caches.learnBinding(await api.merge(RESOURCES.bindings, { namespace, name }, patch));
}

/** Ends a deleted binding: revokes on chain unless retained, removes K10 and our finalizer. Throws to be retried. */
export async function finishDeletion(
  context: BindingContext,
  binding: AgentKeysBinding,
  actorOmni: Hex,
  ownsActor: boolean,
): Promise<void> {
  const { api, keys, clock, record } = context;
  const { name, namespace = "", finalizers = [], deletionTimestamp = "", resourceVersion } = binding.metadata;
  if (!finalizers.includes(REVOKE_FINALIZER)) return;
  const secret = deviceSecretName(namespace, name);
  const mayWrite = (binding.spec.scope?.management ?? "Sync") === "Sync";
  if (binding.spec.deletionPolicy !== "Retain" && mayWrite) {
    try {
      await revoke(context, binding, actorOmni, ownsActor);
      record(binding, { type: "Normal", reason: "Revoked", action: "Revoke", note: "Scope and device were revoked on chain" });
    } catch (fault) {
      if (clock.nowMs() - Date.parse(deletionTimestamp) < REVOKE_PATIENCE_MS) throw fault;
      const note = "Gave up waiting for the chain after 10 minutes: the device may still be registered there; its key was deleted";
      record(binding, { type: "Warning", reason: "RevocationGivenUp", action: "Revoke", note });
      context.log.error("revocation given up", { binding: `${namespace}/${name}`, fault });
    }
    await keys.remove(secret);
  }
  keys.forget(secret);
  const left = finalizers.filter((finalizer) => finalizer !== REVOKE_FINALIZER);
  await api.merge(RESOURCES.bindings, { namespace, name }, { metadata: { finalizers: left, resourceVersion } });
}

async function revoke(context: BindingContext, binding: AgentKeysBinding, actorOmni: Hex, ownsActor: boolean): Promise<void> {
  const { chain, keys } = context;
  if (ownsActor && (await chain.scope(actorOmni)).isSet) await chain.revokeScope(actorOmni);
  const key = await keys.read(deviceSecretName(binding.metadata.namespace ?? "", binding.metadata.name));
  // A device is revoked without its key, so a lost Secret keeps none alive.
  const named = key?.deviceKeyHash ?? binding.status?.deviceKeyHash;
  if (named === undefined) return;
  const deviceKeyHash = normaliseHex32(named);
  const device = await chain.device(deviceKeyHash);
  if (device === null || device.revoked || device.operatorOmni !== chain.operatorOmni) return;
  // A status can be written by others than us: it must not name another agent's device.
  if (key !== null || device.actorOmni === actorOmni) await chain.revokeDevice(deviceKeyHash);
}
