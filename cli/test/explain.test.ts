import { describe, expect, test } from "@jest/globals";
import type { AgentKeysBinding, AgentKeysBindingSpec } from "../../operator/src/api/types.ts";
import { reviewPod } from "../../operator/src/webhook/review.ts";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { explainPod, type ExplainFacts, type PodView } from "../src/explain/index.ts";
import { TestMachine } from "./fakes/machine.ts";

const BINDINGS = "agentkeysbindings.agentkeys.io";
const ANNOTATED = { "agentkeys.io/binding": "research" };
const app = { name: "app" };

interface Case {
  pod: PodView;
  metadata?: Partial<AgentKeysBinding["metadata"]>;
  bindings: Record<string, Partial<AgentKeysBindingSpec>>;
  labels?: Record<string, string>;
}

function bindingsOf(of: Case): AgentKeysBinding[] {
  return Object.entries(of.bindings).map(([name, spec]) => ({
    apiVersion: "agentkeys.io/v1alpha1",
    kind: "AgentKeysBinding",
    metadata: { name, namespace: "team-a", generation: 1, ...of.metadata },
    spec: { services: [], ...spec },
  }));
}

/** What the webhook itself answers. */
async function reviewed(of: Case): Promise<{ isAllowed: boolean; isInjected: boolean; message: string }> {
  const bindings = bindingsOf(of);
  const live = {
    binding: (_namespace: string, name: string) => Promise.resolve(bindings.find(({ metadata }) => metadata.name === name) ?? null),
    bindings: () => Promise.resolve(bindings),
    service: () => Promise.resolve(null),
    namespaceLabels: () => Promise.resolve(of.labels ?? {}),
  };
  const urls = { operatorUrl: "https://o.test", brokerUrl: "https://b.test", workerUrl: "https://w.test" };
  const object = { metadata: {}, spec: { containers: [app] }, ...of.pod };
  const answer = await reviewPod(
    { uid: "1", namespace: "team-a", object, kind: { group: "", kind: "Pod" }, operation: "CREATE" },
    {
      cached: () => null,
      live,
      clock: new FakeClock(),
      log: captureLog().log,
      settings: () => ({ image: "i", imagePullPolicy: "Always", version: "1", ...urls, trustBundle: "" }),
      newPlaceholder: () => "placeholder",
      count: () => undefined,
    },
  );
  return { isAllowed: answer.allowed, isInjected: answer.patch !== undefined, message: answer.status?.message ?? "" };
}

function explained(of: Case): ReturnType<typeof explainPod> {
  const facts = { pod: of.pod, namespaceLabels: of.labels ?? {}, bindings: bindingsOf(of), isWebhookReady: true };
  return explainPod(facts as unknown as ExplainFacts);
}

/** Checks that speak of what the webhook decides; the others of what has become of the pod. */
const AFTER = ["webhook ready", "injected", "proxy ready"];

const selected = { labels: { "agentkeys.io/inject": "enabled" } };
const matching = { selector: { matchLabels: { app: "agent" } } };
const CASES: Record<string, Case> = {
  "annotated with a binding that is there": { pod: { metadata: { annotations: ANNOTATED } }, bindings: { research: {} } },
  "annotated with one that is not": { pod: { metadata: { annotations: ANNOTATED } }, bindings: { other: {} } },
  "annotated with an option for kubectl": { pod: { metadata: { annotations: { "agentkeys.io/binding": "--all" } } }, bindings: {} },
  "not annotated": { pod: { spec: { containers: [app] } }, bindings: { research: matching } },
  "annotated and opted out": {
    pod: { metadata: { annotations: { ...ANNOTATED, "agentkeys.io/inject": "false" } } },
    bindings: { research: {} },
  },
  "selected in a labelled namespace": { ...selected, pod: { metadata: { labels: { app: "agent" } } }, bindings: { research: matching } },
  "selected where the namespace is not labelled": { pod: { metadata: { labels: { app: "agent" } } }, bindings: { research: matching } },
  "selected by an expression": {
    ...selected,
    pod: { metadata: { labels: { tier: "gold" } } },
    bindings: { research: { selector: { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["free"] }] } } },
  },
  "not selected": { ...selected, pod: { metadata: { labels: { app: "web" } } }, bindings: { research: matching } },
  "selected by two bindings": { ...selected, pod: { metadata: { labels: { app: "agent" } } }, bindings: { a: matching, b: matching } },
  "labelled namespace, opted out": {
    ...selected,
    pod: { metadata: { labels: { app: "agent" }, annotations: { "agentkeys.io/inject": "false" } } },
    bindings: { research: matching },
  },
  suspended: { pod: { metadata: { annotations: ANNOTATED } }, bindings: { research: { suspend: true } } },
  "with another service account": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { serviceAccountName: "web" } },
    bindings: { research: { serviceAccounts: ["agent"] } },
  },
  "with the allowed service account": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { serviceAccountName: "agent" } },
    bindings: { research: { serviceAccounts: ["agent"] } },
  },
  "on the node's network": { pod: { metadata: { annotations: ANNOTATED }, spec: { hostNetwork: true } }, bindings: { research: {} } },
  "on Windows": { pod: { metadata: { annotations: ANNOTATED }, spec: { os: { name: "windows" } } }, bindings: { research: {} } },
  "on Windows by node selector": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { nodeSelector: { "kubernetes.io/os": "windows" } } },
    bindings: { research: {} },
  },
  "with a binding that is being deleted": {
    pod: { metadata: { annotations: ANNOTATED } },
    bindings: { research: {} },
    metadata: { deletionTimestamp: "2027-01-01T00:00:00Z" },
  },
  "with shared processes": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { shareProcessNamespace: true } },
    bindings: { research: {} },
  },
  "with the node's processes": { pod: { metadata: { annotations: ANNOTATED }, spec: { hostPID: true } }, bindings: { research: {} } },
  "with an enrolment token of its own": {
    pod: {
      metadata: { annotations: ANNOTATED },
      spec: { volumes: [{ name: "mine", projected: { sources: [{ serviceAccountToken: { audience: "agentkeys-enroll" } }] } }] },
    },
    bindings: { research: {} },
  },
  "with a container of the proxy's name": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { containers: [{ name: "agentkeys-proxy" }] } },
    bindings: { research: {} },
  },
  "with a volume of the token's name": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { volumes: [{ name: "agentkeys-token" }] } },
    bindings: { research: {} },
  },
  "with the proxy's port taken": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { containers: [{ ...app, ports: [{ containerPort: 9090 }] }] } },
    bindings: { research: {} },
  },
  "with that port taken and the proxy moved": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { containers: [{ ...app, ports: [{ containerPort: 9090 }] }] } },
    bindings: { research: { proxy: { port: 9190 } } },
  },
  "with the admin port taken by an init container": {
    pod: { metadata: { annotations: ANNOTATED }, spec: { initContainers: [{ ...app, ports: [{ containerPort: 9091 }] }] } },
    bindings: { research: {} },
  },
  "with the token's path mounted": {
    pod: {
      metadata: { annotations: ANNOTATED },
      spec: { containers: [{ ...app, volumeMounts: [{ name: "x", mountPath: "/var/run/agentkeys/token" }] }] },
    },
    bindings: { research: {} },
  },
};

describe("explain agrees with the webhook on a pod", () => {
  test.each(Object.entries(CASES))("%s", async (_name, of) => {
    const { isAllowed, isInjected, message } = await reviewed(of);
    const findings = explained(of).filter(({ check }) => !AFTER.includes(check));
    const isFine = findings.every(({ ok }) => ok);
    expect({ isFine, isOptedIn: findings[0]?.ok }).toEqual({
      isFine: isAllowed && isInjected,
      // Two bindings that select are refused for not having chosen one.
      isOptedIn: (isAllowed ? isInjected : true) && !message.includes("several bindings"),
    });
  });
});

describe("explain pod", () => {
  function install(machine: TestMachine, pod: PodView): void {
    const { kubectl } = machine;
    kubectl.put("pod", { ...pod, metadata: { namespace: "team-a", name: "app", ...pod.metadata } });
    kubectl.put("namespace", { metadata: { name: "team-a" } });
    const condition = { type: "ScopeInSync", status: "False", reason: "RevokedOnChain", message: "revoked by the wallet" };
    kubectl.put(BINDINGS, { metadata: { namespace: "team-a", name: "research" }, ...{ status: { conditions: [condition] } } });
    kubectl.put("deployment", {
      metadata: { namespace: "agentkeys-system", name: "agentkeys-webhook" },
      ...{ status: { readyReplicas: 1 } },
    });
  }

  test("a pod older than its annotation is told to restart; the binding's own reason follows", async () => {
    const machine = new TestMachine();
    install(machine, { metadata: { annotations: ANNOTATED }, spec: { containers: [app] } });
    const { code, out } = await machine.run(["explain", "pod", "team-a/app"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^injected +failed +the pod was made before it opted in: restart its workload$/m);
    expect(out).toMatch(/^ScopeInSync +failed +RevokedOnChain: revoked by the wallet$/m);
  });

  test("an injected pod is well, in JSON as a list of checks", async () => {
    const machine = new TestMachine();
    const proxy = { name: "agentkeys-proxy", ready: true, restartCount: 2 };
    install(machine, {
      metadata: { annotations: { ...ANNOTATED, "agentkeys.io/injected": "0.1.0/1" } },
      spec: { containers: [app], initContainers: [{ name: "agentkeys-proxy" }], volumes: [{ name: "agentkeys-token" }] },
      status: { initContainerStatuses: [proxy] },
    });
    const findings = (await machine.run(["explain", "pod", "team-a/app", "--json"])).json() as ReturnType<typeof explainPod>;
    expect(findings.filter(({ ok }) => !ok).map(({ check }) => check)).toEqual(["ScopeInSync"]);
    expect(findings.at(-2)).toEqual({ check: "proxy ready", ok: true, detail: "restarts 2" });
  });

  test("an annotation that would be an option never reaches kubectl", async () => {
    const machine = new TestMachine();
    install(machine, { metadata: { annotations: { "agentkeys.io/binding": "-f/etc/shadow" } } });
    const { out } = await machine.run(["explain", "pod", "team-a/app"]);
    expect(out).toMatch(/binding exists +failed/);
    expect(machine.kubectl.asked.join("\n")).not.toContain("shadow");
  });

  test("a pod that does not exist was perhaps refused: where to look is said", async () => {
    expect(await new TestMachine().run(["explain", "pod", "team-a/none"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("kubectl -n team-a get events"),
    });
  });
});
