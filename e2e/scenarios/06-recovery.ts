import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { apply, eventually, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, logsWith, TEAM_B } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

/** Processes of this machine's pods whose command line names one service of the image. */
function processesOf(service: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return words.includes("/app/main.js") && words.includes(service);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export const recovery: readonly Scenario[] = [
  {
    name: "06 kill -9 of each control-plane process: everything comes back without a hand",
    run: async (say) => {
      for (const service of ["broker", "creds-worker", "signer", "webhook", "operator"]) {
        const started = Date.now();
        const killed = processesOf(service);
        assert.ok(killed.length > 0, `no process of ${service} on this machine`);
        for (const pid of killed) process.kill(pid, "SIGKILL");
        await eventually(`${service} runs again`, 90, () =>
          Promise.resolve(processesOf(service).length >= killed.length ? true : undefined),
        );
        await kubectl("-n", SYSTEM, "wait", "--for=condition=Available", `deployment/agentkeys-${service}`, "--timeout=90s");
        say(`${service}: ${killed.length} killed, available again after ${Date.now() - started} ms`);
      }
      await eventually("a fresh pod works", 90, async () => {
        await kubectl("-n", TEAM_B, "delete", "pod", "after", "--ignore-not-found", "--wait=true");
        await apply(agentPod(TEAM_B, "after", agentTemplate(["node", "openai-client.js", "stream 1"])));
        return (await logsWith(TEAM_B, "after", /FAULT|DONE/, 30)).includes("DONE") ? true : undefined;
      });
    },
  },
];
