import type { BindingView } from "../kube/binding.ts";

export interface ContainerView {
  name: string;
  ports?: { containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string }[];
}

/** A pod as far as injection depends on it. */
export interface PodView {
  metadata?: { name?: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: {
    serviceAccountName?: string;
    hostNetwork?: boolean;
    hostPID?: boolean;
    shareProcessNamespace?: boolean;
    os?: { name?: string };
    nodeSelector?: Record<string, string>;
    containers?: ContainerView[];
    initContainers?: ContainerView[];
    ephemeralContainers?: ContainerView[];
    volumes?: { name: string; projected?: { sources?: { serviceAccountToken?: { audience?: string } }[] } }[];
  };
  status?: { initContainerStatuses?: { name: string; ready?: boolean; restartCount?: number }[] };
}

/** What the API server says about a pod and its surroundings. */
export interface ExplainFacts {
  pod: PodView;
  namespaceLabels: Readonly<Record<string, string>>;
  /** Every binding of the pod's namespace. */
  bindings: readonly BindingView[];
  isWebhookReady: boolean;
}

/** One check of a pod: what was looked at, whether it holds, and if not what to do. */
export interface Finding {
  check: string;
  ok: boolean;
  detail: string;
}

export const BINDING_ANNOTATION = "agentkeys.io/binding";
export const INJECT_LABEL = "agentkeys.io/inject";
export const INJECTED_ANNOTATION = "agentkeys.io/injected";
export const PROXY = "agentkeys-proxy";
