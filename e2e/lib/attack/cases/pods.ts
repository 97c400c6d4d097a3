/** Marks and parts of pods forged: before admission, or on a live pod. */
import assert from "node:assert/strict";
import { decodeDelegation } from "@agentkeys/common/delegation";
import { apply, kubectl } from "../../kube.ts";
import { agentPod, agentTemplate } from "../../world.ts";
import { enrol, tokenOf } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { failsWith, granted } from "../expect.ts";
import { NS_A, NS_B } from "../kit.ts";
import { refusedEnrol } from "../reads.ts";
import { newSession } from "../tokens.ts";

const IMAGE = "localhost/agentkeys-e2e:dev";
/** The API server's own policy, which needs no webhook. */
const MARKS = /ValidatingAdmissionPolicy '[a-z-]+' with binding '[a-z-]+' denied request: agentkeys: /;

const annotate = (...marks: string[]): Promise<string> => kubectl("-n", NS_A, "annotate", "--overwrite", "pod", ...marks);

export const podCases: readonly AttackCase[] = [
  {
    id: "ENR-08a",
    title: "that pod marked as injected afterwards",
    run: async (kit) => {
      await failsWith(kubectl("-n", NS_A, "label", "pod", "plain", "agentkeys.io/injected=true"), MARKS);
      await failsWith(annotate("plain", "agentkeys.io/binding=agent"), MARKS);
      await refusedEnrol(kit, await tokenOf(NS_A, "plain"), 403, "enrol_refused");
    },
  },
  {
    id: "ENR-08b",
    title: "a live pod's annotation moved to a binding of another service account, another namespace, nowhere",
    run: async (kit) => {
      for (const name of ["guarded", "only-in-b", `${NS_B}/agent`, "nowhere"])
        await failsWith(annotate("agent", `agentkeys.io/binding=${name}`), MARKS);
      const session = await newSession();
      const answer = granted(await enrol(kit, { token: await tokenOf(NS_A, "agent"), session }));
      const { message } = decodeDelegation(String(answer["delegation"]));
      assert.deepEqual([message.namespace, message.actorOmni], [NS_A, kit.a.device.actorOmni]);
    },
  },
  {
    id: "ENR-08c",
    title: "the image of a live pod's proxy exchanged; a debug container among its processes",
    run: async () => {
      await failsWith(kubectl("-n", NS_A, "set", "image", "pod/agent", `agentkeys-proxy=${IMAGE}`), MARKS);
      const debug = ["debug", "agent", `--image=${IMAGE}`, "--target=agentkeys-proxy", "--profile=general", "--", "true"];
      await failsWith(kubectl("-n", NS_A, ...debug), MARKS);
    },
  },
  {
    id: "ENR-09",
    title: "pods created with the label of an injected one: without annotation, and opted out",
    run: async (kit) => {
      const bare = { "agentkeys.io/injected": "0.1.0/1" };
      const optedOut = { ...bare, "agentkeys.io/binding": "agent", "agentkeys.io/inject": "false" };
      for (const [name, annotations] of Object.entries({ bare, "opted-out": optedOut })) {
        const spec = { terminationGracePeriodSeconds: 0 };
        const pod = agentPod(NS_A, name, agentTemplate(["sleep", "900"], { binding: "", annotations, spec }));
        const { metadata } = pod as { metadata: { labels: object } };
        await apply({ ...pod, metadata: { ...metadata, labels: { ...metadata.labels, "agentkeys.io/injected": "true" } } });
        await refusedEnrol(kit, await tokenOf(NS_A, name), 403, "enrol_refused");
      }
    },
  },
  {
    id: "ENR-10a",
    title: "an application container that mounts the proxy's token",
    run: async () => {
      const container = { name: "app", image: IMAGE, volumeMounts: [{ name: "agentkeys-token", mountPath: "/stolen" }] };
      const pod = agentPod(NS_B, "thief", agentTemplate(["true"], { spec: { containers: [container] } }));
      await failsWith(apply(pod), /mounts agentkeys-token, which only the proxy may/);
    },
  },
  {
    id: "ENR-10b",
    title: "a volume of the pod's own that asks for the enrolment audience",
    run: async () => {
      const sources = [{ serviceAccountToken: { path: "token", audience: "agentkeys-enroll" } }];
      const spec = { volumes: [{ name: "mine", projected: { sources } }] };
      await failsWith(apply(agentPod(NS_B, "thief", agentTemplate(["true"], { spec }))), /projects a token of audience agentkeys-enroll/);
    },
  },
  {
    id: "ENR-10c",
    title: "a hand-written proxy, of our own image, with the marks of an injected pod",
    run: async () => {
      const env = [{ name: "AGENTKEYS_SIDECAR_PLACEHOLDER", value: "mine" }];
      const proxy = { name: "agentkeys-proxy", image: "localhost/agentkeys:dev", restartPolicy: "Always", args: ["sidecar"], env };
      const elsewhere = [...env, { name: "AGENTKEYS_SIDECAR_OPERATOR_URL", value: "https://evil.invalid" }];
      for (const own of [
        { ...proxy, command: ["node", "-e", "0"] },
        { ...proxy, env: elsewhere },
      ]) {
        const annotations = { "agentkeys.io/injected": "0.1.0/1" };
        const template = agentTemplate(["true"], { annotations, spec: { initContainers: [own] } });
        await failsWith(apply(agentPod(NS_B, "forged", template)), /already called agentkeys-proxy/);
      }
    },
  },
];
