import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { setBalance } from "../lib/chains.ts";
import { apply, eventually, getJson, kubectl, secretObject, SYSTEM } from "../lib/kube.ts";
import { theProduction, upgrade } from "../lib/production.ts";
import { throughRelay } from "../lib/relay.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, TEAM_A, waitReady } from "../lib/world.ts";
import { MOVING, untilAnswered } from "./14-production.ts";
import type { Scenario } from "./index.ts";

const CHAIN_ID = 84532;
const POD = "moved";

interface Binding {
  metadata: { name: string };
  status?: { proposals?: { chainId: number }[] };
}

const isOfThere = ({ chainId }: { chainId: number }): boolean => chainId === CHAIN_ID;

/** As docs/how-to/switch-chain.md says, in its order. */
export const chainSwitch: readonly Scenario[] = [
  {
    name: "14 the deployment moves there: a wallet without coins signs the same rights once more, what was stored opens",
    run: async (say) => {
      const { relay, walletFile, ...production } = theProduction();
      const { name, url, chainFile } = await production.other;
      await setBalance(url, relay.payer, 10n);
      await apply(secretObject("prod-chain-2", { "chain.json": await readFile(chainFile, "utf8") }));
      const started = Date.now();
      await upgrade("--reset-then-reuse-values", "--set", "chain.secretName=prod-chain-2");
      const upgradedMs = Date.now() - started;
      await eventually("bindings ask for their rights there", 60, async () => {
        const { items } = await getJson<{ items: Binding[] }>("akb", "-A");
        const isThere = ({ metadata, status }: Binding): boolean =>
          metadata.name === "agent" ? (status?.proposals ?? []).some(isOfThere) : (status?.proposals ?? []).every(isOfThere);
        return items.every(isThere) || undefined;
      });
      const sign = ["apply", "--all", "--chain", name, "--yes", "--json", "--wallet-file", walletFile];
      const rows = JSON.parse(await throughRelay(relay, ...sign)) as { action: string }[];
      assert.equal(rows[0]?.action, "RegisterMaster");
      await waitReady(TEAM_A);
      // What it held of before lives on for minutes: that it is answered does not say that it found its way.
      const enrolled = await eventually("a running proxy has a delegation of that chain", 90, async () => {
        const since = new Date(started + upgradedMs).toISOString();
        const log = await kubectl("-n", TEAM_A, "logs", MOVING, "-c", "agentkeys-proxy", `--since-time=${since}`);
        return log.includes('"message":"enrolled"') ? Date.now() : undefined;
      });
      await untilAnswered(MOVING, enrolled, /^ok$/);
      say(`upgraded in ${upgradedMs} ms, ${rows.length} rights signed; a running proxy is there ${enrolled - started} ms after it began`);
      await apply(agentPod(TEAM_A, POD, agentTemplate(["node", "openai-client.js"])));
      assert.match(await logsWith(TEAM_A, POD, /DONE|FAULT/), /DONE/);
    },
  },
  {
    name: "14 what the old chain says is worth nothing there",
    run: async () => {
      const { walletFile } = theProduction();
      await agentkeys("revoke", `${TEAM_A}/agent`, "--wallet-file", walletFile);
      const revoked = Date.now();
      await eventually("a few seconds have passed", 10, () => Promise.resolve(Date.now() > revoked + 3000 || undefined));
      await untilAnswered(MOVING, revoked, /^ok$/);
      await kubectl("-n", TEAM_A, "delete", "pod", POD, "--grace-period=1", "--wait=false");
      await kubectl("-n", SYSTEM, "delete", "secret", "prod-chain-2", "--wait=false");
    },
  },
];
