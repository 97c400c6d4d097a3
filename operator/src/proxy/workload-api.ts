import type { AgentKeysBindingSpec } from "../api/types.ts";
import {
  DEFAULT_MTLS_PORT,
  WORKLOAD_API_DIR,
  WORKLOAD_API_VOLUME,
  type ContainerPort,
  type EnvVar,
  type Volume,
  type VolumeMount,
} from "./types.ts";

/** The port for workloads as a binding asks for it; undefined: none. */
export type Mtls = NonNullable<AgentKeysBindingSpec["proxy"]>["mtls"];

const DEFAULT_DRIVER = "csi.spiffe.io";
const DEFAULT_SOCKET = "spire-agent.sock";

/** Its variables: Host may hold the pod's address, which nobody knows yet, and the binding's names. */
export function workloadEnv(mtls: Mtls): EnvVar[] {
  if (mtls === undefined) return [];
  const names = ["$(POD_IP)", ...(mtls.names ?? [])];
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: "AGENTKEYS_SIDECAR_MTLS_LISTEN", value: String(mtls.port ?? DEFAULT_MTLS_PORT) },
    { name: "AGENTKEYS_SIDECAR_MTLS_NAMES", value: names.join(",") },
    { name: "AGENTKEYS_SIDECAR_WORKLOAD_API", value: `unix://${WORKLOAD_API_DIR}/${mtls.workloadApi?.socket ?? DEFAULT_SOCKET}` },
  ];
}

export function workloadPorts(mtls: Mtls): ContainerPort[] {
  if (mtls === undefined) return [];
  return [{ name: "agentkeys-mtls", containerPort: mtls.port ?? DEFAULT_MTLS_PORT, protocol: "TCP" }];
}

export function workloadMounts(mtls: Mtls): VolumeMount[] {
  return mtls === undefined ? [] : [{ name: WORKLOAD_API_VOLUME, mountPath: WORKLOAD_API_DIR, readOnly: true }];
}

/** A volume of the driver of SPIFFE: no path of the host is mounted. */
export function workloadVolumes(mtls: Mtls): Volume[] {
  if (mtls === undefined) return [];
  return [{ name: WORKLOAD_API_VOLUME, csi: { driver: mtls.workloadApi?.csiDriver ?? DEFAULT_DRIVER, readOnly: true } }];
}
