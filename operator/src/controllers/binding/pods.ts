import { INJECTED_ANNOTATION, type AgentKeysBindingStatus } from "../../api/types.ts";
import type { Verdict } from "../../domain/index.ts";
import type { PodFacts } from "../caches.ts";

const MOST_NAMES = 10;

/** Counts of injected pods that live, and whether any was injected from an older generation of the binding. */
export function podsStatus(
  pods: readonly PodFacts[],
  generation: number,
): { pods: NonNullable<AgentKeysBindingStatus["pods"]>; verdict: Verdict } {
  const alive = pods.filter(({ metadata, isOver }) => !isOver && metadata.deletionTimestamp === undefined);
  const stale = alive.filter(({ metadata }) => Number(metadata.annotations?.[INJECTED_ANNOTATION]?.split("/").at(-1) ?? 0) < generation);
  const names = stale.map(({ metadata }) => metadata.name).sort();
  const verdict: Verdict =
    stale.length === 0
      ? { type: "PodsUpToDate", status: "True", reason: "UpToDate", message: "Every pod was injected from this generation" }
      : {
          type: "PodsUpToDate",
          status: "False",
          reason: "PodsStale",
          message: "Pods follow the policy, but env and proxy settings are of an older generation: restart their workload",
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
