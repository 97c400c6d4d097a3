import assert from "node:assert/strict";
import { apply, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, TEAM_A, TEAM_B } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const faultOf = (object: object): Promise<string> => apply(object).then(() => "admitted", String);
const withContainer = (extra: object): object => {
  const template = agentTemplate(["true"]) as { spec: { containers: object[] } };
  template.spec.containers = template.spec.containers.map((container) => ({ ...container, ...extra }));
  return template;
};

export const admission: readonly Scenario[] = [
  {
    name: "05 refused with the reason: service account, host network, name and port clash",
    run: async () => {
      await apply({
        apiVersion: "agentkeys.io/v1alpha1",
        kind: "AgentKeysBinding",
        metadata: { name: "narrow", namespace: TEAM_B },
        spec: { services: [{ name: "openai" }], serviceAccounts: ["robot"] },
      });
      assert.match(
        await faultOf(agentPod(TEAM_B, "bad", agentTemplate(["true"], { binding: "narrow" }))),
        /does not allow service account default/,
      );
      assert.match(await faultOf(agentPod(TEAM_B, "bad", agentTemplate(["true"], { spec: { hostNetwork: true } }))), /hostNetwork/);
      assert.match(await faultOf(agentPod(TEAM_B, "bad", withContainer({ ports: [{ containerPort: 9090 }] }))), /uses port 9090/);
      assert.match(await faultOf(agentPod(TEAM_B, "bad", withContainer({ name: "agentkeys-proxy" }))), /already called agentkeys-proxy/);
      await kubectl("-n", TEAM_B, "delete", "akb", "narrow");
    },
  },
  {
    name: "05 every webhook replica down: annotated pods are refused, all others start",
    run: async () => {
      await kubectl("-n", SYSTEM, "scale", "deploy/agentkeys-webhook", "--replicas=0");
      await kubectl("-n", SYSTEM, "wait", "--for=delete", "pod", "-l", "app.kubernetes.io/component=webhook", "--timeout=60s");
      try {
        assert.match(await faultOf(agentPod(TEAM_A, "down", agentTemplate(["true"]))), /inject\.agentkeys\.io/);
        await apply(agentPod(TEAM_A, "other", agentTemplate(["true"], { binding: "" })));
      } finally {
        await kubectl("-n", SYSTEM, "scale", "deploy/agentkeys-webhook", "--replicas=2");
        await kubectl("-n", SYSTEM, "rollout", "status", "deploy/agentkeys-webhook", "--timeout=60s");
      }
    },
  },
];
