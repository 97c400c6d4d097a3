/** One kind of the API server as paths need it. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  isNamespaced: boolean;
}

const core = (plural: string, kind: string, isNamespaced = true): Resource => ({ group: "", version: "v1", plural, kind, isNamespaced });
const grouped = (group: string, version: string, plural: string, kind: string, isNamespaced: boolean): Resource => ({
  group,
  version,
  plural,
  kind,
  isNamespaced,
});

/** Every kind the operator touches. */
export const RESOURCES = {
  bindings: grouped("agentkeys.io", "v1alpha1", "agentkeysbindings", "AgentKeysBinding", true),
  services: grouped("agentkeys.io", "v1alpha1", "agentkeysservices", "AgentKeysService", false),
  pods: core("pods", "Pod"),
  namespaces: core("namespaces", "Namespace", false),
  secrets: core("secrets", "Secret"),
  configMaps: core("configmaps", "ConfigMap"),
  leases: grouped("coordination.k8s.io", "v1", "leases", "Lease", true),
  events: grouped("events.k8s.io", "v1", "events", "Event", true),
  tokenReviews: grouped("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false),
  mutatingWebhooks: grouped("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", false),
  validatingWebhooks: grouped(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    false,
  ),
} as const satisfies Record<string, Resource>;

/** `apiVersion` of a kind. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** Path of a collection, or of one object when `name` is given. */
export function pathOf(resource: Resource, at: { namespace?: string; name?: string; subresource?: string } = {}): string {
  const root = resource.group === "" ? "/api" : `/apis/${resource.group}`;
  const namespace = resource.isNamespaced && at.namespace !== undefined ? `/namespaces/${encodeURIComponent(at.namespace)}` : "";
  const name = at.name === undefined ? "" : `/${encodeURIComponent(at.name)}`;
  const sub = at.subresource === undefined ? "" : `/${at.subresource}`;
  return `${root}/${resource.version}${namespace}/${resource.plural}${name}${sub}`;
}
