import assert from "node:assert/strict";
import { usdText } from "@agentkeys/common/dollars";
import { apply, eventually, getJson, kubectl } from "../lib/kube.ts";
import { agentPod, agentTemplate, CANARIES, logsWith, recorded, TEAM_A, waitReady } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const CALLS = [17, 17, 16];
const COVERED = 7;
const OUTPUT_TOKENS = 100;
/** gpt-4.1, nano-dollars a token in and out. */
const PRICE = [2000, 8000] as const;

/** A call that costs what is set aside for it: half its bytes as input, its limit as output. The provider does as it is told. */
export function pricedCall(): { body: string; nanoUsd: number } {
  const bodyWith = (input: string): string =>
    JSON.stringify({
      model: "gpt-4.1",
      max_tokens: OUTPUT_TOKENS,
      messages: [{ role: "user", content: `usage ${input} ${OUTPUT_TOKENS} for ${Date.now()}` }],
    });
  const input = Math.ceil(bodyWith("000").length / 2);
  return { body: bodyWith(String(input).padStart(3, "0")), nanoUsd: input * PRICE[0] + OUTPUT_TOKENS * PRICE[1] };
}

export const budgets: readonly Scenario[] = [
  {
    name: "11 a daily budget for 7 calls over 3 pods: exactly 7 of 50 reach the provider, and kubectl shows what is spent and left",
    run: async (say) => {
      // An actor of its own each time: a day's spending outlives its binding.
      const binding = `budget-${Date.now().toString(36)}`;
      const { body, nanoUsd } = pricedCall();
      const dailyUsd = usdText(COVERED * nanoUsd);
      const credentialFrom = { secretRef: { name: "provider-key", key: "key" } };
      await apply(
        { apiVersion: "v1", kind: "Secret", metadata: { name: "provider-key", namespace: TEAM_A }, stringData: { key: CANARIES[TEAM_A] } },
        {
          apiVersion: "agentkeys.io/v1alpha1",
          kind: "AgentKeysBinding",
          metadata: { name: binding, namespace: TEAM_A },
          spec: { services: [{ name: "openai", credentialFrom, limits: { dailyUsd } }] },
        },
      );
      await waitReady(TEAM_A, binding);
      const pods = CALLS.map((_calls, index) => `${binding}-${index}`);
      const podOf = (name: string, index: number): object =>
        agentPod(TEAM_A, name, agentTemplate(["node", "budget-client.js", String(CALLS[index]), body], { binding }));
      await apply(...pods.map(podOf));
      const logs = await Promise.all(pods.map((pod) => logsWith(TEAM_A, pod, /BUDGET/)));
      const counts = logs.map((log) => JSON.parse(/BUDGET (.*)/.exec(log)?.[1] ?? "{}") as Record<string, number>);
      say(counts.map((count) => JSON.stringify(count)).join(" "));
      const total = (outcome: string): number => counts.reduce((sum, count) => sum + (count[outcome] ?? 0), 0);
      assert.deepEqual([total("ok"), total("429 budget_exceeded")], [COVERED, 50 - COVERED]);
      assert.equal((await recorded()).filter((call) => call.body === body).length, COVERED);

      const row = await eventually("kubectl shows the budget as used up", 60, async () => {
        const text = await kubectl("-n", TEAM_A, "get", "akb", binding, "-o", "wide");
        // Spent, then Left: before the first report the same two figures stand there the other way round.
        if (new RegExp(` ${dailyUsd} +0\\.00 `).test(text)) return text;
        throw new Error(text);
      });
      say(row.trim());
      const { status } = await getJson<{ status: { conditions: { type: string; reason: string }[] } }>("akb", binding, "-n", TEAM_A);
      assert.equal(status.conditions.find(({ type }) => type === "BudgetAvailable")?.reason, "BudgetUsedUp");
      await eventually("an event says so", 20, async () => {
        const events = await kubectl("-n", TEAM_A, "get", "events", "-o", "jsonpath={.items[*].reason}");
        return events.includes("BudgetUsedUp") ? true : undefined;
      });
      await kubectl("-n", TEAM_A, "delete", "akb", binding, "--wait=false");
    },
  },
];
