/**
 * Injection as a pure function: pod, binding and services in, a JSON Patch or a refusal out. A second pass gives an empty
 * patch. Must not know HTTP, the API server or time.
 */
import { variablesOf, type ResolvedService } from "@agentkeys/common/presets";
import { BINDING_ANNOTATION, INJECT_LABEL, INJECTED_ANNOTATION, INJECTED_LABEL, type AgentKeysBinding } from "../api/types.ts";
import {
  DEFAULT_PROXY_PORT,
  PLACEHOLDER_VARIABLE,
  podShapeOf,
  PROXY_CONTAINER,
  proxyContainer,
  proxyVolumes,
  type Container,
  type RawPod,
} from "../proxy/index.ts";
import { refusalOf, type Refusal } from "./refusal.ts";
import type { InjectSettings, PatchOperation } from "./types.ts";
import { patchEnv } from "./variables.ts";

export const SKIP_ANNOTATION = "agentkeys.io/skip-containers";
const DEFAULT_CONTAINER_ANNOTATION = "kubectl.kubernetes.io/default-container";
const KNOWN_ANNOTATIONS = [BINDING_ANNOTATION, INJECTED_ANNOTATION, INJECT_LABEL, SKIP_ANNOTATION];
/** Placeholders as this webhook makes them; no other is taken over from a pod. */
const PLACEHOLDER = /^sk-agentkeys-[A-Za-z0-9_-]{32}$/;

export interface InjectInput {
  pod: RawPod;
  binding: AgentKeysBinding;
  /** Those the binding may use, in its order. */
  services: readonly ResolvedService[];
  settings: InjectSettings;
  /** A new placeholder, used when the pod has none yet. */
  placeholder: string;
}

export type InjectOutcome = { kind: "patch"; patch: PatchOperation[]; warnings: string[] } | Refusal;

/** The minimal patch that injects the proxy, or the reason why it cannot be. */
export function inject(input: InjectInput): InjectOutcome {
  const { pod, binding, settings } = input;
  const held = heldPlaceholder(pod);
  const placeholder = held !== undefined && PLACEHOLDER.test(held) ? held : input.placeholder;
  const proxy = proxyContainer(binding, placeholder, settings);
  const refusal = refusalOf(pod, binding, proxy);
  if (refusal !== null) return refusal;
  const skipped = skippedBy(pod);
  const warnings = warningsOf(pod, skipped);
  const port = binding.spec.proxy?.port ?? DEFAULT_PROXY_PORT;
  const variables = variablesOf(input.services, { proxy: `http://localhost:${port}`, placeholder });
  warnings.push(...variables.warnings);
  const patch: PatchOperation[] = [];
  // Variables first: the proxy is inserted in front of the init containers and would move their indexes.
  for (const field of ["initContainers", "containers"] as const)
    (pod.spec[field] ?? []).forEach((container, index) => {
      if (container.name === PROXY_CONTAINER || skipped.includes(container.name)) return;
      patch.push(...patchEnv(container, `/spec/${field}/${index}`, variables.env, warnings));
    });
  if (held === undefined) patch.push(...newParts(pod, proxy, binding));
  patch.push(...addMembers("/metadata/annotations", pod.metadata.annotations, annotationsOf(input)));
  patch.push(...addMembers("/metadata/labels", pod.metadata.labels, { [INJECTED_LABEL]: "true" }));
  return { kind: "patch", patch, warnings };
}

function heldPlaceholder(pod: RawPod): string | undefined {
  const proxy = pod.spec.initContainers?.find(({ name }) => name === PROXY_CONTAINER);
  return proxy?.env?.find(({ name }) => name === PLACEHOLDER_VARIABLE)?.value ?? undefined;
}

function skippedBy(pod: RawPod): string[] {
  const names = (pod.metadata.annotations?.[SKIP_ANNOTATION] ?? "").split(",");
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

function warningsOf(pod: RawPod, skipped: readonly string[]): string[] {
  const annotations = pod.metadata.annotations ?? {};
  const names = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])].map(({ name }) => name);
  const unknown = Object.keys(annotations).filter((key) => key.startsWith("agentkeys.io/") && !KNOWN_ANNOTATIONS.includes(key));
  const missing = skipped.filter((name) => !names.includes(name) || name === PROXY_CONTAINER);
  return [
    ...unknown.map((key) => `annotation ${key} is not known and has no effect`),
    ...(annotations[INJECT_LABEL] === undefined ? [] : [`annotation ${INJECT_LABEL} has an effect only as "false", which opts out`]),
    ...missing.map((name) => `${SKIP_ANNOTATION} names ${name}, which is no container of yours`),
  ];
}

function annotationsOf({ pod, binding, settings }: InjectInput): Record<string, string> {
  const annotations = pod.metadata.annotations ?? {};
  const [first] = pod.spec.containers ?? [];
  const isDefaultOpen = annotations[DEFAULT_CONTAINER_ANNOTATION] === undefined && first !== undefined;
  return {
    [INJECTED_ANNOTATION]: `${settings.version}/${binding.metadata.generation ?? 0}/${podShapeOf(binding)}`,
    ...(isDefaultOpen ? { [DEFAULT_CONTAINER_ANNOTATION]: first.name } : {}),
    ...(annotations[BINDING_ANNOTATION] === undefined ? { [BINDING_ANNOTATION]: binding.metadata.name } : {}),
  };
}

function newParts(pod: RawPod, proxy: Container, binding: AgentKeysBinding): PatchOperation[] {
  const put = (path: string, present: readonly object[] | null | undefined, at: string, values: object[]): PatchOperation[] =>
    (present ?? null) === null
      ? [{ op: "add", path, value: values }]
      : values.map((value) => ({ op: "add", path: `${path}/${at}`, value }));
  return [
    ...put("/spec/initContainers", pod.spec.initContainers, "0", [proxy]),
    ...put("/spec/volumes", pod.spec.volumes, "-", proxyVolumes(binding)),
  ];
}

const escapePointer = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Adds members to an object that may be missing, one operation each. */
function addMembers(path: string, present: Record<string, string> | null | undefined, wanted: Record<string, string>): PatchOperation[] {
  const missing = Object.entries(wanted).filter(([key, value]) => present?.[key] !== value);
  if (missing.length === 0) return [];
  if ((present ?? null) === null) return [{ op: "add", path, value: Object.fromEntries(missing) }];
  return missing.map(([key, value]) => ({ op: "add", path: `${path}/${escapePointer(key)}`, value }));
}
