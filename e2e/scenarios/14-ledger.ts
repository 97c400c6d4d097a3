import assert from "node:assert/strict";
import { usdText } from "@agentkeys/common/dollars";
import { apply, eventually, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { processesOf } from "../lib/kill.ts";
import { theProduction } from "../lib/production.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, recorded, TEAM_A, waitReady } from "../lib/world.ts";
import { pricedCall } from "./11-budgets.ts";
import { bindingOf, untilProposed } from "./14-production.ts";
import type { Scenario } from "./index.ts";

const COVERED = 60;
const PODS = 3;

export const ledger: readonly Scenario[] = [
  {
    name: `14 a daily budget in PostgreSQL for ${COVERED} calls over ${PODS} pods and 2 brokers is kept exactly while a broker and the database are killed`,
    run: async (say) => {
      const { postgres, walletFile } = theProduction();
      const binding = `ledger-${Date.now().toString(36)}`;
      const { body, nanoUsd } = pricedCall();
      await apply(bindingOf(binding, { limits: { dailyUsd: usdText(COVERED * nanoUsd) } }));
      await untilProposed(binding, 31337, /^register device/);
      await agentkeys("apply", `${TEAM_A}/${binding}`, "--yes", "--wallet-file", walletFile);
      await waitReady(TEAM_A, binding);
      const { status } = await getJson<{ status: { actorOmni: string } }>("akb", binding, "-n", TEAM_A);
      assert.equal(await kubectl("-n", SYSTEM, "get", "deployment/agentkeys-broker", "-o", "jsonpath={.status.readyReplicas}"), "2");
      const pods = Array.from({ length: PODS }, (_each, index) => `${binding}-${index}`);
      await apply(...pods.map((pod) => agentPod(TEAM_A, pod, agentTemplate(["node", "spender.js", body], { binding }))));
      const arrived = async (): Promise<number> => (await recorded()).filter((call) => call.body === body).length;
      await eventually("the first calls arrive", 60, async () => ((await arrived()) >= PODS ? true : undefined));
      const [broker] = processesOf({ words: ["/app/main.js", "broker"] });
      assert.ok(broker !== undefined, "no broker on this machine");
      process.kill(broker, "SIGKILL");
      await postgres.kill();
      const killedAt = await arrived();
      await postgres.start();
      const logs = await Promise.all(pods.map((pod) => logsWith(TEAM_A, pod, /BUDGET/)));
      const counts = logs.map((log) => JSON.parse(/BUDGET (.*)/.exec(log)?.[1] ?? "{}") as Record<string, number>);
      say(`${killedAt} calls had arrived; the pods saw ${counts.map((count) => JSON.stringify(count)).join(" ")}`);
      assert.ok(killedAt < COVERED, "all calls were made before anything was killed");
      assert.equal(
        counts.reduce((sum, count) => sum + (count["ok"] ?? 0), 0),
        COVERED,
      );
      assert.equal(await arrived(), COVERED);
      await eventually("the database has all that was spent", 30, async () => {
        const [account] = await postgres.query(
          `SELECT spent_nano FROM agentkeys_ledger_accounts WHERE actor_omni = '${status.actorOmni}'`,
          "ledger",
        );
        return Number(account?.["spent_nano"]) === COVERED * nanoUsd ? true : undefined;
      });
    },
  },
];
