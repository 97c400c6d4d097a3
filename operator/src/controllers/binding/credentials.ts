import { createHash } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import type { AgentKeysBinding } from "../../api/types.ts";
import type { AcceptedService, Verdict } from "../../domain/index.ts";
import { RESOURCES, statusOf } from "../../kube/index.ts";
import type { SecretObject } from "../../tls/index.ts";
import type { DeviceKey } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";

/** How long an answer of the vault is good for when nothing points at a change. */
const LIST_AGAIN_MS = 120_000;

export interface CredentialStatus {
  credential: "Present" | "Missing" | "Failed" | "Unknown";
  credentialVersion?: string;
  problem?: { reason: string; message: string };
}

interface ImportRequest {
  key: DeviceKey;
  keyName: string;
  actorOmni: Hex;
}

class ImportProblem extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Asks the vault what is there and imports what changed or is gone; one answer for each accepted service. */
export async function reconcileCredentials(
  context: BindingContext,
  of: { binding: AgentKeysBinding; accepted: readonly AcceptedService[] } & ImportRequest,
): Promise<Map<string, CredentialStatus>> {
  const result = new Map<string, CredentialStatus>();
  const versions = await stored(context, of);
  for (const accepted of of.accepted) {
    const { name } = accepted.service;
    try {
      const imported = await importOne(context, of, accepted, versions);
      if (imported !== undefined) versions?.set(name, imported);
    } catch (fault) {
      context.log.warn("credential not imported, will retry", { binding: of.binding.metadata.name, service: name, fault });
      result.set(name, { credential: "Failed", problem: problemOf(fault, name) });
    }
  }
  for (const { service } of of.accepted) {
    if (result.has(service.name)) continue;
    const version = versions?.get(service.name);
    if (versions === null) result.set(service.name, { credential: "Unknown" });
    else if (version === undefined) result.set(service.name, { credential: "Missing" });
    else result.set(service.name, { credential: "Present", credentialVersion: version });
  }
  return result;
}

/** Whether a Secret has to be looked at from time to time: its changes are not watched. */
export function hasSource(accepted: readonly AcceptedService[]): boolean {
  return accepted.some(({ spec, sharedCredential }) => spec.credentialFrom !== undefined || sharedCredential !== undefined);
}

/** What the vault holds for the binding; asked again when the binding changed, something is missing or the answer is old. */
async function stored(
  context: BindingContext,
  of: { binding: AgentKeysBinding; accepted: readonly AcceptedService[]; actorOmni: Hex },
): Promise<Map<string, string> | null> {
  const { clock, listed, log, vault } = context;
  const { name, namespace = "", generation = 0 } = of.binding.metadata;
  const [first] = of.accepted;
  if (first === undefined) return new Map();
  const key = `${namespace}/${name}`;
  const known = listed.get(key);
  const isWhole = of.accepted.every(({ service }) => known?.versions.has(service.name));
  if (known?.generation === generation && isWhole && clock.nowMs() - known.atMs < LIST_AGAIN_MS) return known.versions;
  try {
    const versions = await vault.list(of.actorOmni, first.service.name);
    listed.set(key, { atMs: clock.nowMs(), generation, versions });
    return versions;
  } catch (fault) {
    listed.delete(key);
    log.warn("credentials not listed, will retry", { fault });
    return null;
  }
}

/** Stores a referenced Secret when its content changed or the vault has lost it; answers the version stored. */
async function importOne(
  context: BindingContext,
  of: { binding: AgentKeysBinding } & ImportRequest,
  accepted: AcceptedService,
  versions: ReadonlyMap<string, string> | null,
): Promise<string | undefined> {
  const own = accepted.spec.credentialFrom?.secretRef;
  const source = own ?? accepted.sharedCredential;
  if (source === undefined) return undefined;
  const namespace = own === undefined ? context.namespace : (of.binding.metadata.namespace ?? "");
  const value = await readSecret(context, namespace, source);
  const { name } = accepted.service;
  try {
    const digest = createHash("sha256").update(of.key.privateKey.revealBytes()).update(value.revealBytes()).digest("hex");
    const known = (await context.keys.read(of.keyName)) ?? of.key;
    const isLost = versions?.has(name) === false;
    if (known.imported[name] === digest && !isLost) return undefined;
    const { version } = await context.vault.store({ actorOmni: of.actorOmni, service: name, value });
    if (known.imported[name] !== digest) await context.keys.noteImport(of.keyName, name, digest);
    const note = `Stored the credential of ${name} in the vault${isLost && known.imported[name] === digest ? " again: it was gone" : ""}`;
    context.record(of.binding, { type: "Normal", reason: "CredentialImported", action: "Import", note });
    return version;
  } finally {
    value.wipe();
  }
}

async function readSecret(context: BindingContext, namespace: string, ref: { name: string; key: string }): Promise<Secret> {
  const where = `Secret ${namespace}/${ref.name}`;
  let secret: SecretObject | null;
  try {
    secret = (await context.api.get(RESOURCES.secrets, { namespace, name: ref.name })) as SecretObject | null;
  } catch (fault) {
    if (statusOf(fault) !== 403) throw fault;
    const way = namespace === context.namespace ? "sharedCredentials" : "credentialNamespaces";
    const entry = namespace === context.namespace ? ref.name : namespace;
    throw new ImportProblem("SecretForbidden", `The operator may not read ${where}: add ${entry} to ${way} of the chart's values`);
  }
  const data = secret?.data?.[ref.key];
  if (data === undefined || data === "") throw new ImportProblem("SecretNotFound", `${where} with key ${ref.key} does not exist`);
  // A file made by an editor or echo ends in a newline, which no credential has.
  return Secret.of(
    Buffer.from(data, "base64")
      .toString("utf8")
      .replace(/\r?\n$/, ""),
  );
}

function problemOf(fault: unknown, service: string): { reason: string; message: string } {
  if (fault instanceof ImportProblem) return { reason: fault.reason, message: fault.message };
  const text = fault instanceof AgentKeysError ? fault.message : "internal fault";
  return { reason: "ImportFailed", message: `The credential of ${service} was not stored: ${text}` };
}

/** The condition over all services of a binding. */
export function credentialsVerdict(services: ReadonlyMap<string, CredentialStatus>): Verdict {
  const type = "CredentialsPresent";
  if (services.size === 0) return { type, status: "Unknown", reason: "NoServices", message: "No service of the binding may be used" };
  const problem = [...services.values()].find((service) => service.problem !== undefined)?.problem;
  if (problem !== undefined) return { type, status: "False", ...problem };
  const named = (wanted: CredentialStatus["credential"]): string =>
    [...services].flatMap(([name, { credential }]) => (credential === wanted ? [name] : [])).join(", ");
  if (named("Missing") !== "")
    return { type, status: "False", reason: "CredentialMissing", message: `Run \`agentkeys credential put\` for: ${named("Missing")}` };
  if (named("Unknown") !== "")
    return { type, status: "Unknown", reason: "VaultUnreachable", message: "Broker or creds-worker could not be asked" };
  return { type, status: "True", reason: "Present", message: "Every service has a credential in the vault" };
}
