/**
 * Why a pod is injected or not, from what the API server says about it. Pure; must not know kubectl.
 */
import { PROXY, type ExplainFacts, type Finding } from "./facts.ts";
import { obstaclesOf } from "./obstacles.ts";
import { optInOf } from "./opt-in.ts";

export type { ExplainFacts, Finding, PodView } from "./facts.ts";

/** One row a check, in the order a pod passes them; nothing follows where the webhook would stop looking. */
export function explainPod(of: ExplainFacts): Finding[] {
  const { pod, isWebhookReady } = of;
  const { findings, binding } = optInOf(of);
  if (binding === undefined) return findings;
  const isInjected = pod.spec?.initContainers?.some((container) => container.name === PROXY) === true;
  const proxy = pod.status?.initContainerStatuses?.find((status) => status.name === PROXY);
  const conditions = (binding.status?.conditions ?? []).map(({ type, status, reason, message }) => ({
    check: type,
    ok: status === "True",
    detail: [reason, message].filter((part) => part !== undefined && part !== "").join(": "),
  }));
  return [
    ...findings,
    ...obstaclesOf(pod, binding),
    {
      check: "webhook ready",
      ok: isWebhookReady,
      detail: isWebhookReady ? "a replica answers" : "no replica of agentkeys-webhook is ready: run agentkeys doctor",
    },
    {
      check: "injected",
      ok: isInjected,
      detail: isInjected ? `container ${PROXY}` : "the pod was made before it opted in: restart its workload",
    },
    {
      check: "proxy ready",
      ok: proxy?.ready === true,
      detail:
        proxy === undefined
          ? "not started"
          : `restarts ${proxy.restartCount ?? 0}${proxy.ready === true ? "" : `; see kubectl logs -c ${PROXY}`}`,
    },
    ...conditions,
  ];
}
