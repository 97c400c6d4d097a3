import assert from "node:assert/strict";
import { apply, DEVICES, eventually, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, bind, CANARIES, logsWith, recorded, TEAM_A, TEAM_B } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const refusedWith = async (object: object, words: RegExp): Promise<void> => {
  const fault = await apply(object).then(
    () => null,
    (thrown: unknown) => String(thrown),
  );
  assert.ok(fault !== null, "the pod was admitted");
  assert.match(fault, words);
};

export const isolation: readonly Scenario[] = [
  {
    name: "02 two namespaces each get their own credential",
    run: async () => {
      await bind(TEAM_B);
      await apply(agentPod(TEAM_B, "openai", agentTemplate(["node", "openai-client.js", "stream 2"])));
      assert.match(await logsWith(TEAM_B, "openai", /DONE|FAULT/), /DONE/);
      const keys = (await recorded()).map(({ headers }) => headers["authorization"] ?? "");
      assert.ok(keys.some((key) => key.includes(CANARIES[TEAM_B])) && keys.some((key) => key.includes(CANARIES[TEAM_A])));
    },
  },
  {
    name: "02 a binding of another namespace cannot be named",
    run: async () => {
      await kubectl("-n", TEAM_B, "delete", "akb", "only-here", "--ignore-not-found");
      await refusedWith(
        agentPod(TEAM_A, "forged", agentTemplate(["true"], { binding: "only-in-b" })),
        /AgentKeysBinding team-a\/only-in-b does not exist/,
      );
      await refusedWith(agentPod(TEAM_A, "forged", agentTemplate(["true"], { binding: "team-b/agent" })), /does not exist|is invalid/);
    },
  },
  {
    name: "02 the operator reads device keys and what it issues, and neither storage keys nor wallets",
    run: async () => {
      const as = `system:serviceaccount:${SYSTEM}:agentkeys-operator`;
      const mayRead = (namespace: string, name: string): Promise<boolean> =>
        kubectl("-n", namespace, "auth", "can-i", "get", `secret/${name}`, "--as", as).then(
          () => true,
          () => false,
        );
      assert.ok(await mayRead(DEVICES, "agentkeys-master-device"));
      assert.ok(await mayRead(SYSTEM, "agentkeys-signer-tls"));
      for (const name of [
        "agentkeys-k1",
        "agentkeys-k2",
        "agentkeys-k3",
        "agentkeys-wallet",
        "agentkeys-auditor",
        "agentkeys-store-root",
      ]) {
        await kubectl("-n", SYSTEM, "get", "secret", name);
        assert.ok(!(await mayRead(SYSTEM, name)), `the operator may read ${name}`);
      }
    },
  },
  {
    name: "02 a hand-written proxy container is refused, whoever wrote it",
    run: async () => {
      const proxy = { name: "agentkeys-proxy", image: "localhost/agentkeys-e2e:dev", restartPolicy: "Always", command: ["sleep", "60"] };
      await refusedWith(
        agentPod(TEAM_B, "forged", agentTemplate(["true"], { spec: { initContainers: [proxy] } })),
        /already called agentkeys-proxy/,
      );
    },
  },
  {
    name: "02 a pod cannot use a service its binding does not list",
    run: async () => {
      const script =
        'fetch("http://localhost:9090/github/user").then(async (r) => console.log("STATUS", r.status, r.headers.get("agentkeys-reason")))';
      await apply(agentPod(TEAM_A, "unlisted", agentTemplate(["node", "-e", script])));
      assert.match(await logsWith(TEAM_A, "unlisted", /STATUS/), /STATUS 404 unknown_service/);
    },
  },
  {
    name: "02 another pod cannot reach the proxy",
    run: async () => {
      await apply(agentPod(TEAM_A, "server", agentTemplate(["sleep", "120"])));
      const address = await eventually(
        "the pod has an address",
        30,
        async () => (await kubectl("-n", TEAM_A, "get", "pod", "server", "-o", "jsonpath={.status.podIP}")) || undefined,
      );
      const script = `fetch("http://${address}:9090/openai/v1/models").then((r) => console.log("STATUS", r.status), (e) => console.log("STATUS", e.cause.code))`;
      await apply(agentPod(TEAM_B, "neighbour", agentTemplate(["node", "-e", script])));
      assert.match(await logsWith(TEAM_B, "neighbour", /STATUS/), /STATUS ECONNREFUSED/);
    },
  },
];
