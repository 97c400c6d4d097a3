import assert from "node:assert/strict";
import { documentedMetrics } from "../../charts/agentkeys/tests/metrics-page.ts";
import { apply, eventually, getJson, helm, kubectl, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, ROOT, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

const CRDS = `${ROOT}charts/agentkeys/tests/fixtures/prometheus-operator`;
const POD = "monitored";
const PARTS = ["serviceMonitor", "podMonitor", "prometheusRule", "dashboards"];
/** Processes and parts of a proxy that this installation does not run. */
const ABSENT = /^agentkeys_(relay|sidecar_svid|sidecar_mtls)_/;

/** What a process measures of itself is prom-client's, and another with each release of Node. */
const OF_PROM_CLIENT = /^agentkeys_\w+_(process|nodejs)_/;

interface Slices {
  items: { ports: { name: string; port: number }[] | null; endpoints: { targetRef: { name: string } }[] }[];
}
interface Pods {
  items: {
    metadata: { name: string; namespace: string };
    spec: { initContainers?: { ports?: { name: string; containerPort: number }[] }[] };
  }[];
}
type Exported = Map<string, Set<string>>;

const setTo = async (isOn: boolean): Promise<void> => {
  const values = PARTS.flatMap((part) => ["--set", `metrics.${part}.enabled=${isOn}`]);
  await helm("upgrade", "agentkeys", `${ROOT}charts/agentkeys`, "-n", SYSTEM, "--reset-then-reuse-values", ...values, "--timeout", "2m");
};

/** Series of a process by name, with the labels that they have. */
async function read(namespace: string, pod: string, port: number, into: Exported): Promise<void> {
  const text = await kubectl("get", "--raw", `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/metrics`);
  for (const [, name = "", labels = ""] of text.matchAll(/^(agentkeys_\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = into.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
    into.set(name, known);
  }
}

/** What the Service of the ServiceMonitor leads to. */
async function readOurs(into: Exported): Promise<string[]> {
  const { items } = await getJson<Slices>("endpointslices", "-n", SYSTEM, "-l", "kubernetes.io/service-name=agentkeys-metrics");
  const reached = items.flatMap(({ ports, endpoints }) =>
    (ports ?? [])
      .filter(({ name }) => name === "metrics")
      .flatMap(({ port }) => endpoints.map(({ targetRef: { name } }) => ({ name, port }))),
  );
  for (const { name, port } of reached) await read(SYSTEM, name, port, into);
  return reached.map(({ name }) => name);
}

/** What the PodMonitor selects. */
async function readProxies(into: Exported): Promise<string[]> {
  const { items } = await getJson<Pods>("pods", "-A", "-l", "agentkeys.io/injected=true", "--field-selector", "status.phase=Running");
  for (const { metadata, spec } of items) {
    const ports = (spec.initContainers ?? []).flatMap((container) => container.ports ?? []);
    const { containerPort } = ports.find(({ name }) => name === "agentkeys-admin") ?? { containerPort: 0 };
    await read(metadata.namespace, metadata.name, containerPort, into);
  }
  return items.map(({ metadata }) => metadata.name);
}

/** What differs between page and processes, both ways; what has labels is there from its first event on. */
function differences(exported: Exported): string[] {
  const documented = documentedMetrics();
  const isOurs = (name: string): boolean => !OF_PROM_CLIENT.test(name);
  const unknown = [...exported].flatMap(([name, labels]) => {
    const known = documented.get(name);
    if (known === undefined) return [`${name} is not documented`];
    return [...labels].filter((label) => !known.has(label)).map((label) => `${name}{${label}} is not documented`);
  });
  const missing = [...documented].filter(([name, labels]) => labels.size === 0 && !ABSENT.test(name) && !exported.has(name));
  return [...unknown, ...missing.map(([name]) => `${name} is not exported`)].filter(isOurs);
}

export const monitoring: readonly Scenario[] = [
  {
    name: "13 monitors lead to every process and proxy, which export what is documented and no other",
    run: async (say) => {
      await kubectl("apply", "--server-side", "-f", CRDS);
      await kubectl("wait", "--for=condition=Established", "-f", CRDS, "--timeout=30s");
      await apply(agentPod(TEAM_A, POD, agentTemplate(["sleep", "600"])));
      await setTo(true);
      await kubectl("-n", TEAM_A, "wait", "--for=condition=Ready", `pod/${POD}`, "--timeout=60s");
      const objects = await kubectl("-n", SYSTEM, "get", "servicemonitors,podmonitors,prometheusrules", "-o", "name");
      assert.equal(objects.trim().split("\n").length, 3, objects);
      const dashboards = await kubectl("-n", SYSTEM, "get", "configmaps", "-l", "grafana_dashboard=1", "-o", "name");
      assert.equal(dashboards.trim().split("\n").length, 3, dashboards);
      await eventually("every metric is exported", 30, async () => {
        const exported: Exported = new Map();
        const ours = await readOurs(exported);
        const kinds = new Set(ours.map((name) => /^agentkeys-(.+)-[0-9a-f]+-\w+$/.exec(name)?.[1]));
        assert.deepEqual([...kinds].sort(), ["auditor", "broker", "creds-worker", "operator", "signer", "webhook"]);
        const proxies = await readProxies(exported);
        assert.ok(proxies.includes(POD));
        assert.deepEqual(differences(exported), []);
        say(`${exported.size} series of ${ours.length} processes and ${proxies.length} proxies`);
        return true;
      });
    },
  },
  {
    name: "13 monitors are gone without a trace",
    run: async () => {
      await setTo(false);
      assert.equal((await kubectl("-n", SYSTEM, "get", "servicemonitors,podmonitors,prometheusrules", "-o", "name")).trim(), "");
      await kubectl("delete", "-f", CRDS, "--wait=true");
      await kubectl("-n", TEAM_A, "delete", "pod", POD, "--grace-period=1");
    },
  },
];
