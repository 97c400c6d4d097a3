/**
 * Typed configuration, validated once: defaults < file < environment < flags. The message lists every problem and never a value.
 * Must not know any service's keys; must not read the process by itself.
 */
import { AgentKeysError } from "../errors/index.ts";
import type { SchemaCheck, SchemaProblem } from "../validator/index.ts";

export { auditBatchMs, auditStoreSettings, file, logLevel, origin, port } from "./properties.ts";

export interface ConfigProperty {
  type: "string" | "integer" | "boolean";
  description: string;
  default?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  pattern?: string;
  minLength?: number;
}

export interface ConfigDefinition {
  /** Names the environment prefix: `AGENTKEYS_<SERVICE>_`. */
  service: string;
  properties: Readonly<Record<string, ConfigProperty>>;
  required?: readonly string[];
}

/** What the process hands in; nothing here reads it. */
export interface ConfigSources {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  readFile: (path: string) => string;
}

type Values = Record<string, unknown>;

const upperSnake = (key: string): string =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toUpperCase();

/** The flag of a key, without its dashes. */
export function flagName(key: string): string {
  return key.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** The environment variable of a key. */
export function envName(service: string, key: string): string {
  return `AGENTKEYS_${upperSnake(service)}_${upperSnake(key)}`;
}

function coerce(text: string, type: ConfigProperty["type"]): unknown {
  if (type === "integer" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function fromFlags(definition: ConfigDefinition, argv: readonly string[], problems: string[]): Values {
  const keys = new Map(Object.keys(definition.properties).map((key) => [`--${flagName(key)}`, key]));
  const values: Values = {};
  for (let index = 0; index < argv.length; index++) {
    const [flag = "", inline] = (argv[index] ?? "").split(/=(.*)/s, 2);
    if (flag === "--print-config") continue;
    const value = inline ?? argv[++index];
    const key = keys.get(flag);
    if (flag === "--config") values["$file"] = value;
    else if (key === undefined) problems.push(`unknown flag ${flag}`);
    else if (value === undefined) problems.push(`flag ${flag} needs a value`);
    else values[key] = coerce(value, definition.properties[key]?.type ?? "string");
  }
  return values;
}

function fromEnvironment(definition: ConfigDefinition, env: ConfigSources["env"]): Values {
  const values: Values = {};
  for (const [key, property] of Object.entries(definition.properties)) {
    const text = env[envName(definition.service, key)];
    if (text !== undefined && text !== "") values[key] = coerce(text, property.type);
  }
  return values;
}

function fromFile(path: unknown, readFile: ConfigSources["readFile"], problems: string[]): Values {
  if (typeof path !== "string") return {};
  try {
    const value: unknown = JSON.parse(readFile(path));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Values;
  } catch {
    // reported below
  }
  problems.push(`the file of --config is not a readable JSON object`);
  return {};
}

function problemText(definition: ConfigDefinition, error: SchemaProblem): string {
  const params = error.params as { missingProperty?: string; additionalProperty?: string; allowedValues?: readonly unknown[] };
  const key = params.missingProperty ?? params.additionalProperty ?? error.instancePath.slice(1);
  const allowed = params.allowedValues === undefined ? "" : ` (${params.allowedValues.join(", ")})`;
  if (params.additionalProperty !== undefined) return `${key}: unknown key`;
  const where = `${envName(definition.service, key)} or --${flagName(key)}`;
  return params.missingProperty === undefined
    ? `${key}: ${error.message ?? "invalid"}${allowed}; set ${where}`
    : `${key}: required; set ${where}`;
}

/**
 * Merges, validates and freezes; throws `config_invalid` listing every problem with its key and allowed range. `check` is the
 * definition's own, compiled ahead.
 */
export function loadConfig<T extends object>(definition: ConfigDefinition, check: SchemaCheck, sources: ConfigSources): Readonly<T> {
  const problems: string[] = [];
  const { $file: file, ...flags } = fromFlags(definition, sources.argv, problems);
  const config: Values = { ...fromFile(file, sources.readFile, problems), ...fromEnvironment(definition, sources.env), ...flags };
  if (!check(config)) problems.push(...(check.errors ?? []).map((error) => problemText(definition, error)));
  if (problems.length > 0)
    throw new AgentKeysError("config_invalid", {
      message: `Configuration of ${definition.service} is invalid:\n  ${problems.join("\n  ")}`,
    });
  return Object.freeze(config) as Readonly<T>;
}

/** Whether `--print-config` was asked for. */
export function wantsPrintConfig(argv: readonly string[]): boolean {
  return argv.includes("--print-config");
}
