import type { LabelSelector } from "@agentkeys/common/label-selector";
import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32, type Hex } from "@agentkeys/common/identity";
import { usage } from "../command.ts";
import { isObjectName, type Kubectl } from "./kubectl.ts";

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** An AgentKeysBinding as far as the command reads it. */
export interface BindingView {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec?: {
    agent?: string;
    services?: { name: string }[];
    suspend?: boolean;
    serviceAccounts?: string[];
    selector?: LabelSelector;
    readOnly?: boolean;
    proxy?: { port?: number };
  };
  status?: {
    actorOmni?: string;
    operatorOmni?: string;
    deviceKeyHash?: string;
    services?: { name: string; onChain: boolean; credential: string }[];
    proposals?: unknown;
    pods?: { injected: number; ready: number };
    conditions?: Condition[];
  };
}

/** A binding that has an actor: what scopes and credentials belong to. */
export interface BoundActor {
  name: string;
  actorOmni: Hex;
  operatorOmni: Hex | undefined;
  deviceKeyHash: Hex | undefined;
  services: readonly string[];
  readOnly: boolean;
}

/** `<namespace>/<name>` in two; anything else is a wrong call. */
export function parseReference(reference: string | undefined, what: string): { namespace: string; name: string } {
  const [namespace = "", name = "", ...rest] = (reference ?? "").split("/");
  if (!isObjectName(namespace) || !isObjectName(name) || rest.length > 0) throw usage(`Name the ${what} as <namespace>/<name>`);
  return { namespace, name };
}

/** The binding of that name, or `not_found`. */
export async function bindingNamed(reference: string | undefined, kubectl: Kubectl): Promise<BindingView> {
  const { namespace, name } = parseReference(reference, "binding");
  const binding = await kubectl.get<BindingView>("agentkeysbindings.agentkeys.io", { namespace, name });
  if (binding !== null) return binding;
  throw new AgentKeysError("not_found", {
    message: `There is no AgentKeysBinding ${namespace}/${name}: see kubectl get agentkeysbindings -A`,
  });
}

/** The binding of that name with its actor; `not_found` says what is missing. */
export async function bindingOf(reference: string | undefined, kubectl: Kubectl): Promise<BoundActor> {
  const binding = await bindingNamed(reference, kubectl);
  const full = `${binding.metadata.namespace}/${binding.metadata.name}`;
  const { actorOmni, operatorOmni, deviceKeyHash } = binding.status ?? {};
  if (actorOmni === undefined)
    throw new AgentKeysError("not_found", { message: `${full} has no actor yet: wait for the operator, then see agentkeys status` });
  return {
    name: full,
    actorOmni: normaliseHex32(actorOmni),
    operatorOmni: operatorOmni === undefined ? undefined : normaliseHex32(operatorOmni),
    deviceKeyHash: deviceKeyHash === undefined ? undefined : normaliseHex32(deviceKeyHash),
    services: (binding.spec?.services ?? []).map((service) => service.name),
    readOnly: binding.spec?.readOnly ?? true,
  };
}

/** Every binding of the cluster. */
export async function allBindings(kubectl: Kubectl): Promise<BindingView[]> {
  return (await kubectl.get<{ items?: BindingView[] }>("agentkeysbindings.agentkeys.io", {}))?.items ?? [];
}

/** The condition of one type. */
export function conditionOf(binding: BindingView, type: string): Condition | undefined {
  return binding.status?.conditions?.find((condition) => condition.type === type);
}
