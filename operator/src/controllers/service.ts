import { AgentKeysError } from "@agentkeys/common/errors";
import type { Clock } from "@agentkeys/common/clock";
import { PRESETS_VERSION, resolvePreset } from "@agentkeys/common/presets";
import { API_VERSION, type AgentKeysService, type AgentKeysServiceStatus } from "../api/types.ts";
import { mergeConditions, type Verdict } from "../domain/index.ts";
import { RESOURCES, type KubeApi } from "../kube/index.ts";
import { isSameStatus } from "./binding/status.ts";
import type { Caches } from "./caches.ts";

/** Resolves one AgentKeysService and says in its status whether it can be used and by how many bindings it is. */
export async function reconcileService(of: { api: KubeApi; caches: Caches; clock: Clock }, name: string): Promise<void> {
  const service = of.caches.service(name);
  if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
  const generation = service.metadata.generation ?? 0;
  const users = of.caches.bindings().filter((binding) => binding.spec.services.some((entry) => entry.name === name));
  const status: AgentKeysServiceStatus = {
    observedGeneration: generation,
    presetVersion: PRESETS_VERSION,
    bindings: users.length,
    conditions: mergeConditions(service.status?.conditions ?? [], [judge(service)], { nowMs: of.clock.nowMs(), generation }),
  };
  if (isSameStatus(status, service.status)) return;
  const object = { apiVersion: API_VERSION, kind: "AgentKeysService", metadata: { name }, status };
  await of.api.apply(RESOURCES.services, object, { subresource: "status" });
}

function judge(service: AgentKeysService): Verdict {
  try {
    resolvePreset(service.spec, service.metadata.name);
  } catch (fault) {
    if (!(fault instanceof AgentKeysError)) throw fault;
    return { type: "Ready", status: "False", reason: "Invalid", message: fault.publicMessage };
  }
  if (service.spec.allowedNamespaces === undefined)
    return {
      type: "Ready",
      status: "True",
      reason: "NoNamespaceAllowed",
      message: "Valid, but spec.allowedNamespaces allows no namespace",
    };
  return { type: "Ready", status: "True", reason: "Resolved", message: "The service can be used" };
}
