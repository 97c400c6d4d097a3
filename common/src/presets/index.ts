/**
 * Presets of well-known upstreams and their merge with a definition. Pure; must not know bindings, pods or files.
 */
import { AgentKeysError } from "../errors/index.ts";
import { anthropic } from "./anthropic.ts";
import { github } from "./github.ts";
import { openai } from "./openai.ts";
import { openrouter } from "./openrouter.ts";
import { others } from "./others.ts";
import type { EnvTemplate, Preset, ServiceDefinition } from "./types.ts";

export type { EnvTemplate, Preset, ServiceDefinition } from "./types.ts";

/** Raised when a preset changes what a sidecar is told. */
export const PRESETS_VERSION = "2";

export const PRESETS: Readonly<Record<string, Preset>> = { openai, anthropic, openrouter, github, ...others };

/** A service with nothing left open. `env` values still hold `{proxy}` and `{placeholder}`. */
export interface ResolvedService extends Preset {
  name: string;
  tls?: { caBundle: string };
  allowPrivateAddresses: boolean;
  allowInsecure: boolean;
}

const CUSTOM: Omit<Preset, "upstream"> = {
  auth: { type: "bearer" },
  env: [],
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  paths: ["/**"],
  denyPaths: [],
  errorShape: "generic",
};

/** Preset plus overrides of the definition; throws `invalid_input` for an unknown preset, a missing or unsafe upstream. */
export function resolvePreset(spec: ServiceDefinition, serviceName: string): ResolvedService {
  const preset = presetOf(spec);
  const upstream = upstreamOf(spec, preset);
  const prefix = spec.pathPrefix ?? preset.pathPrefix;
  const pricing = spec.pricing === undefined ? preset.pricing : { unknownModel: "Refuse" as const, ...spec.pricing };
  const env = (spec.env ?? preset.env).map(({ name, value }) => ({ name, value: value.replaceAll("{service}", serviceName) }));
  return {
    name: serviceName,
    upstream,
    auth: spec.auth ?? preset.auth,
    env,
    methods: spec.methods ?? preset.methods,
    paths: spec.paths ?? preset.paths,
    denyPaths: spec.denyPaths ?? preset.denyPaths,
    ...(prefix === undefined ? {} : { pathPrefix: prefix }),
    errorShape: preset.errorShape,
    ...(pricing === undefined ? {} : { pricing }),
    ...(spec.tls === undefined ? {} : { tls: spec.tls }),
    allowPrivateAddresses: spec.allowPrivateAddresses ?? false,
    allowInsecure: spec.allowInsecure ?? false,
  };
}

/** The variables of a service with the proxy's address and the placeholder filled in. */
export function renderEnv(service: ResolvedService, of: { proxy: string; placeholder: string }): EnvTemplate[] {
  const fill = (value: string): string => value.replaceAll("{proxy}", of.proxy).replaceAll("{placeholder}", of.placeholder);
  return service.env.map(({ name, value }) => ({ name, value: fill(value) }));
}

/** The variables of all services; where two set the same name, the first listed wins and the other is told in `warnings`. */
export function variablesOf(
  services: readonly ResolvedService[],
  of: { proxy: string; placeholder: string },
): { env: EnvTemplate[]; warnings: string[] } {
  const setBy = new Map<string, { value: string; service: string }>();
  const warnings: string[] = [];
  for (const service of services)
    for (const { name, value } of renderEnv(service, of)) {
      const first = setBy.get(name);
      if (first === undefined) setBy.set(name, { value, service: service.name });
      else if (first.value !== value)
        warnings.push(`${name} is of service ${first.service}, listed first: set the one of ${service.name} yourself where it is meant`);
    }
  return { env: [...setBy].map(([name, { value }]) => ({ name, value })), warnings };
}

function presetOf(spec: ServiceDefinition): Omit<Preset, "upstream"> & { upstream?: string } {
  if (spec.preset === undefined) return CUSTOM;
  const preset = Object.hasOwn(PRESETS, spec.preset) ? PRESETS[spec.preset] : undefined;
  if (preset === undefined)
    throw new AgentKeysError("invalid_input", { message: `Unknown preset ${spec.preset}; known: ${Object.keys(PRESETS).join(", ")}` });
  return preset;
}

function upstreamOf(spec: ServiceDefinition, preset: { upstream?: string }): string {
  const text = spec.upstream ?? preset.upstream;
  if (text === undefined) throw new AgentKeysError("invalid_input", { message: "Set spec.preset or spec.upstream" });
  const url = URL.canParse(text) ? new URL(text) : null;
  const isAllowed = url?.protocol === "https:" || (url?.protocol === "http:" && spec.allowInsecure === true);
  if (url === null || !isAllowed || url.username !== "" || url.search !== "" || url.hash !== "")
    throw new AgentKeysError("invalid_input", {
      message: "spec.upstream must be an https URL without credentials or query (http only with allowInsecure)",
    });
  return text.replace(/\/+$/, "");
}
