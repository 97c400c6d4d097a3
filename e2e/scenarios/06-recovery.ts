import assert from "node:assert/strict";
import { apply, eventually, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { killAll, type Target } from "../lib/kill.ts";
import { outcomes } from "../lib/load.ts";
import { agentPod, agentTemplate, CANARIES, logsWith, recorded, TEAM_A, waitReady } from "../lib/world.ts";
import { createWriter, writtenKey, type Writer } from "../lib/writer.ts";
import type { Scenario } from "./index.ts";

interface PodList {
  items: {
    metadata: { deletionTimestamp?: string };
    status: { containerStatuses?: { ready: boolean; state: { running?: { startedAt: string } } }[] };
  }[];
}
interface Binding {
  metadata: { name: string };
  status?: { conditions?: { type: string; status: string }[] };
}

const ANSWERED = "ok";
const service = (name: string): Target => ({ words: ["/app/main.js", name] });
/** Each with the Deployment that shows its recovery. A warm proxy needs none of them. */
const BEHIND: readonly [string, Target][] = [
  ["broker", service("broker")],
  ["creds-worker", service("creds-worker")],
  ["signer", service("signer")],
  ["webhook", service("webhook")],
  ["operator", service("operator")],
  ["chain", { words: ["/opt/agentkeys/bin/anvil"] }],
  ["store", { words: ["/opt/agentkeys/bin/minio"] }],
];

let writer: Writer | undefined;
/** Calls that the provider had had before the load. */
let before = 0;

/** Waits until as many containers of a component as were killed run and are ready, each started after the kill. */
async function untilRestarted(component: string, count: number, killedMs: number): Promise<void> {
  // The kubelet writes whole seconds.
  const since = Math.floor(killedMs / 1000) * 1000;
  await eventually(`${component} is ready again`, 90, async () => {
    const { items } = await getJson<PodList>("pods", "-n", SYSTEM, "-l", `app.kubernetes.io/component=${component}`);
    const fresh = items.filter(({ status }) =>
      status.containerStatuses?.every(({ ready, state }) => ready && Date.parse(state.running?.startedAt ?? "") >= since),
    );
    return fresh.length >= count ? true : undefined;
  });
}

export const recovery: readonly Scenario[] = [
  {
    name: "06 a load runs: one pod calls all the time, credentials and bindings are written all the time",
    run: async () => {
      await kubectl("-n", TEAM_A, "delete", "pod", "load", "--ignore-not-found", "--grace-period=1");
      before = (await recorded()).length;
      await apply(agentPod(TEAM_A, "load", agentTemplate(["node", "load.js"])));
      await logsWith(TEAM_A, "load", /LOAD .*"ok"/);
      writer = createWriter();
      const first = writer;
      await eventually("the first credential and binding are acknowledged", 60, () =>
        Promise.resolve(first.credential > 0 && first.bindings.length > 0 ? true : undefined),
      );
    },
  },
  ...BEHIND.map(([name, target]): Scenario => ({
    name: `06 kill -9 of every ${name}: a warm proxy goes on serving, and it comes back without a hand`,
    run: async (say) => {
      const started = Date.now();
      const count = killAll(target);
      await untilRestarted(name, count, started);
      const seconds = (Date.now() - started) / 1000;
      await logsWith(TEAM_A, "load", /LOAD/);
      const seen = await outcomes(TEAM_A, "load", started, Date.now());
      say(`${count} killed, ready again after ${seconds.toFixed(1)} s; the load saw ${JSON.stringify(seen)}`);
      assert.deepEqual(Object.keys(seen), [ANSWERED]);
    },
  })),
  {
    name: "06 kill -9 of a proxy: its pod goes on after a restart, and no call goes out without the key",
    run: async (say) => {
      const started = Date.now();
      killAll({ ...service("sidecar"), environment: "POD_NAME=load" });
      await eventually("the load is answered again", 60, async () => {
        const seen = await outcomes(TEAM_A, "load", Math.max(started + 1000, Date.now() - 1500), Date.now());
        return Object.keys(seen).join() === ANSWERED ? true : undefined;
      });
      say(
        `answered again after ${Date.now() - started} ms; the load saw ${JSON.stringify(await outcomes(TEAM_A, "load", started, Date.now()))}`,
      );
    },
  },
  {
    name: "06 nothing acknowledged was lost: every binding is on chain, the last credential is what the provider gets",
    run: async (say) => {
      assert.ok(writer !== undefined, "no load was running");
      const after = writer;
      const [credentialsBefore, bindingsBefore] = [after.credential, after.bindings.length];
      const started = Date.now();
      await eventually("two more credentials and bindings are acknowledged after the last kill", 120, () =>
        Promise.resolve(after.credential >= credentialsBefore + 2 && after.bindings.length >= bindingsBefore + 2 ? true : undefined),
      );
      say(`written again ${Date.now() - started} ms after the last recovery`);
      const { credential, bindings, faults } = await after.stop();
      say(`${credential} credentials and ${bindings.length} bindings acknowledged, ${faults} writes had to be repeated`);
      for (const name of bindings) await waitReady(TEAM_A, name);
      const { items } = await getJson<{ items: Binding[] }>("akb", "-n", TEAM_A);
      const registered = items.filter(({ status }) =>
        status?.conditions?.some(({ type, status: value }) => type === "ScopeInSync" && value === "True"),
      );
      for (const name of bindings)
        assert.ok(
          registered.some(({ metadata }) => metadata.name === name),
          `${name} is not on chain`,
        );
      await kubectl("-n", TEAM_A, "delete", "pod", "last-key", "--ignore-not-found", "--grace-period=1");
      await apply(agentPod(TEAM_A, "last-key", agentTemplate(["node", "openai-client.js", "stream 1"], { binding: "written" })));
      assert.match(await logsWith(TEAM_A, "last-key", /DONE|FAULT/), /DONE/);
      const keys = (await recorded()).slice(before).map(({ headers }) => headers["authorization"] ?? headers["x-api-key"] ?? "none");
      // The write under way when the writer stopped may have arrived as well.
      const last = [credential, credential + 1].map((number) => `Bearer ${writtenKey(number)}`);
      assert.ok(
        last.includes(keys.findLast((key) => key.includes("sk-written-")) ?? "none"),
        `the provider got another key than ${last[0]}`,
      );
      const known = new RegExp(`^(Bearer )?(${Object.values(CANARIES).join("|")}|sk-written-\\d+)$`);
      assert.deepEqual(
        keys.filter((key) => !known.test(key)),
        [],
      );
      await after.remove();
    },
  },
];
