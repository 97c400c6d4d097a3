import assert from "node:assert/strict";
import { apply, eventually, getJson, kubectl, kubectlInput, namespaceObject } from "../lib/kube.ts";
import { agentPod, agentTemplate, logsWith, recorded, TEAM_A, TEAM_B, waitReady } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}
interface Pod {
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: { containers: Container[]; initContainers?: Container[]; volumes?: { name: string }[]; nodeName?: string };
}
interface Template {
  metadata: { labels?: object; annotations?: object };
  spec: { containers: object[] };
}

const ask = ["node", "openai-client.js", "stream 1"];
const proxies = ({ spec }: Pod): number => (spec.initContainers ?? []).filter(({ name }) => name === "agentkeys-proxy").length;
const template = (...args: Parameters<typeof agentTemplate>): Template => agentTemplate(...args) as Template;
const dryRun = async (pod: object): Promise<Pod> =>
  JSON.parse(await kubectlInput(JSON.stringify(pod), "create", "-f", "-", "--dry-run=server", "-o", "json")) as Pod;

export const order: readonly Scenario[] = [
  {
    name: "04 logs and exec go to the application by default",
    run: async () => {
      await apply(agentPod(TEAM_A, "default-container", agentTemplate([...ask, "stay"])));
      await logsWith(TEAM_A, "default-container", /DONE/);
      assert.match(await kubectl("-n", TEAM_A, "logs", "default-container"), /ANSWER hello/);
      assert.match(await kubectl("-n", TEAM_A, "exec", "default-container", "--", "printenv", "OPENAI_BASE_URL"), /localhost:9090/);
    },
  },
  {
    name: "04 an application keeps the proxy during its own shutdown, and the pod ends inside its grace period",
    run: async (say) => {
      const pod = template([...ask, "stay"], { spec: { terminationGracePeriodSeconds: 20 } });
      const preStop = { exec: { command: ["sh", "-c", 'curl -sS "$OPENAI_BASE_URL/models/on-the-way-out"'] } };
      pod.spec.containers = pod.spec.containers.map((container) => ({ ...container, lifecycle: { preStop } }));
      await apply(agentPod(TEAM_A, "leaving", pod));
      await logsWith(TEAM_A, "leaving", /DONE/);
      const started = Date.now();
      await kubectl("-n", TEAM_A, "delete", "pod", "leaving", "--wait=true", "--timeout=40s");
      say(`gone after ${Date.now() - started} ms`);
      assert.ok(
        (await recorded()).some(({ path }) => path === "/v1/models/on-the-way-out"),
        "the last call did not reach the provider",
      );
      assert.ok(Date.now() - started < 20_000);
    },
  },
  {
    name: "04 a Job fails when its own container fails",
    run: async () => {
      const spec = { backoffLimit: 0, template: agentTemplate(["sh", "-c", "exit 3"]) };
      await apply({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "failing", namespace: TEAM_A }, spec });
      await kubectl("-n", TEAM_A, "wait", "--for=condition=Failed", "job/failing", "--timeout=60s");
      await kubectl("-n", TEAM_A, "delete", "job", "failing");
    },
  },
  {
    name: "04 a pod of an owner nobody knows is injected",
    run: async () => {
      const names = { plural: "rollouts", singular: "rollout", kind: "Rollout", listKind: "RolloutList" };
      const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
      const spec = { group: "e2e.example", scope: "Namespaced", names, versions: [{ name: "v1", served: true, storage: true, schema }] };
      await apply({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "rollouts.e2e.example" },
        spec,
      });
      await kubectl("wait", "--for=condition=Established", "crd/rollouts.e2e.example", "--timeout=30s");
      await eventually("the owner is made", 20, () =>
        apply({ apiVersion: "e2e.example/v1", kind: "Rollout", metadata: { name: "owner", namespace: TEAM_A } }),
      );
      const { metadata } = await getJson<{ metadata: { uid: string } }>("rollout", "owner", "-n", TEAM_A);
      const pod = template(ask);
      const ownerReferences = [{ apiVersion: "e2e.example/v1", kind: "Rollout", name: "owner", uid: metadata.uid, controller: true }];
      await apply(agentPod(TEAM_A, "owned", { ...pod, metadata: { ...pod.metadata, ownerReferences } }));
      assert.match(await logsWith(TEAM_A, "owned", /DONE|FAULT/), /DONE/);
      await kubectl("delete", "crd", "rollouts.e2e.example");
    },
  },
  {
    name: "04 a second pass over an injected pod changes nothing",
    run: async () => {
      const { metadata, spec } = await getJson<Pod>("pod", "default-container", "-n", TEAM_A);
      const { labels, annotations = {} } = metadata;
      // kubectl's own note of what it once sent.
      delete annotations["kubectl.kubernetes.io/last-applied-configuration"];
      const { nodeName, ...sent } = spec;
      assert.ok(nodeName !== undefined);
      const again = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "second-pass", namespace: TEAM_A, labels, annotations },
        spec: sent,
      };
      const passed = await dryRun(again);
      assert.deepEqual(passed.spec, sent);
      assert.deepEqual([passed.metadata.labels, passed.metadata.annotations], [labels, annotations]);
    },
  },
  {
    name: "04 skip-containers is honoured; a container named there keeps its environment",
    run: async () => {
      const pod = template(["true"], { annotations: { "agentkeys.io/skip-containers": "helper" } });
      pod.spec.containers = [...pod.spec.containers, { ...pod.spec.containers[0], name: "helper" }];
      const { spec } = await dryRun(agentPod(TEAM_A, "skipping", pod));
      const names = Object.fromEntries(spec.containers.map(({ name, env = [] }) => [name, env.map((variable) => variable.name)]));
      assert.ok(names["app"]?.includes("OPENAI_BASE_URL"));
      assert.deepEqual(names["helper"], []);
    },
  },
  {
    name: "04 a labelled namespace opts in by selector, and a pod's own opt-out wins",
    run: async () => {
      const spec = { services: [{ name: "openai" }], selector: { matchLabels: { role: "agent" } } };
      await apply(namespaceObject(TEAM_B, { "agentkeys.io/inject": "enabled" }), {
        apiVersion: "agentkeys.io/v1alpha1",
        kind: "AgentKeysBinding",
        metadata: { name: "selecting", namespace: TEAM_B },
        spec,
      });
      const pod = (annotations: Record<string, string>, labels: object): object => {
        const base = template(["true"], { binding: "", annotations });
        return agentPod(TEAM_B, "selected", { ...base, metadata: { ...base.metadata, labels } });
      };
      try {
        await eventually("the binding is known", 20, async () =>
          proxies(await dryRun(pod({}, { role: "agent" }))) === 1 ? true : undefined,
        );
        assert.equal(proxies(await dryRun(pod({}, { role: "other" }))), 0);
        assert.equal(proxies(await dryRun(pod({ "agentkeys.io/inject": "false" }, { role: "agent" }))), 0);
        assert.equal(proxies(await dryRun(pod({ "agentkeys.io/inject": "perhaps" }, { role: "agent" }))), 1);
      } finally {
        await kubectl("label", "namespace", TEAM_B, "agentkeys.io/inject-");
        await kubectl("-n", TEAM_B, "delete", "akb", "selecting", "--timeout=60s");
      }
    },
  },
  {
    name: "04 a workload made before it opted in is injected after a roll",
    run: async () => {
      const base = template([...ask, "stay"], { binding: "", spec: { restartPolicy: "Always" } });
      const labels = { app: "rolled" };
      const spec = { selector: { matchLabels: labels }, template: { ...base, metadata: { labels } } };
      await apply({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "rolled", namespace: TEAM_A }, spec });
      const first = await eventually("the first pod exists", 30, async () => {
        const { items } = await getJson<{ items: Pod[] }>("pods", "-n", TEAM_A, "-l", "app=rolled");
        return items[0];
      });
      assert.equal(proxies(first), 0);
      const patch = { spec: { template: { metadata: { annotations: { "agentkeys.io/binding": "agent" } } } } };
      await kubectl("-n", TEAM_A, "patch", "deployment", "rolled", "-p", JSON.stringify(patch));
      await kubectl("-n", TEAM_A, "rollout", "status", "deployment/rolled", "--timeout=60s");
      const { items } = await getJson<{ items: Pod[] }>("pods", "-n", TEAM_A, "-l", "app=rolled");
      assert.ok(items.some((pod) => proxies(pod) === 1));
      await kubectl("-n", TEAM_A, "delete", "deployment", "rolled");
    },
  },
  {
    name: "04 quota and limit range of a namespace are kept, and the pod fits them",
    run: async () => {
      await apply(
        {
          apiVersion: "v1",
          kind: "ResourceQuota",
          metadata: { name: "e2e", namespace: TEAM_B },
          spec: { hard: { "requests.cpu": "2", "requests.memory": "2Gi", "limits.cpu": "4", "limits.memory": "4Gi" } },
        },
        {
          apiVersion: "v1",
          kind: "LimitRange",
          metadata: { name: "e2e", namespace: TEAM_B },
          spec: {
            limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "10m", memory: "64Mi" } }],
          },
        },
      );
      try {
        await waitReady(TEAM_B);
        await eventually("the quota is counted", 20, async () => {
          const { status } = await getJson<{ status?: { hard?: object } }>("resourcequota", "e2e", "-n", TEAM_B);
          return status?.hard;
        });
        await apply(agentPod(TEAM_B, "within-quota", agentTemplate(ask)));
        assert.match(await logsWith(TEAM_B, "within-quota", /DONE|FAULT/), /DONE/);
      } finally {
        await kubectl("-n", TEAM_B, "delete", "resourcequota/e2e", "limitrange/e2e");
      }
    },
  },
  {
    name: "04 another webhook's container, put in by a policy of the cluster, is left as it is",
    run: async () => {
      const foreign = { name: "foreign", image: "localhost/agentkeys-e2e:dev", command: ["sleep", "60"] };
      const expression = `[JSONPatch{op: "add", path: "/spec/containers/-", value: Object.spec.containers.item{name: "${foreign.name}", image: "${foreign.image}", command: ["sleep", "60"]}}]`;
      const match = { resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }] };
      const name = "e2e-foreign";
      await apply(
        {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "MutatingAdmissionPolicy",
          metadata: { name },
          spec: {
            matchConstraints: match,
            matchConditions: [
              { name: "asked", expression: 'has(object.metadata.labels) && "e2e-foreign" in object.metadata.labels' },
              // It is asked again after our webhook's change.
              { name: "once", expression: `!object.spec.containers.exists(c, c.name == "${foreign.name}")` },
            ],
            reinvocationPolicy: "IfNeeded",
            failurePolicy: "Fail",
            mutations: [{ patchType: "JSONPatch", jsonPatch: { expression } }],
          },
        },
        {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "MutatingAdmissionPolicyBinding",
          metadata: { name },
          spec: { policyName: name },
        },
      );
      const base = template(["true"]);
      const pod = agentPod(TEAM_B, "foreign", { ...base, metadata: { ...base.metadata, labels: { "e2e-foreign": "yes" } } });
      try {
        const seen = await eventually("the policy is in force", 30, async () => {
          const answer = await dryRun(pod);
          return answer.spec.containers.some(({ name: container }) => container === "foreign") ? answer : undefined;
        });
        assert.equal(proxies(seen), 1);
        assert.equal(seen.spec.volumes?.filter(({ name: volume }) => volume === "agentkeys-token").length, 1);
      } finally {
        await kubectl("delete", `mutatingadmissionpolicy/${name}`, `mutatingadmissionpolicybinding/${name}`);
      }
    },
  },
];
