import assert from "node:assert/strict";
import { findCanaries } from "../lib/canary.ts";
import { apply, eventually, getJson, helm, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, bind, CANARIES, install, logsWith, PLANTED_IN, recorded, startProvider, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface Pod {
  spec: { initContainers: { name: string; restartPolicy?: string }[]; containers: { env?: { name: string; value: string }[] }[] };
}

const AUTH_SLOTS = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "private-token"];

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
    name: "01 the chart's own test passes and leaves nothing",
    run: async () => {
      await helm("test", "agentkeys", "-n", SYSTEM, "--timeout", "5m");
      await eventually("all of it is gone", 60, async () => {
        const left = await kubectl("-n", SYSTEM, "get", "pods,secrets,configmaps,roles,rolebindings,services,akb", "-o", "name");
        if (!left.includes("agentkeys-test")) return true;
        throw new Error(left);
      });
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
    name: "01 plain curl works through the proxy: with the placeholder, without a key, streamed; a real key is refused",
    run: async () => {
      await apply(agentPod(TEAM_A, "curl", agentTemplate(["sh", "curl-client.sh"])));
      const log = await logsWith(TEAM_A, "curl", /DONE/);
      assert.deepEqual(log.match(/STATUS .*/g), ["STATUS placeholder 200", "STATUS none 200", "STATUS real 401", "STATUS chunks 4"]);
    },
  },
  {
    name: "01 the unmodified GitHub SDK, and the OpenAI SDK on the openrouter preset, work through the proxy",
    run: async () => {
      await bind(TEAM_A, "router", ["openrouter", "github"]);
      await apply(
        agentPod(TEAM_A, "octokit", agentTemplate(["node", "octokit-client.js"], { binding: "router" })),
        agentPod(TEAM_A, "openrouter", agentTemplate(["node", "openai-client.js", "stream 2"], { binding: "router" })),
      );
      const github = await logsWith(TEAM_A, "octokit", /DONE|FAULT/);
      assert.deepEqual(github.match(/ANSWER .*/g), ["ANSWER 200 /repos/agentkeys/agentkeys", "ANSWER 200 POST"]);
      const openrouter = await logsWith(TEAM_A, "openrouter", /DONE|FAULT/);
      assert.equal(openrouter.match(/CHUNK/g)?.length, 3);
      assert.ok((await recorded()).some(({ path }) => path === "/api/v1/chat/completions"));
    },
  },
  {
    name: "01 the provider saw the real key, the pod holds a placeholder",
    run: async () => {
      const calls = await recorded();
      assert.ok(calls.length >= 10);
      for (const { headers } of calls) {
        const sent = AUTH_SLOTS.flatMap((slot) => headers[slot] ?? []);
        assert.equal(sent.length, 1, `${sent.length} auth headers`);
        assert.match(sent[0] ?? "", new RegExp(`^(Bearer )?${CANARIES[TEAM_A]}$`));
      }
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
    name: "01 the planted key is in nothing that the cluster prints or holds but the Secret it came from",
    run: async (say) => {
      await apply(agentPod(TEAM_A, "resident", agentTemplate(["node", "openai-client.js", "stream 1", "stay"])));
      await logsWith(TEAM_A, "resident", /DONE|FAULT/);
      const { found, bytes } = await findCanaries(Object.values(CANARIES), PLANTED_IN);
      say(`${Math.round(bytes / 1024)} KiB of objects, logs, metrics, environments and files looked at`);
      assert.deepEqual(found, []);
    },
  },
];
