import { isDeepStrictEqual } from "node:util";
import { API_VERSION, type AgentKeysBinding, type AgentKeysBindingStatus, type TransactionStatus } from "../../api/types.ts";
import type { TransactionRef } from "../../chain/index.ts";
import { agentOf, changedVerdicts, mergeConditions, type Verdict } from "../../domain/index.ts";
import { RESOURCES } from "../../kube/index.ts";
import type { BindingContext } from "./context.ts";

const MOST_TRANSACTIONS = 5;

/** The last five transactions, newest first; several bindings may share a batched one. What is known already is not added again. */
export function withTransactions(known: readonly TransactionStatus[], added: readonly (TransactionRef | undefined)[]): TransactionStatus[] {
  const isKnown = ({ hash, action }: TransactionRef): boolean => known.some((other) => other.hash === hash && other.action === action);
  const fresh = added.filter((transaction) => transaction !== undefined && !isKnown(transaction)).reverse() as TransactionRef[];
  return [...fresh, ...known].slice(0, MOST_TRANSACTIONS);
}

/** Applies a status by server-side apply when it differs, and tells each changed condition as an event. */
export async function writeStatus(
  context: BindingContext,
  binding: AgentKeysBinding,
  status: Omit<AgentKeysBindingStatus, "conditions" | "observedGeneration" | "agent" | "serviceNames">,
  verdicts: readonly Verdict[],
): Promise<void> {
  const { api, clock, record } = context;
  const { name, namespace = "", generation = 0 } = binding.metadata;
  const known = binding.status?.conditions ?? [];
  const conditions = mergeConditions(known, verdicts, { nowMs: clock.nowMs(), generation });
  const serviceNames = binding.spec.services.map((service) => service.name).join(",");
  const next: AgentKeysBindingStatus = { ...status, observedGeneration: generation, agent: agentOf(binding), serviceNames, conditions };
  if (isSameStatus(next, binding.status)) return;
  const object = { apiVersion: API_VERSION, kind: "AgentKeysBinding", metadata: { name, namespace }, status: next };
  context.caches.learnBinding(await api.apply(RESOURCES.bindings, object, { subresource: "status" }));
  for (const { type, status: value, reason, message } of changedVerdicts(known, verdicts)) {
    const isGood = value === "True";
    record(binding, { type: isGood ? "Normal" : "Warning", reason, action: type, note: `${type}: ${message}` });
  }
}

/** Reason of a condition at the last look. */
export function reasonOf({ status }: AgentKeysBinding, type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.reason;
}

/** Whether two statuses are equal as JSON, whatever the order of their members. */
export function isSameStatus(left: object, right: object | undefined): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right ?? null)));
}
