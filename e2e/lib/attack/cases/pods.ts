/** Marks and parts of pods forged: before admission, or on a live pod. */
import { apply } from "../../kube.ts";
import { agentPod, agentTemplate } from "../../world.ts";
import type { AttackCase } from "../case.ts";
import { failsWith } from "../expect.ts";
import { NS_B } from "../kit.ts";

const IMAGE = "localhost/agentkeys-e2e:dev";

export const podCases: readonly AttackCase[] = [
  {
    id: "ENR-10a",
    title: "an application container that mounts the proxy's token",
    run: async () => {
      const container = { name: "app", image: IMAGE, volumeMounts: [{ name: "agentkeys-token", mountPath: "/stolen" }] };
      const pod = agentPod(NS_B, "thief", agentTemplate(["true"], { spec: { containers: [container] } }));
      await failsWith(apply(pod), /mounts agentkeys-token, which only the proxy may/);
    },
  },
  {
    id: "ENR-10b",
    title: "a volume of the pod's own that asks for the enrolment audience",
    run: async () => {
      const sources = [{ serviceAccountToken: { path: "token", audience: "agentkeys-enroll" } }];
      const spec = { volumes: [{ name: "mine", projected: { sources } }] };
      await failsWith(apply(agentPod(NS_B, "thief", agentTemplate(["true"], { spec }))), /projects a token of audience agentkeys-enroll/);
    },
  },
  {
    id: "ENR-10c",
    title: "a hand-written proxy, of our own image, with the marks of an injected pod",
    run: async () => {
      const env = [{ name: "AGENTKEYS_SIDECAR_PLACEHOLDER", value: "mine" }];
      const proxy = { name: "agentkeys-proxy", image: "localhost/agentkeys:dev", restartPolicy: "Always", args: ["sidecar"], env };
      const elsewhere = [...env, { name: "AGENTKEYS_SIDECAR_OPERATOR_URL", value: "https://evil.invalid" }];
      for (const own of [
        { ...proxy, command: ["node", "-e", "0"] },
        { ...proxy, env: elsewhere },
      ]) {
        const annotations = { "agentkeys.io/injected": "0.1.0/1" };
        const template = agentTemplate(["true"], { annotations, spec: { initContainers: [own] } });
        await failsWith(apply(agentPod(NS_B, "forged", template)), /already called agentkeys-proxy/);
      }
    },
  },
];
