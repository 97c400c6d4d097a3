import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { apply, eventually, forward, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, TEAM_A, waitReady, walletFile } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const LIMIT_MS = 2000;

interface Binding {
  status: { conditions: { type: string; status: string; reason: string }[] };
}

export const revocation: readonly Scenario[] = [
  {
    name: "03 the master wallet revokes from outside: the running stream is cut within 2 s",
    run: async (say) => {
      const wallet = await walletFile();
      await apply(agentPod(TEAM_A, "streaming", agentTemplate(["node", "openai-client.js", "stream 600"])));
      await logsWith(TEAM_A, "streaming", /CHUNK[\s\S]*CHUNK/);
      const chain = await forward(SYSTEM, "service/agentkeys-chain", 8545);
      const asked = Date.now();
      try {
        await agentkeys("revoke", `${TEAM_A}/agent`, "--wallet-file", wallet, "--rpc-url", `http://127.0.0.1:${chain.port}`);
      } finally {
        chain.close();
      }
      const mined = Date.now();
      const log = await logsWith(TEAM_A, "streaming", /FAULT|DONE/, 30);
      const cut = Number(/FAULT (\d+)/.exec(log)?.[1]);
      say(`stream cut ${cut - asked} ms after the command was given, ${cut - mined} ms after it had its receipt`);
      assert.doesNotMatch(log, /DONE/);
      assert.ok(cut - mined < LIMIT_MS, `cut after ${cut - mined} ms`);
    },
  },
  {
    name: "03 the next request is refused, and the operator does not grant it again",
    run: async () => {
      await apply(agentPod(TEAM_A, "refused", agentTemplate(["node", "openai-client.js"])));
      assert.match(await logsWith(TEAM_A, "refused", /FAULT|DONE/), /FAULT \d+ 403/);
      const reason = await eventually("the binding says so", 60, async () => {
        const { status } = await getJson<Binding>("akb", "agent", "-n", TEAM_A);
        const scope = status.conditions.find(({ type }) => type === "ScopeInSync");
        return scope?.status === "False" ? scope.reason : undefined;
      });
      assert.equal(reason, "RevokedOnChain");
      // Any change of the object makes the operator look again; it must go on leaving the chain alone.
      await kubectl("-n", TEAM_A, "annotate", "akb", "agent", `e2e.agentkeys.io/look=${Date.now()}`, "--overwrite");
      for (let look = 0; look < 10; look += 1) {
        await sleep(500);
        const { status } = await getJson<Binding>("akb", "agent", "-n", TEAM_A);
        assert.equal(status.conditions.find(({ type }) => type === "ScopeInSync")?.reason, "RevokedOnChain");
      }
    },
  },
  {
    name: "03 a resync by the platform team grants again",
    run: async () => {
      await kubectl("-n", TEAM_A, "annotate", "akb", "agent", `agentkeys.io/resync=${Date.now()}`, "--overwrite");
      await waitReady(TEAM_A);
      await apply(agentPod(TEAM_A, "again", agentTemplate(["node", "openai-client.js"])));
      assert.match(await logsWith(TEAM_A, "again", /FAULT|DONE/), /DONE/);
    },
  },
  {
    name: "03 suspend cuts a running stream and refuses new pods",
    run: async () => {
      await apply(agentPod(TEAM_A, "suspended", agentTemplate(["node", "openai-client.js", "stream 600"])));
      await logsWith(TEAM_A, "suspended", /CHUNK[\s\S]*CHUNK/);
      await kubectl("-n", TEAM_A, "patch", "akb", "agent", "--type=merge", "-p", '{"spec":{"suspend":true}}');
      assert.match(await logsWith(TEAM_A, "suspended", /FAULT|DONE/, 20), /FAULT/);
      const fault = await apply(agentPod(TEAM_A, "late", agentTemplate(["true"]))).then(() => "", String);
      assert.match(fault, /is suspended/);
      await kubectl("-n", TEAM_A, "patch", "akb", "agent", "--type=merge", "-p", '{"spec":{"suspend":false}}');
      await waitReady(TEAM_A);
    },
  },
];
