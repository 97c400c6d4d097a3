import { variablesOf, type ResolvedService } from "../presets/index.ts";

export interface Variable {
  name: string;
  value: string;
}

/** `<SERVICE>_BASE_URL` of a service's name. */
function baseUrlName(service: string): string {
  const name = service.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return `${/^\d/.test(name) ? "_" : ""}${name}_BASE_URL`;
}

/**
 * What programs find: the names that SDKs of the services read, and an address for each service. Never a key. `warnings` name
 * variables that two services want.
 */
export function serviceVariables(
  services: readonly ResolvedService[],
  of: { proxy: string; placeholder: string },
): { variables: Variable[]; warnings: string[] } {
  const { env, warnings } = variablesOf(services, of);
  const known = new Set(env.map(({ name }) => name));
  const bases = services
    .map(({ name }) => ({ name: baseUrlName(name), value: `${of.proxy}/${name}` }))
    .filter(({ name }, index, all) => !known.has(name) && all.findIndex((other) => other.name === name) === index);
  return { variables: [...env, ...bases], warnings };
}

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/** Text that a POSIX shell reads with `.`: one export a line. */
export function envText(variables: readonly Variable[]): string {
  const lines = variables.map(({ name, value }) => `export ${name}=${quoted(value)}`);
  return [
    "# Written by `agentkeys env --install`, and anew by the daemon when the rules change. Addresses and placeholders: no key is in here.",
    ...lines,
    "",
  ].join("\n");
}
