/**
 * One admission review: finds the binding a pod opted into and asks {@link inject}. Must not know sockets.
 */
import { BINDING_ANNOTATION, INJECT_LABEL, type AgentKeysBinding } from "../api/types.ts";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import { matchesSelector } from "@agentkeys/common/label-selector";
import { acceptServices } from "../domain/index.ts";
import type { RawPod } from "../proxy/index.ts";
import { inject, type InjectOutcome } from "./inject.ts";
import type { BindingLookup } from "./lookup.ts";
import { refused, type Refusal } from "./refusal.ts";
import { podOf } from "./shape.ts";
import type { InjectSettings } from "./types.ts";

export interface AdmissionRequest {
  uid: string;
  kind?: { group?: string; kind?: string };
  operation?: string;
  subResource?: string;
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
  /** Answers from memory, or null while memory may be behind. */
  cached: () => BindingLookup | null;
  live: BindingLookup;
  clock: Clock;
  log: Log;
  settings: () => InjectSettings;
  newPlaceholder: () => string;
  count: (outcome: string) => void;
}

/** Well below the five seconds after which the API server gives up without our message. */
const ANSWER_MS = 2500;
const MOST_WARNINGS = 10;
const WARNING_LENGTH = 250;
/** DNS-1123 subdomain, as the API server names objects. */
const RESOURCE_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

type Outcome = InjectOutcome | { kind: "none" };

/** Which binding a pod of a namespace has opted into: its annotation, else a selector where the namespace is labelled. */
async function chooseBinding(pod: RawPod, namespace: string, lookup: BindingLookup): Promise<AgentKeysBinding | Refusal | null> {
  const annotations = pod.metadata.annotations ?? {};
  const name = annotations[BINDING_ANNOTATION];
  if (name !== undefined) {
    // A name the API server would never accept is asked of nobody: it could reach into another path.
    const binding = RESOURCE_NAME.test(name) ? await lookup.binding(namespace, name) : null;
    const message = `AgentKeysBinding ${namespace}/${name} does not exist: create it, or correct the annotation ${BINDING_ANNOTATION}`;
    return binding ?? refused("BindingMissing", message);
  }
  if ((await lookup.namespaceLabels(namespace))[INJECT_LABEL] !== "enabled") return null;
  const matching = (await lookup.bindings(namespace)).filter(({ spec }) => matchesSelector(spec.selector, pod.metadata.labels ?? {}));
  const [binding = null, other] = matching;
  if (other === undefined) return binding;
  const names = matching.map(({ metadata }) => metadata.name).join(", ");
  return refused("BindingAmbiguous", `several bindings select this pod (${names}): name one in the annotation ${BINDING_ANNOTATION}`);
}

/** The outcome as one source of facts has it, and whether every service of the binding may be used by it. */
async function decide(
  pod: RawPod,
  namespace: string,
  lookup: BindingLookup,
  deps: ReviewDeps,
): Promise<{ outcome: Outcome; isWhole: boolean }> {
  const binding = await chooseBinding(pod, namespace, lookup);
  if (binding === null) return { outcome: { kind: "none" }, isWhole: false };
  if ("reason" in binding) return { outcome: binding, isWhole: false };
  const [labels, ...found] = await Promise.all([
    lookup.namespaceLabels(namespace),
    ...binding.spec.services.map(async ({ name }) => [name, (await lookup.service(name)) ?? undefined] as const),
  ]);
  const services = new Map(found);
  // As enrolment and policy decide it: what the proxy would refuse gets no variables.
  const { accepted, refused: left } = acceptServices(binding, (name) => services.get(name), labels);
  const warnings = left.map(({ name, message }) => `service ${name} is left out and its variables are not set: ${message}`);
  const resolved = accepted.map(({ service }) => service);
  const outcome = inject({ pod, binding, services: resolved, settings: deps.settings(), placeholder: deps.newPlaceholder() });
  if (outcome.kind === "patch") outcome.warnings.unshift(...warnings);
  return { outcome, isWhole: outcome.kind === "patch" && left.length === 0 };
}

/** From memory when that lets the whole binding in; anything less is asked of the API server before it is said. */
async function decideBounded(pod: RawPod, namespace: string, deps: ReviewDeps): Promise<Outcome> {
  const cached = deps.cached();
  if (cached !== null) {
    const { outcome, isWhole } = await decide(pod, namespace, cached, deps);
    if (isWhole) return outcome;
  }
  const ended = new AbortController();
  const late = deps.clock.sleep(ANSWER_MS, ended.signal).then(() => {
    throw new AgentKeysError("kube_api", { message: "The API server did not answer in time", detail: "live read of a review" });
  });
  try {
    return (await Promise.race([decide(pod, namespace, deps.live, deps), late])).outcome;
  } finally {
    late.catch(() => undefined);
    ended.abort();
  }
}

/** Answers a pod's review; faults of the API server refuse the pod (failurePolicy Fail would do the same). */
export async function reviewPod(request: AdmissionRequest, deps: ReviewDeps): Promise<AdmissionResponse> {
  const { uid } = request;
  const deny = (reason: string, message: string): AdmissionResponse => {
    deps.count(reason);
    return { uid, allowed: false, status: { code: 403, reason, message: `agentkeys: ${message}` } };
  };
  const leave = (outcome: string): AdmissionResponse => {
    deps.count(outcome);
    return { uid, allowed: true };
  };
  if (!isNewPod(request)) return leave("NotAPod");
  try {
    const pod = podOf(request.object);
    if (pod.metadata.annotations?.[INJECT_LABEL] === "false") return leave("OptedOut");
    const outcome = await decideBounded(pod, request.namespace ?? pod.metadata.namespace ?? "default", deps);
    if (outcome.kind === "refused") return deny(outcome.reason, outcome.message);
    if (outcome.kind === "none") return leave("NotOptedIn");
    deps.count(outcome.patch.length === 0 ? "Unchanged" : "Injected");
    const all = outcome.warnings.slice(0, MOST_WARNINGS).map((text) => `agentkeys: ${text}`.slice(0, WARNING_LENGTH));
    const patch = Buffer.from(JSON.stringify(outcome.patch)).toString("base64");
    return {
      uid,
      allowed: true,
      ...(all.length > 0 ? { warnings: all } : {}),
      ...(outcome.patch.length > 0 ? { patchType: "JSONPatch", patch } : {}),
    };
  } catch (fault) {
    deps.log.warn("pod not reviewed", { namespace: request.namespace, fault });
    const message = fault instanceof AgentKeysError ? fault.publicMessage : "The pod could not be reviewed";
    return deny("ReviewFailed", `${message}; try again, then see the webhook's log`);
  }
}

function isNewPod({ kind, operation, subResource }: AdmissionRequest): boolean {
  return kind?.kind === "Pod" && (kind.group ?? "") === "" && operation === "CREATE" && (subResource ?? "") === "";
}

/** Answers a binding's review: what the schema cannot say is a warning at apply and a condition afterwards. */
export async function reviewBinding(request: AdmissionRequest, deps: ReviewDeps): Promise<AdmissionResponse> {
  const { uid, namespace = "" } = request;
  const binding = (request.object ?? {}) as AgentKeysBinding;
  if (request.kind?.kind !== "AgentKeysBinding") return { uid, allowed: true };
  const labels = await deps.live.namespaceLabels(namespace).catch(() => undefined);
  if (labels === undefined) return { uid, allowed: true };
  const found = await Promise.all(
    binding.spec.services.map(async ({ name }) => [name, await deps.live.service(name).catch(() => undefined)] as const),
  );
  const services = new Map(found);
  const { refused: left } = acceptServices(binding, (name) => services.get(name) ?? undefined, labels);
  // A service that could not be read is judged by nobody.
  const warnings = left.filter(({ name }) => services.get(name) !== undefined).map(({ message }) => `agentkeys: ${message}`);
  return { uid, allowed: true, ...(warnings.length > 0 ? { warnings } : {}) };
}
