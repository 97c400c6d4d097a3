import { matchesSelector } from "@agentkeys/common/label-selector";
import { nanoUsdOf } from "@agentkeys/common/dollars";
import { AgentKeysError } from "@agentkeys/common/errors";
import { resolvePreset, type ResolvedService } from "@agentkeys/common/presets";
import type { AgentKeysBinding, AgentKeysService, BindingServiceSpec } from "../api/types.ts";
import { isPathCovered } from "./paths.ts";

export interface AcceptedService {
  spec: BindingServiceSpec;
  service: ResolvedService;
  /** From the service itself, for every binding; a Secret of the operator's namespace. */
  sharedCredential?: { name: string; key: string };
}

export type RefusalReason = "ServiceNotFound" | "NamespaceNotAllowed" | "ServiceInvalid" | "NotNarrower" | "NotPriced";

export interface RefusedService {
  name: string;
  reason: RefusalReason;
  message: string;
}

/** Which services of a binding it may use, and why not the others. Pure. */
export function acceptServices(
  binding: AgentKeysBinding,
  serviceNamed: (name: string) => AgentKeysService | undefined,
  namespaceLabels: Readonly<Record<string, string>>,
): { accepted: AcceptedService[]; refused: RefusedService[] } {
  const accepted: AcceptedService[] = [];
  const refused: RefusedService[] = [];
  for (const spec of binding.spec.services) {
    const outcome = acceptOne(spec, serviceNamed(spec.name), namespaceLabels);
    if ("reason" in outcome) refused.push({ name: spec.name, ...outcome });
    else accepted.push(outcome);
  }
  return { accepted, refused };
}

function acceptOne(
  spec: BindingServiceSpec,
  found: AgentKeysService | undefined,
  labels: Readonly<Record<string, string>>,
): AcceptedService | { reason: RefusalReason; message: string } {
  if (found === undefined || found.metadata.deletionTimestamp !== undefined)
    return { reason: "ServiceNotFound", message: `There is no AgentKeysService ${spec.name}` };
  if (!matchesSelector(found.spec.allowedNamespaces, labels))
    return {
      reason: "NamespaceNotAllowed",
      message: `AgentKeysService ${spec.name} does not allow this namespace (spec.allowedNamespaces)`,
    };
  let service: ResolvedService;
  try {
    service = resolvePreset(found.spec, spec.name);
    if (spec.limits?.dailyUsd !== undefined) nanoUsdOf(spec.limits.dailyUsd);
  } catch (fault) {
    if (!(fault instanceof AgentKeysError)) throw fault;
    return { reason: "ServiceInvalid", message: `AgentKeysService ${spec.name}: ${fault.publicMessage}` };
  }
  const wider = tooWide(spec, service);
  if (wider !== undefined)
    return { reason: "NotNarrower", message: `${spec.name}: ${wider} is not within what the AgentKeysService allows` };
  if (spec.limits?.dailyUsd !== undefined && service.pricing === undefined)
    return { reason: "NotPriced", message: `${spec.name}: limits.dailyUsd needs spec.pricing in AgentKeysService ${spec.name}` };
  const shared = found.spec.credentialFrom?.secretRef;
  return { spec, service, ...(shared === undefined ? {} : { sharedCredential: shared }) };
}

function tooWide(spec: BindingServiceSpec, service: ResolvedService): string | undefined {
  const method = spec.methods?.find((wanted) => !service.methods.includes(wanted) && !service.methods.includes("*"));
  if (method !== undefined) return `method ${method}`;
  const path = spec.paths?.find((wanted) => !service.paths.some((allowed) => isPathCovered(wanted, allowed)));
  return path === undefined ? undefined : `path ${path}`;
}
