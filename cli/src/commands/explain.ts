import { AgentKeysError } from "@agentkeys/common/errors";
import { noMoreWords, type CommandBody } from "../command.ts";
import { explainPod, type PodView } from "../explain/index.ts";
import { parseReference, type BindingView } from "../kube/binding.ts";
import { NAMESPACE_OPTION } from "../options.ts";

export const explain: CommandBody = {
  operands: "<namespace>/<name>",
  detail: `One row a check, in the order the webhook looks, then the binding's own conditions. A pod that was refused does not exist: the
reason is in the events of what wanted to create it (kubectl describe).`,
  example: "agentkeys explain pod team-a/research-0",
  options: NAMESPACE_OPTION,
  run: async (call) => {
    noMoreWords(call, 1);
    const { namespace, name } = parseReference(call.words[0], "pod");
    const { kubectl } = call.machine;
    const pod = await kubectl.get<PodView>("pod", { namespace, name });
    if (pod === null)
      throw new AgentKeysError("not_found", {
        message: `There is no pod ${namespace}/${name}: if it was refused, kubectl -n ${namespace} get events says why`,
      });
    const [space, bindings, webhook] = await Promise.all([
      kubectl.get<{ metadata?: { labels?: Record<string, string> } }>("namespace", { name: namespace }),
      kubectl.get<{ items?: BindingView[] }>("agentkeysbindings.agentkeys.io", { namespace }),
      kubectl.get<{ status?: { readyReplicas?: number } }>("deployment", {
        namespace: call.text("namespace") ?? "",
        name: "agentkeys-webhook",
      }),
    ]);
    const findings = explainPod({
      pod,
      namespaceLabels: space?.metadata?.labels ?? {},
      bindings: bindings?.items ?? [],
      isWebhookReady: (webhook?.status?.readyReplicas ?? 0) > 0,
    });
    call.answer(
      findings,
      findings.map(({ check, ok, detail }) => ({ check, result: ok ? "ok" : "failed", detail })),
    );
    return undefined;
  },
};
