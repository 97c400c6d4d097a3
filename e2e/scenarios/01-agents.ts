import assert from "node:assert/strict";
import { apply, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, bind, CANARIES, install, logsWith, recorded, startProvider, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface Pod {
  spec: { initContainers: { name: string; restartPolicy?: string }[]; containers: { env?: { name: string; value: string }[] }[] };
}

/** Everything the cluster can print about our namespaces. */
async function everythingPrinted(): Promise<string> {
  const printed = [await kubectl("get", "pods,events,agentkeysbindings,agentkeysservices,configmaps,deployments", "-A", "-o", "yaml")];
  for (const namespace of [SYSTEM, TEAM_A]) {
    const { items } = await getJson<{ items: { metadata: { name: string } }[] }>("pods", "-n", namespace);
    for (const { metadata } of items)
      printed.push(await kubectl("-n", namespace, "logs", metadata.name, "--all-containers", "--tail=-1").catch(() => ""));
  }
  return printed.join("\n");
}

export const agents: readonly Scenario[] = [
  {
    name: "01 installs the chart and a binding becomes ready",
    run: async () => {
      await install();
      await startProvider();
      await bind(TEAM_A);
    },
  },
  {
    name: "01 the unmodified OpenAI SDK works through the proxy, streaming and not",
    run: async (say) => {
      const started = Date.now();
      await apply(agentPod(TEAM_A, "openai", agentTemplate(["node", "openai-client.js", "stream 5"])));
      const log = await logsWith(TEAM_A, "openai", /DONE|FAULT/);
      say(`first pod answered after ${Date.now() - started} ms`);
      assert.match(log, /ANSWER hello from the provider/);
      assert.equal(log.match(/CHUNK/g)?.length, 6);
    },
  },
  {
    name: "01 the unmodified Anthropic SDK works through the proxy, streaming and not",
    run: async () => {
      await apply(agentPod(TEAM_A, "anthropic", agentTemplate(["node", "anthropic-client.js"])));
      const log = await logsWith(TEAM_A, "anthropic", /DONE|FAULT/);
      assert.match(log, /ANSWER hello from the provider/);
      assert.equal(log.match(/CHUNK/g)?.length, 5);
    },
  },
  {
    name: "01 curl works through the proxy",
    run: async () => {
      const script = 'fetch(process.env.OPENAI_BASE_URL + "/models").then(async (r) => console.log("STATUS", r.status, await r.text()))';
      await apply(agentPod(TEAM_A, "plain", agentTemplate(["node", "-e", script])));
      assert.match(await logsWith(TEAM_A, "plain", /STATUS/), /STATUS 200/);
    },
  },
  {
    name: "01 the provider saw the real key, the pod holds a placeholder",
    run: async () => {
      const calls = await recorded();
      const keys = new Set(calls.filter(({ path }) => path !== "/").map(({ headers }) => headers["authorization"] ?? headers["x-api-key"]));
      assert.ok(calls.length >= 5);
      for (const key of keys) assert.match(String(key), new RegExp(CANARIES[TEAM_A]));
      assert.ok(!JSON.stringify(calls).includes("sk-agentkeys-"), "the placeholder reached the provider");
      const pod = await getJson<Pod>("pod", "openai", "-n", TEAM_A);
      const env = Object.fromEntries((pod.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
      assert.equal(env["OPENAI_BASE_URL"], "http://localhost:9090/openai/v1");
      assert.match(env["OPENAI_API_KEY"] ?? "", /^sk-agentkeys-/);
      assert.deepEqual(
        pod.spec.initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
        [["agentkeys-proxy", "Always"]],
      );
    },
  },
  {
    name: "01 the canary key is in nothing the cluster prints",
    run: async () => {
      const printed = await everythingPrinted();
      assert.ok(printed.length > 10_000);
      for (const canary of [CANARIES[TEAM_A], Buffer.from(CANARIES[TEAM_A]).toString("base64")])
        assert.ok(!printed.includes(canary), `found ${canary.slice(0, 9)}…`);
    },
  },
];
