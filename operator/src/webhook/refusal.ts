import type { AgentKeysBinding } from "../api/types.ts";
import {
  ADMIN_PORT,
  allContainers,
  DEFAULT_MTLS_PORT,
  DEFAULT_PROXY_PORT,
  differenceOfProxy,
  differenceOfVolumes,
  PROXY_CONTAINER,
  proxyVolumes,
  STATE_DIR,
  TOKEN_DIR,
  tokenMisuse,
  type Container,
  type RawPod,
} from "../proxy/index.ts";

export interface Refusal {
  kind: "refused";
  reason: string;
  message: string;
}

export const refused = (reason: string, message: string): Refusal => ({ kind: "refused", reason, message });

/** Why a pod cannot be injected, or null. `expected` is the proxy it must hold when it holds one. */
export function refusalOf(pod: RawPod, binding: AgentKeysBinding, expected: Container): Refusal | null {
  return (
    refusalByBinding(pod, binding) ?? refusalByShape(pod) ?? nameClash(pod, binding, expected) ?? misuse(pod) ?? useClash(pod, binding)
  );
}

function refusalByBinding({ spec }: RawPod, binding: AgentKeysBinding): Refusal | null {
  const name = `AgentKeysBinding ${binding.metadata.namespace ?? ""}/${binding.metadata.name}`;
  const account = spec.serviceAccountName ?? "default";
  const accounts = binding.spec.serviceAccounts ?? [];
  if (binding.metadata.deletionTimestamp !== undefined) return refused("BindingDeleted", `${name} is being deleted: create another one`);
  if (binding.spec.suspend === true) return refused("Suspended", `${name} is suspended: set spec.suspend to false to start pods again`);
  if (accounts.length > 0 && !accounts.includes(account))
    return refused("ServiceAccountNotAllowed", `${name} does not allow service account ${account}: add it to spec.serviceAccounts`);
  return null;
}

function refusalByShape({ spec }: RawPod): Refusal | null {
  if (spec.hostNetwork === true)
    return refused("HostNetwork", "a pod with hostNetwork would share its proxy with the node: remove hostNetwork");
  if (spec["shareProcessNamespace"] === true || spec["hostPID"] === true)
    return refused("SharedProcesses", "a process of the pod could read the proxy's memory: remove shareProcessNamespace and hostPID");
  if (spec.os?.name === "windows" || spec.nodeSelector?.["kubernetes.io/os"] === "windows")
    return refused("Windows", "Windows pods cannot be injected: remove the agentkeys.io/binding annotation");
  return null;
}

/** A container of the proxy's name is ours only when all of it is: the annotation alone is anybody's to write. */
function nameClash({ spec }: RawPod, binding: AgentKeysBinding, expected: Container): Refusal | null {
  const named = allContainers(spec).filter(({ name }) => name === PROXY_CONTAINER);
  const own = (spec.initContainers ?? []).find(({ name }) => name === PROXY_CONTAINER);
  if (named.length === 0) return volumeClash(spec, binding);
  if (own === undefined || named.length > 1) return refused("NameConflict", `a container is already called ${PROXY_CONTAINER}: rename it`);
  const difference = differenceOfProxy(expected, own);
  if (difference !== null)
    return refused(
      "NameConflict",
      `a container is already called ${PROXY_CONTAINER} and is not as it is injected (${difference}): remove it, it is added by itself`,
    );
  const volume = differenceOfVolumes(binding, spec.volumes ?? []);
  if (volume !== null)
    return refused("VolumeConflict", `volume ${volume} is not as it is injected: remove it with container ${PROXY_CONTAINER}`);
  return null;
}

function volumeClash(spec: RawPod["spec"], binding: AgentKeysBinding): Refusal | null {
  const names = proxyVolumes(binding).map(({ name }) => name);
  const taken = (spec.volumes ?? []).find(({ name }) => names.includes(name));
  return taken === undefined ? null : refused("VolumeConflict", `a volume is already called ${taken.name}: rename it`);
}

function misuse({ spec }: RawPod): Refusal | null {
  const found = tokenMisuse(spec);
  return found === null ? null : refused(found.reason, found.message);
}

function useClash({ spec }: RawPod, binding: AgentKeysBinding): Refusal | null {
  const { port: own, mtls } = binding.spec.proxy ?? {};
  const ports = [own ?? DEFAULT_PROXY_PORT, ADMIN_PORT, ...(mtls === undefined ? [] : [mtls.port ?? DEFAULT_MTLS_PORT])];
  for (const container of allContainers(spec)) {
    if (container.name === PROXY_CONTAINER) continue;
    const port = container.ports?.find(({ containerPort }) => ports.includes(containerPort));
    if (port !== undefined) {
      const remedy =
        port.containerPort === ADMIN_PORT
          ? "the proxy needs it for its health, choose another"
          : "change it, or in the binding spec.proxy.port or spec.proxy.mtls.port";
      return refused("PortConflict", `container ${container.name} uses port ${port.containerPort}: ${remedy}`);
    }
    const clash = [TOKEN_DIR, STATE_DIR].find((dir) =>
      container.volumeMounts?.some(({ mountPath }) => mountPath === dir || mountPath.startsWith(`${dir}/`)),
    );
    if (clash !== undefined) return refused("MountConflict", `container ${container.name} mounts ${clash}: choose another path`);
  }
  return null;
}
