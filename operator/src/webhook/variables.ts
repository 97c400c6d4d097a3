import { renderEnv, type ResolvedService } from "../presets/index.ts";
import type { Container, EnvVar } from "../proxy/index.ts";
import type { PatchOperation } from "./types.ts";

/** The variables of all services; where two set the same, the first listed wins and the other is warned about. */
export function variablesOf(
  services: readonly ResolvedService[],
  of: { proxy: string; placeholder: string },
): { env: EnvVar[]; warnings: string[] } {
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

/** Adds the variables a container lacks; one it sets itself is left alone and warned about when it differs. */
export function patchEnv(container: Container, path: string, wanted: readonly EnvVar[], warnings: string[]): PatchOperation[] {
  const own = new Map((container.env ?? []).map((variable) => [variable.name, variable.value]));
  const missing = wanted.filter(({ name }) => !own.has(name));
  for (const { name, value } of wanted)
    if (own.has(name) && own.get(name) !== value)
      warnings.push(`container ${container.name} sets ${name} itself: it is kept, so its SDK may bypass the proxy`);
  if (missing.length === 0) return [];
  if ((container.env ?? null) === null) return [{ op: "add", path: `${path}/env`, value: missing }];
  return missing.map((value) => ({ op: "add", path: `${path}/env/-`, value }));
}
