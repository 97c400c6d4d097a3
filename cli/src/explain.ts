/** Why a pod is injected or not, from what the API server says about it. Pure. */
export interface ExplainFacts {
  pod: { metadata?: { annotations?: Record<string, string> }; spec?: PodSpec; status?: PodStatus };
  binding: { spec?: { suspend?: boolean; serviceAccounts?: string[] }; status?: { conditions?: Condition[] } } | null;
  isWebhookReady: boolean;
}
interface PodSpec {
  serviceAccountName?: string;
  hostNetwork?: boolean;
  initContainers?: { name: string }[];
}
interface PodStatus {
  initContainerStatuses?: { name: string; ready?: boolean; restartCount?: number }[];
}
interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}
export interface Finding {
  check: string;
  ok: boolean;
  detail: string;
}

const PROXY = "agentkeys-proxy";

/** One row a check, in the order a pod passes them. */
export function explainPod({ pod, binding, isWebhookReady }: ExplainFacts): Finding[] {
  const name = pod.metadata?.annotations?.["agentkeys.io/binding"];
  const isInjected = pod.spec?.initContainers?.some((container) => container.name === PROXY) === true;
  const proxy = pod.status?.initContainerStatuses?.find((status) => status.name === PROXY);
  const account = pod.spec?.serviceAccountName ?? "default";
  const accounts = binding?.spec?.serviceAccounts ?? [];
  const isAllowed = accounts.length === 0 || accounts.includes(account);
  const findings: Finding[] = [
    {
      check: "opted in",
      ok: name !== undefined,
      detail: name === undefined ? "set the annotation agentkeys.io/binding in the pod template" : `binding ${name}`,
    },
  ];
  if (name === undefined) return findings;
  findings.push(
    {
      check: "binding exists",
      ok: binding !== null,
      detail: binding === null ? `create AgentKeysBinding ${name} in the pod's namespace` : name,
    },
    { check: "service account", ok: isAllowed, detail: isAllowed ? account : `${account} is not in spec.serviceAccounts` },
    {
      check: "not suspended",
      ok: binding?.spec?.suspend !== true,
      detail: binding?.spec?.suspend === true ? "set spec.suspend to false" : "active",
    },
    {
      check: "webhook ready",
      ok: isWebhookReady,
      detail: isWebhookReady ? "a replica answers" : "no replica of agentkeys-webhook is ready",
    },
    {
      check: "injected",
      ok: isInjected,
      detail: isInjected ? `container ${PROXY}` : "the pod is older than its annotation: restart its workload",
    },
    {
      check: "proxy ready",
      ok: proxy?.ready === true,
      detail: proxy === undefined ? "not started" : `restarts ${proxy.restartCount ?? 0}; see kubectl logs -c ${PROXY}`,
    },
  );
  for (const { type, status, reason, message } of binding?.status?.conditions ?? [])
    findings.push({ check: type, ok: status === "True", detail: [reason, message].filter(Boolean).join(": ") });
  return findings;
}
