import type { Condition } from "../api/types.ts";

export interface Verdict {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
}

/** Conditions after new verdicts: the transition time moves only when a status changes. Pure. */
export function mergeConditions(
  known: readonly Condition[],
  verdicts: readonly Verdict[],
  of: { nowMs: number; generation: number },
): Condition[] {
  const now = new Date(of.nowMs).toISOString().replace(/\.\d+Z$/, "Z");
  return verdicts.map((verdict) => {
    const before = known.find(({ type }) => type === verdict.type);
    const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : now;
    return { ...verdict, message: verdict.message.slice(0, 1024), lastTransitionTime, observedGeneration: of.generation };
  });
}

/** The verdicts whose status or reason is new, for events. */
export function changedVerdicts(known: readonly Condition[], verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter((verdict) => {
    const before = known.find(({ type }) => type === verdict.type);
    return before?.status !== verdict.status || before.reason !== verdict.reason;
  });
}

/** `Ready` from the others: the first that is not true names the reason. */
export function readyVerdict(parts: readonly Verdict[], isSuspended: boolean): Verdict {
  if (isSuspended)
    return { type: "Ready", status: "False", reason: "Suspended", message: "spec.suspend is set: every proxy drops its credentials" };
  const missing = parts.find(({ status }) => status !== "True");
  if (missing === undefined)
    return { type: "Ready", status: "True", reason: "Ready", message: "Pods of this binding can use its services" };
  return { type: "Ready", status: "False", reason: missing.reason, message: missing.message };
}
