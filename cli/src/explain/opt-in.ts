import { matchesSelector } from "@agentkeys/common/label-selector";
import type { BindingView } from "../kube/binding.ts";
import { BINDING_ANNOTATION, INJECT_LABEL, type ExplainFacts, type Finding } from "./facts.ts";

/** Which binding a pod has opted into, as the webhook chooses: its annotation, else a selector where the namespace is labelled. */
export function optInOf({ pod, namespaceLabels, bindings }: ExplainFacts): { findings: Finding[]; binding?: BindingView } {
  const annotations = pod.metadata?.annotations ?? {};
  const optedIn = (ok: boolean, detail: string): Finding => ({ check: "opted in", ok, detail });
  if (annotations[INJECT_LABEL] === "false")
    return { findings: [optedIn(false, `the annotation ${INJECT_LABEL}: "false" keeps the pod out: remove it from the pod template`)] };
  const name = annotations[BINDING_ANNOTATION];
  if (name !== undefined) {
    const binding = bindings.find(({ metadata }) => metadata.name === name);
    const exists: Finding = {
      check: "binding exists",
      ok: binding !== undefined,
      detail: binding === undefined ? `create AgentKeysBinding ${name} in the pod's namespace, or correct the annotation` : name,
    };
    const findings = [optedIn(true, `annotation ${BINDING_ANNOTATION}: ${name}`), exists];
    return binding === undefined ? { findings } : { findings, binding };
  }
  if (namespaceLabels[INJECT_LABEL] !== "enabled")
    return { findings: [optedIn(false, `set the annotation ${BINDING_ANNOTATION} in the pod template`)] };
  const selecting = bindings.filter(({ spec }) => matchesSelector(spec?.selector, pod.metadata?.labels ?? {}));
  const [binding] = selecting;
  const names = selecting.map(({ metadata }) => metadata.name).join(", ");
  if (binding === undefined)
    return { findings: [optedIn(false, `no binding's spec.selector matches the pod's labels: set the annotation ${BINDING_ANNOTATION}`)] };
  if (selecting.length > 1)
    return { findings: [optedIn(false, `several bindings select this pod (${names}): name one in the annotation ${BINDING_ANNOTATION}`)] };
  return { findings: [optedIn(true, `namespace label ${INJECT_LABEL} and spec.selector of ${names}`)], binding };
}
