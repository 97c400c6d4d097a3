import type { BindingView } from "../kube/binding.ts";
import { INJECTED_ANNOTATION, PROXY, type ContainerView, type Finding, type PodView } from "./facts.ts";

const TOKEN_VOLUME = "agentkeys-token";
/** What only the proxy may mount, and where. */
const OWN_VOLUMES = [TOKEN_VOLUME, "agentkeys-state"];
const OWN_DIRS = ["/var/run/agentkeys", "/var/lib/agentkeys"];
const TOKEN_AUDIENCE = "agentkeys-enroll";
const ADMIN_PORT = 9091;
const DEFAULT_PROXY_PORT = 9090;

/** What of a pod and its binding the webhook refuses, in its order; every check is answered, so that all are seen at once. */
export function obstaclesOf(pod: PodView, binding: BindingView): Finding[] {
  const spec = pod.spec ?? {};
  const account = spec.serviceAccountName ?? "default";
  const accounts = binding.spec?.serviceAccounts ?? [];
  const isWindows = spec.os?.name === "windows" || spec.nodeSelector?.["kubernetes.io/os"] === "windows";
  const finding = (check: string, isBad: boolean, bad: string, good: string): Finding => ({
    check,
    ok: !isBad,
    detail: isBad ? bad : good,
  });
  const sharesProcesses = spec.shareProcessNamespace === true || spec.hostPID === true;
  return [
    finding("binding stays", binding.metadata.deletionTimestamp !== undefined, "it is being deleted: create another one", "yes"),
    finding("not suspended", binding.spec?.suspend === true, "set spec.suspend of the binding to false", "active"),
    finding(
      "service account",
      accounts.length > 0 && !accounts.includes(account),
      `${account} is not in spec.serviceAccounts of the binding: add it`,
      account,
    ),
    finding("own network", spec.hostNetwork === true, "remove hostNetwork: the node would share the pod's proxy", "not the node's"),
    finding(
      "own processes",
      sharesProcesses,
      "remove shareProcessNamespace and hostPID: another process could read the proxy's memory",
      "not shared",
    ),
    finding("runs Linux", isWindows, "Windows pods cannot be injected: remove the annotation", "yes"),
    clashOf(pod, binding),
  ];
}

/** Clashes with what the user's own containers and volumes are called and use. */
function clashOf(pod: PodView, binding: BindingView): Finding {
  const ports = [binding.spec?.proxy?.port ?? DEFAULT_PROXY_PORT, ADMIN_PORT];
  const others = allContainers(pod).filter(({ name }) => name !== PROXY);
  const why =
    clashOfNames(pod) ??
    tokenMisuse(pod) ??
    others.map((container) => clashOfContainer(container, ports)).find((text) => text !== undefined);
  return { check: "no clash", ok: why === undefined, detail: why ?? "names, ports and paths are free" };
}

function allContainers({ spec = {} }: PodView): ContainerView[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function clashOfNames(pod: PodView): string | undefined {
  const named = allContainers(pod).filter(({ name }) => name === PROXY);
  const isFirst = pod.spec?.initContainers?.some(({ name }) => name === PROXY) === true;
  const isOurs = named.length === 1 && isFirst && pod.metadata?.annotations?.[INJECTED_ANNOTATION] !== undefined;
  if (named.length > 0) return isOurs ? undefined : `a container is already called ${PROXY}: rename it`;
  const taken = pod.spec?.volumes?.find(({ name }) => OWN_VOLUMES.includes(name));
  return taken === undefined ? undefined : `a volume is already called ${taken.name}: rename it`;
}

/** How another container than the proxy could enrol or change what the proxy keeps. */
function tokenMisuse(pod: PodView): string | undefined {
  const projects = pod.spec?.volumes?.find(
    ({ name, projected }) =>
      name !== TOKEN_VOLUME && projected?.sources?.some((source) => source.serviceAccountToken?.audience === TOKEN_AUDIENCE) === true,
  );
  if (projects !== undefined) return `volume ${projects.name} projects a token of audience ${TOKEN_AUDIENCE}: remove it`;
  for (const { name, volumeMounts } of allContainers(pod)) {
    const mount = name === PROXY ? undefined : volumeMounts?.find((found) => OWN_VOLUMES.includes(found.name));
    if (mount !== undefined) return `container ${name} mounts ${mount.name}: remove the mount`;
  }
  return undefined;
}

function clashOfContainer({ name, ports, volumeMounts }: ContainerView, taken: readonly number[]): string | undefined {
  const port = ports?.find(({ containerPort }) => taken.includes(containerPort))?.containerPort;
  if (port === ADMIN_PORT) return `container ${name} uses port ${port}, which the proxy needs: choose another`;
  if (port !== undefined) return `container ${name} uses port ${port}: change it, or spec.proxy.port of the binding`;
  const dir = OWN_DIRS.find((own) => volumeMounts?.some(({ mountPath }) => mountPath === own || mountPath.startsWith(`${own}/`)));
  return dir === undefined ? undefined : `container ${name} mounts ${dir}: choose another path`;
}
