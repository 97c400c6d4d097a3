import { createHash } from "node:crypto";
import { nanoUsdOf } from "../dollars/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import { serviceHash, type Hex } from "../identity/index.ts";
import { PRESETS, resolvePreset, type ResolvedService, type ServiceDefinition } from "../presets/index.ts";
import type { BindingPolicy, Caller, ProcessCaller, ServiceLimits, ServicePolicy } from "../wire/policy.ts";
import type { PolicyFile, PolicyService } from "./policy-file.ts";
import { problemAt } from "./toml.ts";
import { attestationOf, workloadProblems, workloadsOf } from "./workloads.ts";

/** Whose services they are. */
export interface WorkstationIdentity {
  agent: string;
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
}

/** What of the machine a policy needs; both throw when there is no such file. */
export interface PolicyMachine {
  readText: (path: string) => string;
  /** The file that a path leads to: a running program is known by it. */
  realpath: (path: string) => string;
}

interface Named {
  definition: ServiceDefinition;
  limits: ServiceLimits;
}

function limitsOf(entry: PolicyService): ServiceLimits {
  const wanted = {
    requestsPerMinute: entry.requests_per_minute,
    requestsPerHour: entry.requests_per_hour,
    maxConcurrent: entry.max_concurrent,
    maxBodyBytes: entry.max_body_bytes,
    dailyNanoUsd: entry.daily_usd === undefined ? undefined : nanoUsdOf(entry.daily_usd),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

function definitionOf(entry: PolicyService, machine: Pick<PolicyMachine, "readText">): ServiceDefinition {
  const { name, env, ca_bundle: ca } = entry;
  const preset = entry.preset ?? (Object.hasOwn(PRESETS, name) && entry.upstream === undefined ? name : undefined);
  const wanted: Record<keyof ServiceDefinition, unknown> = {
    preset,
    upstream: entry.upstream,
    auth: entry.auth,
    env: env === undefined ? undefined : Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    methods: entry.methods,
    paths: entry.paths,
    denyPaths: entry.deny_paths,
    pathPrefix: entry.path_prefix,
    pricing: undefined,
    tls: ca === undefined ? undefined : { caBundle: machine.readText(ca) },
    allowPrivateAddresses: entry.allow_private_addresses,
    allowInsecure: entry.allow_insecure,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}

/** The service of a name: a table of the file, else the preset of that name. */
function named(file: PolicyFile, name: string, machine: Pick<PolicyMachine, "readText">): Named | null {
  const entry = file.service.find((one) => one.name === name);
  if (entry !== undefined) return { definition: definitionOf(entry, machine), limits: limitsOf(entry) };
  return Object.hasOwn(PRESETS, name) ? { definition: { preset: name }, limits: {} } : null;
}

/** Variables are for programs: a proxy is not told them. */
function servicePolicy(service: ResolvedService, limits: ServiceLimits, callers: Caller[]): ServicePolicy {
  const told = { ...service, hash: serviceHash(service.name), limits, callers } as ServicePolicy & { env?: unknown };
  delete told.env;
  return told;
}

function resolve({ definition, limits }: Named, name: string): { service: ResolvedService; limits: ServiceLimits } {
  const service = resolvePreset(definition, name);
  if (limits.dailyNanoUsd !== undefined && service.pricing === undefined)
    throw new AgentKeysError("invalid_input", { message: "daily_usd needs a preset whose prices are known" });
  return { service, limits };
}

/** Rules of both kinds, as they are called in messages. */
function rulesOf(file: PolicyFile): { table: "rule" | "workload"; index: number; services: string[] }[] {
  const of = (table: "rule" | "workload") => file[table].map(({ services }, index) => ({ table, index, services }));
  return [...of("rule"), ...of("workload")];
}

/** Every service that a rule names, resolved; the first listed first. Throws `config_invalid` with every problem and its line. */
function resolveServices(
  file: PolicyFile,
  machine: Pick<PolicyMachine, "readText">,
): { service: ResolvedService; limits: ServiceLimits }[] {
  const problems = workloadProblems(file);
  const found = new Map<string, { service: ResolvedService; limits: ServiceLimits }>();
  file.service.forEach(({ name }, index) => {
    if (file.service.findIndex((one) => one.name === name) < index)
      problems.push(problemAt(file.source, { table: "service", index, key: "name" }, `service ${name} is there twice`));
  });
  for (const { table, index, services } of rulesOf(file)) {
    for (const name of services) {
      if (found.has(name)) continue;
      const at = file.service.findIndex((one) => one.name === name);
      try {
        const one = named(file, name, machine);
        if (one !== null) found.set(name, resolve(one, name));
        else {
          const what = `${table} ${index + 1}: there is no service ${name}: add a [[service]], or use a preset (${Object.keys(PRESETS).join(", ")})`;
          problems.push(problemAt(file.source, { table, index, key: "services" }, what));
        }
      } catch (fault) {
        const why = fault instanceof AgentKeysError ? fault.publicMessage.replaceAll("spec.", "") : "its ca_bundle cannot be read";
        problems.push(problemAt(file.source, { table: "service", index: at }, `service ${name}: ${why}`));
      }
    }
  }
  if (problems.length > 0) throw new AgentKeysError("config_invalid", { message: [...new Set(problems)].join("\n") });
  return [...found.values()];
}

/** Services of rules about processes: those about workloads are for programs elsewhere. Throws `config_invalid`. */
export function servicesOfPrograms(file: PolicyFile, machine: Pick<PolicyMachine, "readText">): ResolvedService[] {
  const services = resolveServices(file, machine).map(({ service }) => service);
  return services.filter(({ name }) => file.rule.some((rule) => rule.services.includes(name)));
}

function callerOf(rule: { uid: number; binary_path?: string }, { realpath }: PolicyMachine): ProcessCaller {
  if (rule.binary_path === undefined) return { uid: rule.uid };
  try {
    return { uid: rule.uid, binaryPath: realpath(rule.binary_path) };
  } catch {
    // Not installed (yet): no process can be it.
    return { uid: rule.uid, binaryPath: rule.binary_path };
  }
}

/** The policy of a workstation: services that some rule names, each with its callers and nobody else. Equal content, equal version. */
export function buildWorkstationPolicy(file: PolicyFile, identity: WorkstationIdentity, machine: PolicyMachine): BindingPolicy {
  const services = resolveServices(file, machine).map(({ service, limits }) => {
    const processes = file.rule.filter((rule) => rule.services.includes(service.name)).map((rule) => callerOf(rule, machine));
    return servicePolicy(service, limits, [...processes, ...workloadsOf(file, service.name)]);
  });
  const content = {
    namespace: "",
    binding: "workstation",
    ...identity,
    placeholder: file.placeholder === "required" ? ("Required" as const) : ("Optional" as const),
    suspended: false,
    services,
    ...(file.attestation === undefined ? {} : { attestation: attestationOf(file.attestation) }),
  };
  return { version: createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16), ...content };
}
