import type { BindingView } from "../kube/binding.ts";
import { INJECTED_ANNOTATION, PROXY, type ContainerView, type Finding, type PodView } from "./facts.ts";

const TOKEN_VOLUME = "agentkeys-token";
const TOKEN_DIR = "/var/run/agentkeys";
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
  return [
    finding("not suspended", binding.spec?.suspend === true, "set spec.suspend of the binding to false", "active"),
    finding(
      "service account",
      accounts.length > 0 && !accounts.includes(account),
      `${account} is not in spec.serviceAccounts of the binding: add it`,
      account,
    ),
    finding("own network", spec.hostNetwork === true, "remove hostNetwork: the node would share the pod's proxy", "not the node's"),
    finding("runs Linux", isWindows, "Windows pods cannot be injected: remove the annotation", "yes"),
    clashOf(pod, binding),
  ];
}

/** Clashes with what the user's own containers and volumes are called and use. */
function clashOf(pod: PodView, binding: BindingView): Finding {
  const spec = pod.spec ?? {};
  const own = (spec.initContainers ?? []).some(({ name }) => name === PROXY);
  const isOurs = own && pod.metadata?.annotations?.[INJECTED_ANNOTATION] !== undefined;
  const clash = (detail: string): Finding => ({ check: "no clash", ok: false, detail });
  if ((own && !isOurs) || (spec.containers ?? []).some(({ name }) => name === PROXY))
    return clash(`a container is already called ${PROXY}: rename it`);
  if (!isOurs && (spec.volumes ?? []).some(({ name }) => name === TOKEN_VOLUME))
    return clash(`a volume is already called ${TOKEN_VOLUME}: rename it`);
  const ports = [binding.spec?.proxy?.port ?? DEFAULT_PROXY_PORT, ADMIN_PORT];
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])].filter(({ name }) => name !== PROXY)) {
    const why = clashOfContainer(container, ports);
    if (why !== undefined) return clash(why);
  }
  return { check: "no clash", ok: true, detail: "names, ports and paths are free" };
}

function clashOfContainer({ name, ports, volumeMounts }: ContainerView, taken: readonly number[]): string | undefined {
  const port = ports?.find(({ containerPort }) => taken.includes(containerPort));
  if (port !== undefined) return `container ${name} uses port ${port.containerPort}: change it, or spec.proxy.port of the binding`;
  const isMounted = volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_DIR || mountPath.startsWith(`${TOKEN_DIR}/`)) === true;
  return isMounted ? `container ${name} mounts ${TOKEN_DIR}: choose another path` : undefined;
}
