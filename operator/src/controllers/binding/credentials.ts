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

/** Imports what changed, then asks the vault what is there; one answer for each accepted service. */
export async function reconcileCredentials(
  context: BindingContext,
  of: { binding: AgentKeysBinding; accepted: readonly AcceptedService[] } & ImportRequest,
): Promise<Map<string, CredentialStatus>> {
  const result = new Map<string, CredentialStatus>();
  for (const accepted of of.accepted) {
    const { name } = accepted.service;
    try {
      await importOne(context, of, accepted);
    } catch (fault) {
      context.log.warn("credential not imported, will retry", { binding: of.binding.metadata.name, service: name, fault });
      result.set(name, { credential: "Failed", problem: problemOf(fault, name) });
    }
  }
  const versions = await stored(context, of);
  for (const { service } of of.accepted) {
    if (result.has(service.name)) continue;
    const version = versions?.get(service.name);
    if (versions === null) result.set(service.name, { credential: "Unknown" });
    else if (version === undefined) result.set(service.name, { credential: "Missing" });
    else result.set(service.name, { credential: "Present", credentialVersion: version });
  }
  return result;
}

async function stored(
  context: BindingContext,
  of: { accepted: readonly AcceptedService[]; actorOmni: Hex },
): Promise<Map<string, string> | null> {
  const first = of.accepted[0]?.service.name;
  if (first === undefined) return new Map();
  return await context.vault.list(of.actorOmni, first).catch((fault: unknown) => {
    context.log.warn("credentials not listed, will retry", { fault });
    return null;
  });
}

async function importOne(
  context: BindingContext,
  of: { binding: AgentKeysBinding } & ImportRequest,
  accepted: AcceptedService,
): Promise<void> {
  const own = accepted.spec.credentialFrom?.secretRef;
  const source = own ?? accepted.sharedCredential;
  if (source === undefined) return;
  const namespace = own === undefined ? context.namespace : (of.binding.metadata.namespace ?? "");
  const value = await readSecret(context, namespace, source);
  const salted = createHash("sha256").update(of.key.privateKey.revealBytes()).update(value.revealBytes());
  const digest = salted.digest("hex");
  const { name } = accepted.service;
  if (of.key.imported[name] !== digest) {
    await context.vault.store({ actorOmni: of.actorOmni, service: name, value });
    await context.keys.noteImport(of.keyName, name, digest);
    context.record(of.binding, {
      type: "Normal",
      reason: "CredentialImported",
      action: "Import",
      note: `Stored the credential of ${name} in the vault`,
    });
  }
  value.wipe();
}

async function readSecret(context: BindingContext, namespace: string, ref: { name: string; key: string }): Promise<Secret> {
  const where = `Secret ${namespace}/${ref.name}`;
  let secret: SecretObject | null;
  try {
    secret = (await context.api.get(RESOURCES.secrets, { namespace, name: ref.name })) as SecretObject | null;
  } catch (fault) {
    if (statusOf(fault) !== 403) throw fault;
    throw new ImportProblem("SecretForbidden", `The operator may not read ${where}: bind it to a Role with get on this Secret`);
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
