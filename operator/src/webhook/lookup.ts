import type { AgentKeysBinding, AgentKeysService, LabelSelector } from "../api/types.ts";
import { RESOURCES, type KubeApi } from "../kube/index.ts";

/** What the webhook may ask while a pod waits. */
export interface BindingLookup {
  binding(namespace: string, name: string): Promise<AgentKeysBinding | null>;
  bindings(namespace: string): Promise<AgentKeysBinding[]>;
  service(name: string): Promise<AgentKeysService | null>;
  namespaceLabels(namespace: string): Promise<Record<string, string>>;
}

/** Live reads from the API server: an answer is never older than the question, and a replica needs no cache to start. */
export function liveLookup(kube: KubeApi): BindingLookup {
  return {
    binding: async (namespace, name) => (await kube.get(RESOURCES.bindings, { namespace, name })) as AgentKeysBinding | null,
    bindings: async (namespace) => (await kube.list(RESOURCES.bindings, { namespace })).items as AgentKeysBinding[],
    service: async (name) => (await kube.get(RESOURCES.services, { name })) as AgentKeysService | null,
    namespaceLabels: async (namespace) => (await kube.get(RESOURCES.namespaces, { name: namespace }))?.metadata.labels ?? {},
  };
}

/** Label selector semantics of the Kubernetes API; null and undefined select nothing, `{}` selects everything. */
export function isSelected(selector: LabelSelector | null | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === null || selector === undefined) return false;
  const matchesLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    matchesLabels &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === "In" ? isIn : !isIn;
    })
  );
}
