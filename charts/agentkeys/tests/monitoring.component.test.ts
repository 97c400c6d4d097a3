import { describe, expect, test } from "@jest/globals";
import { closedSchema, compileForeignCheck } from "@agentkeys/common/testing";
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { injectFixture, readFixture } from "../../../operator/test/webhook/goldens.ts";
import { isAllowed, type End } from "./network-policy.ts";
import { MONITORED, PRODUCTION, render, type Rendered } from "./render.ts";

const MONITORING = "monitoring.coreos.com/v1";
const FIXTURES = new URL("fixtures/prometheus-operator/", import.meta.url);
const objects = render(...MONITORED);
const named = (kind: string, name: string, among = objects): Rendered | undefined =>
  among.find((object) => object.kind === kind && object.metadata.name === name);

interface Definition {
  spec: { names: { kind: string }; versions: { name: string; schema: { openAPIV3Schema: { properties: object } } }[] };
}

/** The schema of the CRD as released, but for metadata, which is Kubernetes' own. */
function schemaOf(plural: string): ReturnType<typeof compileForeignCheck> {
  const [definition] = parseAllDocuments(readFileSync(new URL(`${plural}.yaml`, FIXTURES), "utf8")).map(
    (each) => each.toJSON() as Definition,
  );
  const schema = closedSchema(definition?.spec.versions.find(({ name }) => name === "v1")?.schema.openAPIV3Schema) as {
    properties: Record<string, object>;
  };
  return compileForeignCheck({ ...schema, properties: { ...schema.properties, metadata: { type: "object" } } });
}

test("nothing of Prometheus's operator or Grafana is rendered until it is asked for", () => {
  for (const others of [render(), render(...PRODUCTION)]) {
    expect(others.filter(({ apiVersion }) => apiVersion === MONITORING)).toEqual([]);
    expect(others.filter(({ metadata }) => /^agentkeys-(dashboard|metrics)/.test(metadata.name))).toEqual([]);
  }
});

test.each([
  ["ServiceMonitor", "agentkeys", "servicemonitors"],
  ["PodMonitor", "agentkeys-proxies", "podmonitors"],
  ["PrometheusRule", "agentkeys", "prometheusrules"],
])("the %s fits the operator's own schema, and carries the labels it is picked by", (kind, name, plural) => {
  const check = schemaOf(plural);
  const object = named(kind, name);
  expect([check(object), check.errors]).toEqual([true, null]);
  expect(check({ ...object, spec: { ...object?.spec, unknownField: 1 } })).toBe(false);
  expect(object?.metadata.labels).toMatchObject({ release: "kube-prometheus-stack", "app.kubernetes.io/instance": "agentkeys" });
});

describe("the ServiceMonitor", () => {
  const monitor = named("ServiceMonitor", "agentkeys")?.spec as {
    jobLabel: string;
    selector: { matchLabels: Record<string, string> };
    endpoints: { port: string }[];
  };
  const services = objects.filter(
    ({ kind, metadata }) =>
      kind === "Service" && Object.entries(monitor.selector.matchLabels).every(([key, value]) => metadata.labels?.[key] === value),
  );

  test("finds one Service, which has its port", () => {
    expect(services.map(({ metadata }) => metadata.name)).toEqual(["agentkeys-metrics"]);
    expect(services[0]?.metadata.labels?.[monitor.jobLabel]).toBe("agentkeys");
    expect((services[0]?.spec?.["ports"] as { name: string }[]).map(({ name }) => name)).toEqual(monitor.endpoints.map(({ port }) => port));
  });

  test("reaches the admin port of every process of ours", () => {
    const { selector, ports } = services[0]?.spec as { selector: Record<string, string>; ports: { targetPort: string }[] };
    const pods = objects.filter(({ kind, metadata }) => kind === "Deployment" && metadata.annotations?.["helm.sh/hook"] === undefined);
    const reached = pods.filter(({ spec }) => {
      const { metadata, spec: pod } = spec?.template ?? { metadata: {}, spec: undefined };
      const isSelected = Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value);
      return isSelected && pod?.containers.some((container) => container.ports?.some(({ name }) => name === ports[0]?.targetPort));
    });
    expect(reached.map(({ metadata }) => metadata.name).sort()).toEqual(
      ["auditor", "broker", "creds-worker", "operator", "relay", "signer", "webhook"].map((process) => `agentkeys-${process}`),
    );
  });
});

describe("the PodMonitor", () => {
  const spec = (...args: string[]): Record<string, unknown> =>
    named("PodMonitor", "agentkeys-proxies", render(...MONITORED, ...args))?.spec ?? {};
  const { selector, podMetricsEndpoints: endpoints } = spec() as {
    selector: { matchLabels: Record<string, string> };
    podMetricsEndpoints: { port: string; relabelings: { sourceLabels: string[] }[] }[];
  };

  test("finds a pod as the webhook injects it: by label, by port, by the binding it names", () => {
    const outcome = injectFixture(readFixture("bare-pod"));
    const patch = JSON.stringify(outcome.kind === "patch" ? outcome.patch : []);
    for (const [label, value] of Object.entries(selector.matchLabels)) expect(patch).toContain(`"${label}":"${value}"`);
    expect(patch).toContain(`{"name":"${endpoints[0]?.port ?? ""}","containerPort":9091,"protocol":"TCP"}`);
    expect(endpoints[0]?.relabelings[0]?.sourceLabels).toEqual([
      `__meta_kubernetes_pod_annotation_${"agentkeys.io/binding".replaceAll(/\W/g, "_")}`,
    ]);
  });

  test("looks into every namespace, or into those that are named", () => {
    expect(spec()).toMatchObject({ namespaceSelector: { any: true } });
    expect(spec("--set", "metrics.podMonitor.namespaces={team-a,team-b}")).toMatchObject({
      namespaceSelector: { matchNames: ["team-a", "team-b"] },
    });
  });
});

describe("alerts", () => {
  const groupsOf = (...args: string[]): { name: string; rules: { annotations: Record<string, string> }[] }[] =>
    named("PrometheusRule", "agentkeys", render(...MONITORED, ...args))?.spec?.["groups"] as ReturnType<typeof groupsOf>;

  test("are those of the processes that run", () => {
    expect(groupsOf().map(({ name }) => name)).toEqual(["agentkeys", "agentkeys-auditor", "agentkeys-relay"]);
    expect(groupsOf("--set", "relay.enabled=false", "--set", "auditor.enabled=false").map(({ name }) => name)).toEqual(["agentkeys"]);
  });

  test("have nothing left to fill in, and link to where runbooks are served", () => {
    expect(JSON.stringify(groupsOf())).not.toMatch(/@[A-Z_]+@/);
    for (const { rules } of groupsOf())
      for (const { annotations } of rules)
        expect(annotations["runbook_url"]).toMatch(/^https:\/\/git\.acme\.example\/agentkeys\/docs\/runbooks\/[a-z-]+\.md$/);
  });
});

test("dashboards come as ConfigMaps that Grafana's sidecar picks", () => {
  const maps = objects.filter(({ metadata }) => metadata.name.startsWith("agentkeys-dashboard-"));
  expect(maps.map(({ metadata }) => metadata.name)).toEqual(
    ["chain-and-audit", "overview", "proxies"].map((name) => `agentkeys-dashboard-${name}`),
  );
  for (const { metadata, data = {} } of maps) {
    expect(metadata.labels).toMatchObject({ grafana_dashboard: "1" });
    expect(metadata.annotations).toEqual({ grafana_folder: "AgentKeys" });
    for (const [file, text] of Object.entries(data))
      expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(new URL(`../files/dashboards/${file}`, import.meta.url), "utf8")));
  }
});

describe("who reads metrics", () => {
  const pods = ["operator", "webhook", "broker", "creds-worker", "signer", "auditor", "relay"].map((component): End => ({
    labels: { "app.kubernetes.io/instance": "agentkeys", "app.kubernetes.io/component": component },
    ip: "10.244.0.10",
  }));
  const inNamespace = (name: string, app: string): End => ({
    labels: { "app.kubernetes.io/name": app },
    namespace: { "kubernetes.io/metadata.name": name },
    ip: "10.244.3.3",
  });
  const prometheus = inNamespace("monitoring", "prometheus");
  const others = [inNamespace("team-a", "prometheus"), inNamespace("monitoring", "grafana"), { ip: "192.0.2.1" }];
  const reached = (rendered: readonly Rendered[], from: End): number => pods.filter((pod) => isAllowed(rendered, from, pod, 9464)).length;

  test("is anybody until it is said", () => {
    for (const from of [prometheus, ...others]) expect(reached(render(...PRODUCTION), from)).toBe(pods.length);
  });

  test("is Prometheus alone afterwards, which gets at nothing else", () => {
    expect(reached(objects, prometheus)).toBe(pods.length);
    for (const from of others) expect(reached(objects, from)).toBe(0);
    expect(pods.filter((pod) => isAllowed(objects, prometheus, pod, 8092))).toEqual([]);
  });
});

test.each([
  ["metrics.interval=often", "/metrics/interval"],
  ["metrics.serviceMonitor.enabled=perhaps", "/metrics/serviceMonitor/enabled"],
  ["metrics.podMonitor.namespaces={Team A}", "/metrics/podMonitor/namespaces/0"],
  ["metrics.prometheusRule.runbooks=", "/metrics/prometheusRule/runbooks"],
  ["networkPolicy.metrics.from[0].pods=x", "/networkPolicy/metrics/from/0"],
])("%s is refused and names %s", (value, where) => {
  expect(() => render("--set", value)).toThrow(`at '${where}'`);
});
