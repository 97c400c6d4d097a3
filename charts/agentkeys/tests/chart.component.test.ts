import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { ROLE_POLICY } from "../../../cli/src/evaluation/role-policy.ts";
import { CHART, isTestHook, PRODUCTION, PROFILES, render, type PodSpec, type Rendered } from "./render.ts";

/** Templates of everything an installation runs. */
function podsOf(objects: readonly Rendered[]): { name: string; labels: Record<string, string>; spec: PodSpec }[] {
  return objects.flatMap(({ metadata, spec }) =>
    spec?.template === undefined ? [] : [{ name: metadata.name, labels: spec.template.metadata.labels ?? {}, spec: spec.template.spec }],
  );
}

describe.each(PROFILES)("%s profile", (name, args) => {
  const objects = render(...args);
  const installed = objects.filter((object) => !isTestHook(object));

  test("no rule has a wildcard and no ClusterRole reads Secrets", () => {
    for (const { kind, rules = [] } of objects)
      for (const { verbs, resources, apiGroups } of rules) {
        expect([...verbs, ...resources, ...apiGroups]).not.toContain("*");
        if (kind === "ClusterRole") expect(resources).not.toContain("secrets");
      }
  });

  test("the operator may read device keys and what it issues, and no other Secret beside it", () => {
    const ofOperator = objects.filter(({ kind, metadata }) => kind === "Role" && metadata.name === "agentkeys-operator");
    const onSecrets = ofOperator.flatMap(({ metadata, rules = [] }) =>
      rules.filter(({ resources }) => resources.includes("secrets")).map((rule) => ({ ...rule, namespace: metadata.namespace })),
    );
    const whole = onSecrets.filter(({ resourceNames }) => resourceNames === undefined);
    expect(whole.map(({ namespace, verbs }) => [namespace, verbs])).toEqual([
      [undefined, ["create"]],
      ["agentkeys-system-devices", ["get", "create", "patch", "delete"]],
    ]);
    const named = onSecrets.flatMap(({ resourceNames = [] }) => resourceNames);
    expect(named.every((secret) => secret === "agentkeys-ca" || secret.endsWith("-tls"))).toBe(true);
  });

  test("no certificate of ours is rendered, so that GitOps sees no drift", () => {
    expect(JSON.stringify(installed)).not.toContain("caBundle");
  });

  test("pods fit the restricted pod security standard", () => {
    const pods = podsOf(objects);
    expect(pods.length).toBeGreaterThanOrEqual(5);
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
      for (const container of spec.containers)
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ["ALL"] },
        });
    }
  });

  test("only operator and webhook hold an API token, no pod takes service links", () => {
    const pods = podsOf(objects);
    expect(
      pods
        .filter(({ spec }) => spec.automountServiceAccountToken !== false)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["agentkeys-operator", "agentkeys-webhook"]);
    for (const { spec } of pods) expect(spec.enableServiceLinks).toBe(false);
  });

  test("every container states what it needs", () => {
    for (const { spec } of podsOf(installed))
      for (const { resources } of spec.containers) {
        expect(resources?.requests).toHaveProperty("cpu");
        expect(resources?.requests).toHaveProperty("memory");
        expect(resources?.limits).toHaveProperty("memory");
      }
  });

  test("and what it needs can be said for each component alone", () => {
    const components = new Set(podsOf(installed).flatMap(({ labels }) => labels["app.kubernetes.io/component"] ?? []));
    expect([...components]).toEqual(expect.arrayContaining(["auditor", "broker", "signer"]));
    const own = { requests: { cpu: "3m" } };
    const values = [...components].map((component) => `componentResources.${component}=${JSON.stringify(own)}`);
    const rendered = render(...args, ...values.flatMap((value) => ["--set-json", value])).filter((object) => !isTestHook(object));
    for (const { labels, spec } of podsOf(rendered))
      if (components.has(labels["app.kubernetes.io/component"] ?? "")) expect(spec.containers[0]?.resources).toMatchObject(own);
  });

  test("a rolling update starts the new pod first and lets the old one finish", () => {
    const services = installed.filter(({ kind, spec }) => kind === "Deployment" && spec?.["strategy"] !== undefined);
    const rolling = services.filter(({ spec }) => (spec?.["strategy"] as { type: string }).type === "RollingUpdate");
    expect(rolling.map(({ metadata }) => metadata.name).sort()).toEqual(
      [...(name !== "evaluation" ? ["broker"] : []), "creds-worker", "operator", "signer", "webhook"].map((each) => `agentkeys-${each}`),
    );
    for (const { spec } of rolling) {
      expect(spec?.["strategy"]).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
      expect(spec?.template?.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(20);
      expect(spec?.template?.spec.containers[0]?.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    }
  });
});

test("the production profile renders no chain, store or key of its own", () => {
  const names = render(...PRODUCTION)
    .filter((object) => !isTestHook(object))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  expect(names.filter((name) => /^Secret|agentkeys-store|Deployment\/agentkeys-chain/.test(name))).toEqual([]);
});

test("chain settings reach chain.json, and a change of it restarts the pods", () => {
  const chainOf = (objects: Rendered[]): unknown =>
    JSON.parse(
      objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "agentkeys-chain")?.data?.["chain.json"] ?? "",
    );
  const checksums = (objects: Rendered[]): Set<string | undefined> =>
    new Set(
      objects
        .filter((object) => object.kind === "Deployment" && !isTestHook(object))
        .map(({ spec }) => spec?.template?.metadata.annotations?.["agentkeys.io/chain-checksum"]),
    );
  const before = render(...PRODUCTION);
  const after = render(...PRODUCTION, "--set", "chain.quorum=1,chain.maxAgeSeconds=0,chain.finality=");
  expect(chainOf(before)).toMatchObject({ chainId: 84532, finality: "safe", quorum: 2, maxAgeSeconds: 60 });
  expect(Object.keys(chainOf(after) as object)).not.toEqual(expect.arrayContaining(["finality"]));
  expect(checksums(before).size).toBe(1);
  expect(checksums(before)).not.toEqual(checksums(after));
});

test("where pods may run is the platform team's to say", () => {
  for (const { spec } of podsOf(render(...PRODUCTION).filter((object) => !isTestHook(object))))
    expect(spec).toMatchObject({
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [{ key: "dedicated", operator: "Equal", value: "platform", effect: "NoSchedule" }],
      priorityClassName: "system-cluster-critical",
      imagePullSecrets: [{ name: "registry" }],
    });
});

test("the evaluation chain mines empty blocks within a minute and transactions at once", () => {
  const command = podsOf(render()).find(({ name }) => name === "agentkeys-chain")?.spec.containers[0]?.command ?? [];
  expect(Number(command[command.indexOf("--block-time") + 1])).toBeLessThan(60);
  expect(command).toContain("--mixed-mining");
});

test("evaluation data outlives its pods only with persistence", () => {
  const volumes = (objects: Rendered[]): unknown[] =>
    podsOf(objects)
      .filter(({ name }) => /chain|store$/.test(name))
      .map(({ spec }) => spec.volumes?.[0]);
  expect(volumes(render())).toEqual([
    { name: "data", emptyDir: {} },
    { name: "data", emptyDir: {} },
  ]);
  expect(volumes(render("--set", "evaluation.persistence.enabled=true"))).toEqual([
    { name: "data", persistentVolumeClaim: { claimName: "agentkeys-chain" } },
    { name: "data", persistentVolumeClaim: { claimName: "agentkeys-store" } },
  ]);
});

test("there is one ledger: PostgreSQL for any number of brokers, or one broker that is gone before the next writes its file", () => {
  const brokerOf = (...args: string[]): Rendered | undefined =>
    render(...args).find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "agentkeys-broker");
  const alone = JSON.stringify(brokerOf("--set", "replicas.broker=5")?.spec);
  expect(alone).toContain('"replicas":1');
  expect(alone).toContain('"strategy":{"type":"Recreate"}');
  expect(alone).toContain('{"name":"data","mountPath":"/var/lib/agentkeys"}');
  expect(alone).not.toContain("LEDGER_URL_FILE");
  const kept = render("--set", "embeddedLedger.persistence.enabled=true");
  expect(kept.some(({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === "agentkeys-ledger")).toBe(true);
  const shared = JSON.stringify(brokerOf("--set", "externalLedger.secretName=pg", "--set", "replicas.broker=5")?.spec);
  expect(shared).toContain('"replicas":5');
  expect(shared).toContain('{"name":"AGENTKEYS_BROKER_LEDGER_URL_FILE","value":"/etc/agentkeys/ledger/url"}');
  expect(shared).toContain('"secret":{"secretName":"pg"}');
  expect(shared).not.toContain("/var/lib/agentkeys");
});

test("the CRDs in the chart are the source's", () => {
  for (const name of ["agentkeysbindings.yaml", "agentkeysservices.yaml"])
    expect(readFileSync(`${CHART}crds/${name}`, "utf8")).toBe(readFileSync(`${CHART}../../crds/${name}`, "utf8"));
});

test("the local store's policy starts from the one shipped for AWS", () => {
  expect(JSON.parse(ROLE_POLICY)).toEqual(JSON.parse(readFileSync(`${CHART}files/policies/role-policy.json`, "utf8")));
});

test("helm test brings no right but to read its own credential, and leaves nothing behind", () => {
  const hooks = render().filter(isTestHook);
  expect(hooks.map(({ kind }) => kind).sort()).toEqual([
    "AgentKeysBinding",
    "AgentKeysService",
    "ConfigMap",
    "Deployment",
    "NetworkPolicy",
    "NetworkPolicy",
    "Pod",
    "Role",
    "RoleBinding",
    "Secret",
    "Secret",
    "Service",
  ]);
  expect(hooks.flatMap(({ rules = [] }) => rules)).toEqual([
    { apiGroups: [""], resources: ["secrets"], resourceNames: ["agentkeys-test-credential"], verbs: ["get"] },
  ]);
  for (const { metadata } of hooks)
    expect(metadata.annotations?.["helm.sh/hook-delete-policy"]).toBe("before-hook-creation,hook-succeeded");
});

test("helm test is left out where no wallet could grant its binding", () => {
  expect(render(...PRODUCTION).some(isTestHook)).toBe(true);
  expect(
    render(...PRODUCTION, "--set", "keys.walletSecret=,keys.walletAddress=0x5555555555555555555555555555555555555555").some(isTestHook),
  ).toBe(false);
});

test("an uninstall takes the webhooks and their second net away before the pods behind them", () => {
  const hooks = render().filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] === "pre-delete");
  expect(hooks.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual([
    "MutatingWebhookConfiguration/agentkeys-injector",
    "ValidatingAdmissionPolicyBinding/agentkeys-proxy-present",
    "ValidatingWebhookConfiguration/agentkeys-validator",
  ]);
  for (const { metadata, webhooks = [] } of hooks) {
    expect(metadata.annotations?.["helm.sh/hook-delete-policy"]).toBe("before-hook-creation,hook-succeeded");
    expect(webhooks).toEqual([]);
  }
});

test("keys of an older deployment reach the signer alone, and only when they are named", () => {
  const holders = (...args: string[]): unknown[] =>
    podsOf(render(...args)).flatMap(({ name, spec }) =>
      (spec.volumes ?? []).flatMap((volume: { secret?: unknown }) =>
        JSON.stringify(volume).includes("older-keys") ? [[name, volume.secret]] : [],
      ),
    );
  expect(holders("--set", "keys.legacySecret=older-keys")).toEqual([
    ["agentkeys-signer", { secretName: "older-keys" }],
    // Whose wallets the evaluation store's role is to know: names, no key.
    ["agentkeys-store-provision-1", { secretName: "older-keys", items: [{ key: "wallets.json", path: "wallets.json" }] }],
  ]);
  expect(JSON.stringify(render())).not.toContain("LEGACY_DIR");
});

describe("a relay", () => {
  const relayed = ["--set", "relay.enabled=true", "--set", "relay.walletSecret=pays"];

  test("is there only when it is asked for, and keeps what it took in one place with one writer", () => {
    expect(JSON.stringify(render())).not.toContain("agentkeys-relay");
    const relay = render(...relayed).find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "agentkeys-relay");
    expect(relay?.spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(relay?.spec?.template?.spec.volumes).toContainEqual({ name: "data", persistentVolumeClaim: { claimName: "agentkeys-relay" } });
    expect(JSON.stringify(relay)).not.toContain("agentkeys-wallet");
  });

  test("needs a wallet, and contracts that trust a forwarder", () => {
    expect(() => render("--set", "relay.enabled=true")).toThrow("walletSecret");
    expect(() => render(...PRODUCTION, ...relayed)).toThrow("chain.contracts.forwarder");
    const forwarder = `chain.contracts.forwarder=0x${"56".repeat(20)}`;
    expect(() => render(...PRODUCTION, ...relayed, "--set-string", forwarder)).not.toThrow();
  });
});

test("a chain file with RPC keys stands in a Secret of yours, and in no ConfigMap", () => {
  const objects = render(...PRODUCTION, "--set", "chain.secretName=prod-chain");
  expect(objects.filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "agentkeys-chain")).toEqual([]);
  const readers = podsOf(objects).filter(({ spec }) => JSON.stringify(spec).includes('"secretName":"prod-chain"'));
  expect(readers.map(({ name }) => name).sort()).toEqual([
    "agentkeys-auditor",
    "agentkeys-broker",
    "agentkeys-creds-worker",
    "agentkeys-operator",
    "agentkeys-signer",
  ]);
  expect(() => render(...PRODUCTION, "--set-json", "chain.rpcUrls=[]")).toThrow("rpcUrls");
});
