import assert from "node:assert/strict";
import { setBalance } from "../lib/chains.ts";
import { apply, eventually, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { outcomes } from "../lib/load.ts";
import { becomeEvaluation, becomeProduction, theProduction } from "../lib/production.ts";
import { throughRelay } from "../lib/relay.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, TEAM_A, waitReady } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const NAME = "keyless";
const BINDING = `${TEAM_A}/${NAME}`;
/** Of a binding that was there before. */
export const MOVING = "moving";

interface Deployment {
  spec: { template: { spec: { volumes: { name: string }[] } } };
}
interface Applied {
  action: string;
  transaction: string;
}

/** Waits until the load of a pod is answered with nothing but this, from a moment on. */
export async function untilAnswered(pod: string, sinceMs: number, answer: RegExp): Promise<number> {
  return await eventually(`${pod} is answered ${answer.source}`, 60, async () => {
    const now = Date.now();
    const seen = Object.keys(await outcomes(TEAM_A, pod, Math.max(sinceMs, now - 1500)));
    return seen.length > 0 && seen.every((outcome) => answer.test(outcome)) ? now : undefined;
  });
}

/** Waits until a binding asks for signatures on this chain, the first of them with these words. */
export async function untilProposed(name: string, chainId: number, first: RegExp): Promise<void> {
  await eventually(`${name} proposes ${first.source}`, 60, async () => {
    const { status } = await getJson<{ status?: { proposals?: { words: string; chainId: number }[] } }>("akb", name, "-n", TEAM_A);
    const [proposal] = status?.proposals ?? [];
    return proposal?.chainId === chainId && first.test(proposal.words) ? true : undefined;
  });
}

export const bindingOf = (name: string, limits: object = {}): object => ({
  apiVersion: "agentkeys.io/v1alpha1",
  kind: "AgentKeysBinding",
  metadata: { name, namespace: TEAM_A },
  spec: { services: [{ name: "openai", credentialFrom: { secretRef: { name: "provider-key", key: "key" } }, ...limits }] },
});

export const production: readonly Scenario[] = [
  {
    name: "14 the wallet's key leaves the cluster, the ledger moves to PostgreSQL: what was bound goes on, a load loses no call",
    run: async (say) => {
      await kubectl("-n", TEAM_A, "delete", "pod", MOVING, NAME, "--ignore-not-found", "--grace-period=1");
      await apply(agentPod(TEAM_A, MOVING, agentTemplate(["node", "load.js"])));
      const started = await untilAnswered(MOVING, 0, /^ok$/);
      await becomeProduction();
      say(`every pod is production's after ${Math.round((Date.now() - started) / 1000)} s`);
      const { spec } = await getJson<Deployment>("deployment", "agentkeys-operator", "-n", SYSTEM);
      assert.ok(spec.template.spec.volumes.every(({ name }) => name !== "wallet"));
      await waitReady(TEAM_A);
      await untilAnswered(MOVING, Date.now(), /^ok$/);
      assert.deepEqual(Object.keys(await outcomes(TEAM_A, MOVING, started)), ["ok"]);
    },
  },
  {
    name: "14 a wallet without coins: what a binding proposes is signed by hand, carried by the relay, and its pod works",
    run: async () => {
      const { address, chainUrl, relay, walletFile } = theProduction();
      await setBalance(chainUrl, address, 0n);
      await apply(bindingOf(NAME));
      await untilProposed(NAME, 31337, /^register device/);
      const rows = JSON.parse(await throughRelay(relay, "apply", BINDING, "--yes", "--json", "--wallet-file", walletFile)) as Applied[];
      assert.deepEqual(
        rows.map(({ action }) => action),
        ["RegisterDevice", "SetScope"],
      );
      await waitReady(TEAM_A, NAME);
      await apply(agentPod(TEAM_A, NAME, agentTemplate(["node", "load.js"], { binding: NAME })));
      await logsWith(TEAM_A, NAME, /LOAD .*"ok"/);
    },
  },
  {
    name: "14 revoked through the relay its calls are refused; without the relay the wallet's own transaction grants again",
    run: async (say) => {
      const { address, chainUrl, relay, walletFile } = theProduction();
      await throughRelay(relay, "revoke", BINDING, "--wallet-file", walletFile);
      const revoked = Date.now();
      const refused = await untilAnswered(NAME, revoked, /^403 /);
      say(`refused within ${refused - revoked} ms of the receipt`);
      const grant = ["grant", BINDING, "openai", "--wallet-file", walletFile];
      await assert.rejects(agentkeys(...grant, "--relay", "https://127.0.0.1:1"), /run the same command without --relay/);
      await assert.rejects(agentkeys(...grant), /send it coins/);
      await setBalance(chainUrl, address, 1n);
      await agentkeys(...grant);
      await untilAnswered(NAME, Date.now(), /^ok$/);
      await waitReady(TEAM_A, NAME);
    },
  },
];

/** Last, whatever the others came to. */
export const productionEnd: readonly Scenario[] = [
  {
    name: "14 back on the evaluation profile and its chain, what was granted there is in force",
    run: async (say) => {
      const started = Date.now();
      await becomeEvaluation();
      await waitReady(TEAM_A);
      say(`a binding is Ready there after ${Math.round((Date.now() - started) / 1000)} s`);
      await kubectl("-n", TEAM_A, "delete", `pod/${MOVING}`, `pod/${NAME}`, `akb/${NAME}`, "--ignore-not-found", "--wait=false");
    },
  },
];
