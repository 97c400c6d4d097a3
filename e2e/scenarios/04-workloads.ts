import assert from "node:assert/strict";
import { apply, eventually, getJson, kubectl, run } from "../lib/kube.ts";
import { agentPod, agentTemplate, logsWith, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface PodList {
  items: { metadata: { name: string }; spec: { initContainers?: { name: string }[] }; status: { phase: string } }[];
}
const ask = ["node", "openai-client.js", "stream 1"];
const meta = (name: string): object => ({ name, namespace: TEAM_A });
const labelled = (kind: string): object => {
  const template = agentTemplate([...ask, "stay"], { spec: { restartPolicy: "Always" } }) as { metadata: { labels: object } };
  return { ...template, metadata: { ...template.metadata, labels: { app: kind } } };
};
const job = (name: string): object => ({
  backoffLimit: 0,
  template: { ...agentTemplate(ask), metadata: { labels: { app: name }, annotations: { "agentkeys.io/binding": "agent" } } },
});
const selector = (kind: string): object => ({ matchLabels: { app: kind } });

export const workloads: readonly Scenario[] = [
  {
    name: "04 Deployment, StatefulSet, DaemonSet, Job and CronJob are injected",
    run: async () => {
      await apply(
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: meta("kind-deploy"),
          spec: { selector: selector("kind-deploy"), template: labelled("kind-deploy") },
        },
        {
          apiVersion: "apps/v1",
          kind: "StatefulSet",
          metadata: meta("kind-sts"),
          spec: { serviceName: "none", selector: selector("kind-sts"), template: labelled("kind-sts") },
        },
        {
          apiVersion: "apps/v1",
          kind: "DaemonSet",
          metadata: meta("kind-ds"),
          spec: { selector: selector("kind-ds"), template: labelled("kind-ds") },
        },
        { apiVersion: "batch/v1", kind: "Job", metadata: meta("kind-job"), spec: job("kind-job") },
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          metadata: meta("kind-cron"),
          spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: job("kind-cron") } },
        },
      );
      await kubectl("-n", TEAM_A, "create", "job", "--from=cronjob/kind-cron", "kind-cron-now");
      for (const kind of ["kind-deploy", "kind-sts", "kind-ds", "kind-job", "kind-cron"])
        await eventually(`${kind} answered through the proxy`, 180, async () => {
          const [pod] = (await getJson<PodList>("pods", "-n", TEAM_A, "-l", `app=${kind}`)).items;
          if (pod === undefined) return undefined;
          assert.equal(pod.spec.initContainers?.[0]?.name, "agentkeys-proxy");
          const log = await kubectl("-n", TEAM_A, "logs", pod.metadata.name, "-c", "app");
          if (log.includes("DONE")) return true;
          throw new Error(log.slice(-300) || "no log yet");
        });
    },
  },
  {
    name: "04 a Job ends by itself",
    run: async () => {
      await kubectl("-n", TEAM_A, "wait", "--for=condition=Complete", "job/kind-job", "job/kind-cron-now", "--timeout=60s");
      await kubectl(
        "-n",
        TEAM_A,
        "delete",
        "deploy/kind-deploy",
        "sts/kind-sts",
        "ds/kind-ds",
        "job/kind-job",
        "cronjob/kind-cron",
        "--wait=false",
      );
    },
  },
  {
    name: "04 a user's init container reaches the proxy",
    run: async () => {
      const base = agentTemplate(["true"]) as { spec: { containers: { securityContext: object }[] } };
      const init = { ...base.spec.containers[0], name: "prepare", command: ["node", "openai-client.js", "stream 1"] };
      await apply(agentPod(TEAM_A, "with-init", agentTemplate(["true"], { spec: { initContainers: [init] } })));
      await eventually("the init container is done", 60, async () =>
        (await kubectl("-n", TEAM_A, "logs", "with-init", "-c", "prepare")).includes("DONE") ? true : undefined,
      );
    },
  },
  {
    name: "04 an unannotated pod is left byte-identical",
    run: async () => {
      const pod = agentPod(TEAM_A, "plain-pod", agentTemplate(["true"], { binding: "" })) as {
        spec: { containers: object[] };
        metadata: object;
      };
      const answer = await run("kubectl", ["create", "-f", "-", "--dry-run=server", "-o", "json"], JSON.stringify(pod));
      const created = JSON.parse(answer) as { spec: { containers: object[]; initContainers?: object; volumes?: object }; metadata: object };
      // Defaults of the API server are added to what was sent; nothing of ours is, and nothing sent is changed.
      assert.partialDeepStrictEqual(created, pod);
      assert.equal(created.spec.initContainers ?? created.spec.volumes, undefined);
      assert.ok(
        !("env" in (created.spec.containers[0] ?? {})) &&
          !("annotations" in created.metadata && JSON.stringify(created.metadata.annotations).includes("agentkeys")),
      );
    },
  },
  {
    name: "04 a user's own variable is kept and warned about",
    run: async () => {
      const template = agentTemplate(["node", "-e", "console.log('BASE', process.env.OPENAI_BASE_URL)"]) as {
        spec: { containers: object[] };
      };
      template.spec.containers = template.spec.containers.map((container) => ({
        ...container,
        env: [{ name: "OPENAI_BASE_URL", value: "https://mine.example" }],
      }));
      await apply(agentPod(TEAM_A, "own-env", template));
      assert.match(await logsWith(TEAM_A, "own-env", /BASE/), /BASE https:\/\/mine.example/);
    },
  },
];
