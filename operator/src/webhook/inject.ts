/**
 * Injection as a pure function: pod, binding and services in, a JSON Patch or a refusal out. A second pass gives an empty
 * patch. Must not know HTTP, the API server or time.
 */
import { BINDING_ANNOTATION, INJECT_LABEL, INJECTED_ANNOTATION, INJECTED_LABEL, type AgentKeysBinding } from "../api/types.ts";
import { renderEnv, type ResolvedService } from "../presets/index.ts";
import { proxyContainer, tokenVolume } from "./container.ts";
import { DEFAULT_PROXY_PORT, ADMIN_PORT, PROXY_CONTAINER, TOKEN_DIR, TOKEN_VOLUME } from "./types.ts";
import type { Container, EnvVar, InjectSettings, PatchOperation, RawPod } from "./types.ts";

export const SKIP_ANNOTATION = "agentkeys.io/skip-containers";
const DEFAULT_CONTAINER_ANNOTATION = "kubectl.kubernetes.io/default-container";
const KNOWN_ANNOTATIONS = [BINDING_ANNOTATION, INJECTED_ANNOTATION, INJECT_LABEL, SKIP_ANNOTATION];

export interface InjectInput {
  pod: RawPod;
  binding: AgentKeysBinding;
  services: readonly ResolvedService[];
  settings: InjectSettings;
  /** A new placeholder, used when the pod has none yet. */
  placeholder: string;
}

export type InjectOutcome =
  { kind: "patch"; patch: PatchOperation[]; warnings: string[] } | { kind: "refused"; reason: string; message: string };

const refused = (reason: string, message: string): InjectOutcome => ({ kind: "refused", reason, message });

/** Why a pod of this shape cannot be injected, or null. */
function refusalOf(input: InjectInput): InjectOutcome | null {
  const { binding } = input;
  const spec = input.pod.spec ?? {};
  const name = `AgentKeysBinding ${binding.metadata.namespace ?? ""}/${binding.metadata.name}`;
  const account = spec.serviceAccountName ?? "default";
  const accounts = binding.spec.serviceAccounts ?? [];
  if (binding.spec.suspend === true) return refused("Suspended", `${name} is suspended: set spec.suspend to false to start pods again`);
  if (accounts.length > 0 && !accounts.includes(account))
    return refused("ServiceAccountNotAllowed", `${name} does not allow service account ${account}: add it to spec.serviceAccounts`);
  if (spec.hostNetwork === true)
    return refused("HostNetwork", "a pod with hostNetwork would share its proxy with the node: remove hostNetwork");
  if (spec.os?.name === "windows" || spec.nodeSelector?.["kubernetes.io/os"] === "windows")
    return refused("Windows", "Windows pods cannot be injected: remove the agentkeys.io/binding annotation");
  return clashOf(input);
}

/** Clashes with what the user's own containers and volumes are called. */
function clashOf({ pod, binding }: InjectInput): InjectOutcome | null {
  const spec = pod.spec ?? {};
  const own = (spec.initContainers ?? []).find(({ name }) => name === PROXY_CONTAINER);
  const isOurs = own !== undefined && pod.metadata?.annotations?.[INJECTED_ANNOTATION] !== undefined;
  if ((own !== undefined && !isOurs) || (spec.containers ?? []).some(({ name }) => name === PROXY_CONTAINER))
    return refused("NameConflict", `a container is already called ${PROXY_CONTAINER}: rename it`);
  if (!isOurs && (spec.volumes ?? []).some(({ name }) => name === TOKEN_VOLUME))
    return refused("VolumeConflict", `a volume is already called ${TOKEN_VOLUME}: rename it`);
  const ports = [binding.spec.proxy?.port ?? DEFAULT_PROXY_PORT, ADMIN_PORT];
  for (const container of othersOf(pod)) {
    const port = container.ports?.find(({ containerPort }) => ports.includes(containerPort));
    if (port !== undefined)
      return refused(
        "PortConflict",
        `container ${container.name} uses port ${port.containerPort}: change it or spec.proxy.port of the binding`,
      );
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_DIR || mountPath.startsWith(`${TOKEN_DIR}/`)) === true)
      return refused("MountConflict", `container ${container.name} mounts ${TOKEN_DIR}: choose another path`);
  }
  return null;
}

/** Every container but the proxy. */
function othersOf(pod: RawPod): Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].filter(({ name }) => name !== PROXY_CONTAINER);
}

function heldPlaceholder(pod: RawPod): string | undefined {
  const proxy = pod.spec?.initContainers?.find(({ name }) => name === PROXY_CONTAINER);
  return proxy?.env?.find(({ name }) => name === "AGENTKEYS_SIDECAR_PLACEHOLDER")?.value;
}

const escapePointer = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Adds members to an object that may be missing, one operation each. */
function addMembers(path: string, present: Record<string, string> | undefined, wanted: Record<string, string>): PatchOperation[] {
  const missing = Object.entries(wanted).filter(([key, value]) => present?.[key] !== value);
  if (missing.length === 0) return [];
  if (present === undefined) return [{ op: "add", path, value: Object.fromEntries(missing) }];
  return missing.map(([key, value]) => ({ op: "add", path: `${path}/${escapePointer(key)}`, value }));
}

/** Variables a container lacks; one it sets itself is left alone and warned about when it differs. */
function envOf(container: Container, path: string, wanted: readonly EnvVar[], warnings: string[]): PatchOperation[] {
  const own = new Map((container.env ?? []).map((variable) => [variable.name, variable.value]));
  const missing = wanted.filter(({ name }) => !own.has(name));
  for (const { name, value } of wanted)
    if (own.has(name) && own.get(name) !== value)
      warnings.push(`container ${container.name} sets ${name} itself: it is kept, so its SDK may bypass the proxy`);
  if (missing.length === 0) return [];
  if (container.env === undefined) return [{ op: "add", path: `${path}/env`, value: missing }];
  return missing.map((value) => ({ op: "add", path: `${path}/env/-`, value }));
}

function warningsOf(pod: RawPod, skipped: readonly string[]): string[] {
  const names = othersOf(pod).map(({ name }) => name);
  const unknown = Object.keys(pod.metadata?.annotations ?? {}).filter(
    (key) => key.startsWith("agentkeys.io/") && !KNOWN_ANNOTATIONS.includes(key),
  );
  const missing = skipped.filter((name) => !names.includes(name));
  return [
    ...unknown.map((key) => `annotation ${key} is not known and has no effect`),
    ...missing.map((name) => `${SKIP_ANNOTATION} names ${name}, which is no container of this pod`),
  ];
}

/** The minimal patch that injects the proxy, or the reason why it cannot be. */
export function inject(input: InjectInput): InjectOutcome {
  const refusal = refusalOf(input);
  if (refusal !== null) return refusal;
  const { pod, binding, settings } = input;
  const spec = pod.spec ?? {};
  const annotations = pod.metadata?.annotations;
  const skipped = (annotations?.[SKIP_ANNOTATION] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const warnings = warningsOf(pod, skipped);
  const held = heldPlaceholder(pod);
  const placeholder = held ?? input.placeholder;
  const port = binding.spec.proxy?.port ?? DEFAULT_PROXY_PORT;
  const env = input.services.flatMap((service) => renderEnv(service, { proxy: `http://localhost:${port}`, placeholder }));
  const patch: PatchOperation[] = [];
  // Variables first: the proxy is inserted in front of the init containers and would move their indexes.
  for (const field of ["initContainers", "containers"] as const)
    (spec[field] ?? []).forEach((container, index) => {
      if (container.name === PROXY_CONTAINER || skipped.includes(container.name)) return;
      patch.push(...envOf(container, `/spec/${field}/${index}`, env, warnings));
    });
  if (held === undefined) patch.push(...newParts(input, placeholder));
  const [first] = spec.containers ?? [];
  const wanted = {
    [INJECTED_ANNOTATION]: `${settings.version}/${binding.metadata.generation ?? 0}`,
    ...(annotations?.[DEFAULT_CONTAINER_ANNOTATION] === undefined && first !== undefined
      ? { [DEFAULT_CONTAINER_ANNOTATION]: first.name }
      : {}),
    ...(annotations?.[BINDING_ANNOTATION] === undefined ? { [BINDING_ANNOTATION]: binding.metadata.name } : {}),
  };
  patch.push(...addMembers("/metadata/annotations", annotations, wanted));
  patch.push(...addMembers("/metadata/labels", pod.metadata?.labels, { [INJECTED_LABEL]: "true" }));
  return { kind: "patch", patch, warnings };
}

function newParts({ pod, binding, settings }: InjectInput, placeholder: string): PatchOperation[] {
  const proxy = proxyContainer(binding, placeholder, settings);
  const { initContainers, volumes } = pod.spec ?? {};
  const volume = tokenVolume();
  return [
    initContainers === undefined
      ? { op: "add", path: "/spec/initContainers", value: [proxy] }
      : { op: "add", path: "/spec/initContainers/0", value: proxy },
    volumes === undefined ? { op: "add", path: "/spec/volumes", value: [volume] } : { op: "add", path: "/spec/volumes/-", value: volume },
  ];
}
