import assert from "node:assert/strict";
import { eventually, apply, forward, kubectl, run, SYSTEM } from "../lib/kube.ts";
import { processesOf } from "../lib/kill.ts";
import { agentkeys, agentPod, agentTemplate, bind, logsWith, TEAM_B, walletFile } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const POD = "muted";
/** A credential lives 300 s at most; the load prints once a second. */
const LIMIT_MS = 302_000;
const BROKER_PORT = 8091;

let revokedMs = 0;

/** When the load was answered last, and with what it was refused afterwards. */
async function lastAnswer(): Promise<{ lastOkMs: number; refusal: string | undefined }> {
  const log = await kubectl("-n", TEAM_B, "logs", POD, "-c", "app");
  let lastOkMs = 0;
  let refusal: string | undefined;
  for (const [, text = ""] of log.matchAll(/^LOAD (.*)$/gm)) {
    const { at = 0, ...counts } = JSON.parse(text) as Record<string, number>;
    if ("ok" in counts) [lastOkMs, refusal] = [at, undefined];
    else refusal ??= Object.keys(counts)[0];
  }
  return { lastOkMs, refusal };
}

/** Two parts: the clock of the first runs while other scenarios do their work. */
export const muted: readonly Scenario[] = [
  {
    name: "03 a proxy that hears nothing of its broker any more is revoked on chain",
    run: async () => {
      await bind(TEAM_B, POD, ["openai"]);
      await apply(agentPod(TEAM_B, POD, agentTemplate(["node", "load.js"], { binding: POD })));
      await logsWith(TEAM_B, POD, /LOAD .*"ok"/);
      const [pid] = processesOf({ words: ["/app/main.js", "sidecar"], environment: `POD_NAME=${POD}` });
      assert.ok(pid !== undefined, "the proxy's process is not on this machine");
      // In the pod's own network namespace: neither heartbeats nor drops arrive, and no cap can be fetched.
      const rules = `table inet muted { chain output { type filter hook output priority 0; tcp dport ${BROKER_PORT} drop; }; chain input { type filter hook input priority 0; tcp sport ${BROKER_PORT} drop; }; }`;
      await run("nsenter", ["-t", String(pid), "-n", "nft", "-f", "-"], rules);
      const chain = await forward(SYSTEM, "service/agentkeys-chain", 8545);
      try {
        const wallet = await walletFile();
        await agentkeys("revoke", `${TEAM_B}/${POD}`, "--wallet-file", wallet, "--rpc-url", `http://127.0.0.1:${chain.port}`);
      } finally {
        chain.close();
      }
      revokedMs = Date.now();
    },
  },
];

export const mutedEnd: readonly Scenario[] = [
  {
    name: "03 without any push the revocation takes hold when the credential's own life ends, within 300 s",
    run: async (say) => {
      assert.ok(revokedMs > 0, "nothing was revoked");
      const { lastOkMs, refusal } = await eventually("the load is refused", LIMIT_MS / 1000, async () => {
        const seen = await lastAnswer();
        return seen.refusal === undefined ? undefined : seen;
      });
      say(`answered until ${Math.round((lastOkMs - revokedMs) / 1000)} s after the revocation, then ${refusal ?? ""}`);
      assert.ok(lastOkMs - revokedMs <= LIMIT_MS);
      assert.match(refusal ?? "", /^50[23] (broker_silent|upstream_unreachable)$/);
      await kubectl("-n", TEAM_B, "delete", `pod/${POD}`, `akb/${POD}`, "--timeout=60s");
    },
  },
];
