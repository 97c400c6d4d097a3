import { INJECTED_ANNOTATION, type AgentKeysBinding, type AgentKeysBindingStatus } from "../../api/types.ts";
import type { Verdict } from "../../domain/index.ts";
import { podShapeOf } from "../../proxy/index.ts";
import type { PodFacts } from "../caches.ts";

const MOST_NAMES = 10;

/** Counts of injected pods that live, and whether any has another shape than the binding asks for now. */
export function podsStatus(
  pods: readonly PodFacts[],
  binding: AgentKeysBinding,
): { pods: NonNullable<AgentKeysBindingStatus["pods"]>; verdict: Verdict } {
  const alive = pods.filter(({ metadata, isOver }) => !isOver && metadata.deletionTimestamp === undefined);
  const { generation = 0 } = binding.metadata;
  const shape = podShapeOf(binding);
  const stale = alive.filter(({ metadata }) => {
    const [, from, injected] = (metadata.annotations?.[INJECTED_ANNOTATION] ?? "").split("/");
    // A pod of an earlier release does not say its shape.
    return injected === undefined ? Number(from ?? 0) < generation : injected !== shape;
  });
  const names = stale.map(({ metadata }) => metadata.name).sort();
  const verdict: Verdict =
    stale.length === 0
      ? { type: "PodsUpToDate", status: "True", reason: "UpToDate", message: "Every pod has the variables and the proxy of this binding" }
      : {
          type: "PodsUpToDate",
          status: "False",
          reason: "PodsStale",
          message: "Pods follow the policy, but were injected with other services or proxy settings: restart their workload",
        };
  return {
    pods: {
      injected: alive.length,
      ready: alive.filter(({ isReady }) => isReady).length,
      stale: stale.length,
      ...(names.length === 0 ? {} : { staleNames: names.slice(0, MOST_NAMES) }),
    },
    verdict,
  };
}
