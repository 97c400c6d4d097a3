/**
 * One admission review: finds the binding a pod opted into and asks {@link inject}. Must not know sockets.
 */
import { BINDING_ANNOTATION, INJECT_LABEL, type AgentKeysBinding } from "../api/types.ts";
import { AgentKeysError } from "@agentkeys/common/errors";
import { resolvePreset, type ResolvedService } from "../presets/index.ts";
import { inject, type InjectOutcome } from "./inject.ts";
import { isSelected, type BindingLookup } from "./lookup.ts";
import type { InjectSettings, RawPod } from "./types.ts";

export interface AdmissionRequest {
  uid: string;
  kind?: { kind?: string };
  namespace?: string;
  object?: unknown;
}

export interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: { code: number; reason: string; message: string };
  warnings?: string[];
  patchType?: "JSONPatch";
  patch?: string;
}

export interface ReviewDeps {
  lookup: BindingLookup;
  settings: () => InjectSettings;
  newPlaceholder: () => string;
  count: (outcome: string) => void;
}

/** DNS-1123 subdomain, as the API server names objects. */
const RESOURCE_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

type Choice = { kind: "none" } | { kind: "binding"; binding: AgentKeysBinding } | Extract<InjectOutcome, { kind: "refused" }>;

/** Which binding a pod of a namespace has opted into: its annotation, else a selector where the namespace is labelled. */
async function chooseBinding(pod: RawPod, namespace: string, lookup: BindingLookup): Promise<Choice> {
  const annotations = pod.metadata?.annotations ?? {};
  if (annotations[INJECT_LABEL] === "false") return { kind: "none" };
  const name = annotations[BINDING_ANNOTATION];
  if (name !== undefined) {
    // A name the API server would never accept is asked of nobody: it could reach into another path.
    const binding = RESOURCE_NAME.test(name) ? await lookup.binding(namespace, name) : null;
    if (binding !== null) return { kind: "binding", binding };
    const message = `AgentKeysBinding ${namespace}/${name} does not exist: create it, or correct the annotation ${BINDING_ANNOTATION}`;
    return { kind: "refused", reason: "BindingMissing", message };
  }
  if ((await lookup.namespaceLabels(namespace))[INJECT_LABEL] !== "enabled") return { kind: "none" };
  const matching = (await lookup.bindings(namespace)).filter(({ spec }) => isSelected(spec.selector, pod.metadata?.labels ?? {}));
  const [binding, other] = matching;
  if (binding === undefined) return { kind: "none" };
  if (other === undefined) return { kind: "binding", binding };
  const names = matching.map(({ metadata }) => metadata.name).join(", ");
  return {
    kind: "refused",
    reason: "BindingAmbiguous",
    message: `several bindings select this pod (${names}): name one in the annotation ${BINDING_ANNOTATION}`,
  };
}

async function resolveServices(
  binding: AgentKeysBinding,
  lookup: BindingLookup,
): Promise<{ services: ResolvedService[]; warnings: string[] }> {
  const services: ResolvedService[] = [];
  const warnings: string[] = [];
  for (const { name } of binding.spec.services) {
    const service = await lookup.service(name);
    if (service === null) warnings.push(`AgentKeysService ${name} does not exist: its variables are not set`);
    else services.push(resolvePreset(service.spec, name));
  }
  return { services, warnings };
}

/** Answers a pod's review; faults of the API server refuse the pod (failurePolicy Fail would do the same). */
export async function reviewPod(request: AdmissionRequest, deps: ReviewDeps): Promise<AdmissionResponse> {
  const { uid } = request;
  const pod = (request.object ?? {}) as RawPod;
  const deny = (reason: string, message: string): AdmissionResponse => {
    deps.count(reason);
    return { uid, allowed: false, status: { code: 403, reason, message: `agentkeys: ${message}` } };
  };
  try {
    const choice = await chooseBinding(pod, request.namespace ?? pod.metadata?.namespace ?? "default", deps.lookup);
    if (choice.kind === "refused") return deny(choice.reason, choice.message);
    if (choice.kind === "none") {
      deps.count("NotOptedIn");
      return { uid, allowed: true };
    }
    const { services, warnings } = await resolveServices(choice.binding, deps.lookup);
    const outcome = inject({ pod, binding: choice.binding, services, settings: deps.settings(), placeholder: deps.newPlaceholder() });
    if (outcome.kind === "refused") return deny(outcome.reason, outcome.message);
    deps.count(outcome.patch.length === 0 ? "Unchanged" : "Injected");
    const all = [...warnings, ...outcome.warnings].slice(0, 10).map((text) => `agentkeys: ${text}`.slice(0, 250));
    const patch = Buffer.from(JSON.stringify(outcome.patch)).toString("base64");
    return {
      uid,
      allowed: true,
      ...(all.length > 0 ? { warnings: all } : {}),
      ...(outcome.patch.length > 0 ? { patchType: "JSONPatch", patch } : {}),
    };
  } catch (fault) {
    const message = fault instanceof AgentKeysError ? fault.publicMessage : "the pod could not be reviewed";
    return deny("ReviewFailed", `${message}; try again, then see the webhook's log`);
  }
}

/** Answers a binding's review: what the schema cannot say is a warning at apply and a condition afterwards. */
export async function reviewBinding(request: AdmissionRequest, deps: ReviewDeps): Promise<AdmissionResponse> {
  const { uid } = request;
  const binding = (request.object ?? {}) as AgentKeysBinding;
  if (request.kind?.kind !== "AgentKeysBinding") return { uid, allowed: true };
  const labels = await deps.lookup.namespaceLabels(request.namespace ?? "").catch(() => ({}));
  const warnings: string[] = [];
  for (const { name } of binding.spec.services) {
    const service = await deps.lookup.service(name).catch(() => undefined);
    if (service === null) warnings.push(`agentkeys: AgentKeysService ${name} does not exist yet`);
    else if (service !== undefined && !isSelected(service.spec.allowedNamespaces, labels))
      warnings.push(
        `agentkeys: AgentKeysService ${name} does not allow namespace ${request.namespace ?? ""}: see its spec.allowedNamespaces`,
      );
  }
  return { uid, allowed: true, ...(warnings.length > 0 ? { warnings } : {}) };
}
