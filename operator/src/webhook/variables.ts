import type { Container, EnvVar } from "../proxy/index.ts";
import type { PatchOperation } from "./types.ts";

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
