import { X509Certificate } from "node:crypto";
import type { Clock } from "@agentkeys/common/clock";
import { createHttpClient } from "@agentkeys/common/http-client";
import { allBindings, conditionOf } from "../kube/binding.ts";
import { deploymentsOf, kubernetesVersion, type DeploymentView } from "../kube/installation.ts";
import type { Kubectl } from "../kube/kubectl.ts";
import { ill, well, type Check } from "./check.ts";

const LEAST_MINOR = 33;
const CRDS = ["agentkeysbindings.agentkeys.io", "agentkeysservices.agentkeys.io"];
const WEBHOOKS = [
  ["mutatingwebhookconfiguration", "agentkeys-injector"],
  ["validatingwebhookconfiguration", "agentkeys-validator"],
] as const;
const ADMIN_PORT = 9464;
const DAY_MS = 86_400_000;
const HELM = "helm upgrade --install agentkeys charts/agentkeys -n agentkeys-system --create-namespace";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Versions of kubectl and of the cluster, which must have native sidecars and matchConditions for good. */
export async function checkVersions(kubectl: Kubectl): Promise<Check[]> {
  const { client, server } = await kubectl.versions();
  const version = kubernetesVersion(server);
  const rows = [well("kubectl", client)];
  if (version === null) return [...rows, ill("cluster", "the API server told no version: check kubectl config current-context")];
  const isNew = version.major > 1 || version.minor >= LEAST_MINOR;
  return [...rows, isNew ? well("cluster", server) : ill("cluster", `${server}: AgentKeys needs Kubernetes 1.${LEAST_MINOR} or newer`)];
}

interface Definition {
  status?: { conditions?: { type: string; status: string }[] };
}

/** The two custom resources. */
export async function checkDefinitions(kubectl: Kubectl): Promise<Check> {
  const missing: string[] = [];
  for (const name of CRDS) {
    const found = await kubectl.get<Definition>("customresourcedefinition", { name });
    const isEstablished = found?.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") === true;
    if (!isEstablished) missing.push(name);
  }
  return missing.length === 0
    ? well("CRDs", CRDS.join(", "))
    : ill("CRDs", `${missing.join(", ")} not established: kubectl apply -f crds/`);
}

interface Webhooks {
  webhooks?: { name: string; clientConfig?: { caBundle?: string } }[];
}

/** Both webhook configurations with the CA the operator puts there, and the policy that stands behind them. */
export async function checkWebhooks(kubectl: Kubectl, bundle: string | undefined): Promise<Check[]> {
  const rows: Check[] = [];
  for (const [kind, name] of WEBHOOKS) {
    const hooks = (await kubectl.get<Webhooks>(kind, { name }))?.webhooks ?? [];
    const bare = hooks.filter(({ clientConfig }) => (clientConfig?.caBundle ?? "") === "");
    const stale = hooks.filter(({ clientConfig }) => Buffer.from(clientConfig?.caBundle ?? "", "base64").toString("utf8") !== bundle);
    if (hooks.length === 0) rows.push(ill(name, `there is no ${kind} ${name}: ${HELM}`));
    else if (bare.length > 0)
      rows.push(ill(name, `${bare.map((hook) => hook.name).join(", ")} without caBundle: the operator sets it, see its log`));
    else if (stale.length > 0)
      rows.push(ill(name, "caBundle differs from the trust bundle: the operator sets it within 10 s, see its log"));
    else rows.push(well(name, `${hooks.length} with caBundle`));
  }
  const policy = "agentkeys-proxy-present";
  const found = await kubectl.get("validatingadmissionpolicybinding", { name: policy });
  rows.push(found === null ? ill("admission policy", `there is no ${policy}: ${HELM}`) : well("admission policy", policy));
  return rows;
}

/** A row for each Deployment; one that is not ready says what it waits for. */
export async function checkDeployments(kubectl: Kubectl, namespace: string): Promise<Check[]> {
  const deployments = await deploymentsOf(kubectl, namespace);
  if (deployments.length === 0) return [ill("deployments", `none in ${namespace}: ${HELM}, or name the namespace with -n`)];
  return await Promise.all(
    deployments.map(async (deployment) => {
      const { metadata, spec, status } = deployment;
      const [ready, wanted] = [status?.readyReplicas ?? 0, spec?.replicas ?? 1];
      if (ready >= wanted) return well(metadata.name, `${ready} of ${wanted} ready`);
      const why = await missingOf(kubectl, namespace, deployment).catch(() => undefined);
      return ill(
        metadata.name,
        `${ready} of ${wanted} ready${why ?? `: see kubectl -n ${namespace} describe deployment ${metadata.name}`}`,
      );
    }),
  );
}

interface PodState {
  metadata: { name: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; message?: string }[];
    containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[];
  };
}

/** What the first pod that is not ready says of itself: why it waits, or what its readiness lacks. */
async function missingOf(kubectl: Kubectl, namespace: string, { spec }: DeploymentView): Promise<string | undefined> {
  const labels = Object.entries(spec?.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const pods = (await kubectl.get<{ items?: PodState[] }>("pods", { namespace, selector: labels.join(",") }))?.items ?? [];
  const pod = pods.find(
    ({ status }) => status?.conditions?.some(({ type, status: state }) => type === "Ready" && state !== "True") === true,
  );
  if (pod === undefined) return undefined;
  const waiting = pod.status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting;
  if (waiting !== undefined) return `; ${pod.metadata.name}: ${waiting.reason ?? "waiting"} ${waiting.message ?? ""}`.trimEnd();
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status !== "True");
  if (unscheduled !== undefined) return `; ${pod.metadata.name}: ${unscheduled.message ?? "not scheduled"}`;
  const missing = await readiness(kubectl, namespace, pod.metadata.name);
  return missing === undefined ? undefined : `; ${pod.metadata.name} waits for ${missing}`;
}

async function readiness(kubectl: Kubectl, namespace: string, pod: string): Promise<string | undefined> {
  const forwarded = await kubectl.forward(namespace, `pod/${pod}`, ADMIN_PORT);
  const http = createHttpClient({ timeoutMs: 3000 });
  try {
    const { body } = await http.json("GET", `http://127.0.0.1:${forwarded.port}/readyz`);
    const missing = (body as { missing?: unknown } | null)?.missing;
    return Array.isArray(missing) && missing.length > 0 ? missing.map(String).join(", ") : undefined;
  } finally {
    await http.close();
    forwarded.close();
  }
}

/** The CA certificates everybody trusts; the operator renews them long before they end. */
export function checkTrust(bundle: string | undefined, clock: Clock): Check {
  if (bundle === undefined) return ill("trust bundle", "there is no ConfigMap agentkeys-trust-bundle: the operator makes it, see its log");
  const ends = (bundle.match(CERTIFICATE) ?? []).map((pem) => Date.parse(new X509Certificate(pem).validTo));
  const latest = Math.max(...ends);
  if (ends.length === 0 || latest <= clock.nowMs())
    return ill("trust bundle", "no valid certificate in it: the operator renews it, see kubectl logs deployment/agentkeys-operator");
  const days = Math.floor((latest - clock.nowMs()) / DAY_MS);
  return well("trust bundle", `${ends.length} certificate${ends.length === 1 ? "" : "s"}, valid for ${days} days`);
}

/** A row for each binding that is not ready; one row when all are. */
export async function checkBindings(kubectl: Kubectl): Promise<Check[]> {
  const bindings = await allBindings(kubectl);
  const notReady = bindings.filter((binding) => conditionOf(binding, "Ready")?.status !== "True");
  if (notReady.length === 0) return [well("bindings", `${bindings.length} ready`)];
  return notReady.map((binding) => {
    const open = (binding.status?.conditions ?? []).find(({ type, status }) => type !== "Ready" && status !== "True");
    const seen = open ?? conditionOf(binding, "Ready");
    const detail =
      seen === undefined ? "the operator has not looked at it: see its log" : `${seen.reason ?? seen.type}: ${seen.message ?? ""}`;
    return ill(`binding ${binding.metadata.namespace}/${binding.metadata.name}`, detail);
  });
}
