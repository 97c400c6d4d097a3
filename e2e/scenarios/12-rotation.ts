import assert from "node:assert/strict";
import { apply, getJson, kubectl, SYSTEM } from "../lib/kube.ts";
import { outcomes } from "../lib/load.ts";
import { agentkeys, agentPod, agentTemplate, logsWith, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface Data {
  data: Record<string, string>;
}
interface Rotated {
  from: number;
  to: number;
}
interface Status {
  epoch: number;
  keys: number[];
  rotatingTo: number | null;
  signers: { chainEpoch: number; keys: { epoch: number }[] }[];
}

const POD = "rotating";
/** Started after the chain was moved, and after the key was retired. */
const LATER = ["rotated", "retired"];
const cli = async <T>(...args: string[]): Promise<T> => JSON.parse(await agentkeys("rotate", ...args, "--json")) as T;

/** A fresh pod: its proxy holds nothing and fetches under whatever epoch it finds. */
const startPod = (name: string): Promise<string> => apply(agentPod(TEAM_A, name, agentTemplate(["node", "openai-client.js"])));
const assertAnswered = async (pod: string): Promise<void> => assert.match(await logsWith(TEAM_A, pod, /DONE|FAULT/), /DONE/);

export const rotation: readonly Scenario[] = [
  {
    name: "12 the storage key is rotated, what is stored moved and the old key retired: a warm pod and new ones lose no call",
    run: async (say) => {
      const before = (await getJson<Data>("secret", "agentkeys-k3", "-n", SYSTEM)).data;
      const { status } = await getJson<{ status: { operatorOmni: string } }>("akb", "agent", "-n", TEAM_A);
      await kubectl("-n", TEAM_A, "delete", "pod", POD, ...LATER, "--ignore-not-found", "--grace-period=1");
      await apply(agentPod(TEAM_A, POD, agentTemplate(["node", "load.js"])));
      await logsWith(TEAM_A, POD, /LOAD .*"ok"/);

      const started = Date.now();
      const { from, to } = await cli<Rotated>("k3", "--evaluation");
      assert.equal(to, from + 1);
      const rotatedMs = Date.now() - started;
      await startPod("rotated");
      const { left, done } = await cli<{ left: object[]; done: number }>(
        "reencrypt",
        "--evaluation",
        "--operator-omni",
        status.operatorOmni,
      );
      assert.deepEqual(left, []);
      const retiring = ["retire", "--epoch", String(from), "--operators", status.operatorOmni, "--quiet-seconds", "5"];
      const { retired, objects } = await cli<{ retired: boolean; objects: number }>(...retiring, "--evaluation");
      assert.ok(retired, `key ${from} is still needed`);
      say(`epoch ${from} to ${to} in ${rotatedMs} ms, ${done} of ${objects} objects moved, all of it in ${Date.now() - started} ms`);

      const now = await cli<Status>("status");
      assert.deepEqual([now.epoch, now.rotatingTo, now.keys.includes(from)], [to, null, false]);
      for (const { chainEpoch, keys } of now.signers) assert.ok(chainEpoch === to && keys.every(({ epoch }) => epoch !== from));
      await startPod("retired");
      for (const pod of LATER) await assertAnswered(pod);
      assert.deepEqual(Object.keys(await outcomes(TEAM_A, POD, 0)), ["ok"]);
      await kubectl("-n", TEAM_A, "delete", "pod", POD, ...LATER, "--grace-period=1", "--wait=false");
      // A development chain that is replaced begins at epoch 1 again and must find its key.
      const restored = JSON.stringify({ data: { [String(from)]: before[String(from)] } });
      await kubectl("-n", SYSTEM, "patch", "secret", "agentkeys-k3", "--type=merge", "-p", restored);
    },
  },
];
