import { PROXY_CONTAINER, STATE_VOLUME, TOKEN_AUDIENCE, TOKEN_VOLUME, type Container, type RawPodSpec } from "./types.ts";

/** Every container of a pod, ephemeral ones too. */
export function allContainers(spec: RawPodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

const MOUNT_REASONS = [
  [TOKEN_VOLUME, "TokenMountForbidden"],
  [STATE_VOLUME, "StateMountForbidden"],
] as const;

export interface Misuse {
  reason: "TokenVolumeForbidden" | (typeof MOUNT_REASONS)[number][1];
  message: string;
}

/** How a pod would let another container than the proxy enrol or change what the proxy keeps, or null. */
export function tokenMisuse(spec: RawPodSpec): Misuse | null {
  const volume = (spec.volumes ?? []).find(
    ({ name, projected }) =>
      name !== TOKEN_VOLUME && projected?.sources?.some((source) => source.serviceAccountToken?.audience === TOKEN_AUDIENCE) === true,
  );
  if (volume !== undefined)
    return {
      reason: "TokenVolumeForbidden",
      message: `volume ${volume.name} projects a token of audience ${TOKEN_AUDIENCE}, which only the proxy may hold: remove it`,
    };
  for (const [held, reason] of MOUNT_REASONS) {
    const mounter = allContainers(spec).find(
      ({ name, volumeMounts }) => name !== PROXY_CONTAINER && volumeMounts?.some((mount) => mount.name === held) === true,
    );
    if (mounter !== undefined)
      return { reason, message: `container ${mounter.name} mounts ${held}, which only the proxy may: remove the mount` };
  }
  return null;
}

/** Why a running pod cannot be one that the webhook let in, or null. Its image was checked at admission and may be of an older release. */
export function enrolProblem(spec: RawPodSpec): string | null {
  const proxy = spec.initContainers?.find(({ name }) => name === PROXY_CONTAINER);
  const isProxy =
    proxy?.["restartPolicy"] === "Always" &&
    JSON.stringify(proxy["args"]) === JSON.stringify(["sidecar"]) &&
    ["command", "lifecycle", "envFrom"].every((field) => (proxy[field] ?? null) === null);
  return isProxy ? (tokenMisuse(spec)?.message ?? null) : "The pod has no proxy as the webhook injects it";
}
