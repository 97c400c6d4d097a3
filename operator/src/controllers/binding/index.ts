/**
 * Reconciles one binding: services, device, scope, credentials, status. Level-based: reads first, writes only the difference.
 * Must not know HTTP or which replica leads.
 */
import { AgentKeysError } from "@agentkeys/common/errors";
import { actorOmni, serviceHash, type AgentName, type Hex } from "@agentkeys/common/identity";
import { API_VERSION, type AgentKeysBinding } from "../../api/types.ts";
import { acceptServices, agentOf, readyVerdict, type RefusedService, type Verdict } from "../../domain/index.ts";
import { deviceSecretName } from "../device-keys.ts";
import { reconcileChain, type ChainOutcome } from "./chain.ts";
import type { BindingContext } from "./context.ts";
import { credentialsVerdict, hasSource, reconcileCredentials, type CredentialStatus } from "./credentials.ts";
import { podsStatus } from "./pods.ts";
import { recordApplied, takeSeen } from "./proposals.ts";
import { ensureFinalizer, finishDeletion } from "./revoke.ts";
import { spendStatus } from "./spend.ts";
import { withTransactions, writeStatus } from "./status.ts";

export type { BindingContext } from "./context.ts";
export { PROPOSE_PATIENCE_MS, REVOKE_PATIENCE_MS } from "./revoke.ts";

/** Changes come as events of the API server and the chain; this look finds what they missed. */
const LOOK_AGAIN_MS = 600_000;
/** Referenced Secrets are not watched: a changed one is stored within this time. */
const SECRET_LOOK_MS = 60_000;
/** While something is missing that nobody tells the operator of, such as a credential put by hand. */
const WAITING_LOOK_MS = 30_000;

/** One look at a binding; answers when to look again. Throws to be retried with back-off. */
export async function reconcileBinding(context: BindingContext, key: string): Promise<number | undefined> {
  const cached = context.caches.binding(key);
  if (cached === undefined) return undefined;
  const binding: AgentKeysBinding = { ...cached, apiVersion: API_VERSION, kind: "AgentKeysBinding" };
  const { name, namespace = "", deletionTimestamp } = binding.metadata;
  const actor = actorOf(context, binding);
  const owner = ownerOfAgent(context, binding);
  if (deletionTimestamp !== undefined) {
    const isOver = await finishDeletion(context, binding, actor, owner === name);
    context.listed.delete(key);
    context.seen.delete(key);
    return isOver ? undefined : jittered(context, WAITING_LOOK_MS);
  }
  if (owner !== name) {
    await writeTaken(context, binding, actor, owner);
    return jittered(context, LOOK_AGAIN_MS);
  }
  await ensureFinalizer(context, binding);
  try {
    return jittered(context, await reconcileOwned(context, binding, actor, deviceSecretName(namespace, name)));
  } catch (fault) {
    if (fault instanceof AgentKeysError && fault.code === "chain_rpc_error") await writeUnreachable(context, binding, actor);
    throw fault;
  }
}

/** Spread over a tenth, so that bindings made together are not looked at together for ever. */
function jittered({ random }: BindingContext, ms: number): number {
  return Math.round(ms * (0.9 + random() / 10));
}

/** Actor of a binding under this operator. */
export function actorOf(context: Pick<BindingContext, "chain" | "clusterName">, binding: AgentKeysBinding): Hex {
  return actorOmni({ operatorOmni: context.chain.operatorOmni, ...nameOf(context.clusterName, binding) });
}

function nameOf(clusterName: string, binding: AgentKeysBinding): AgentName {
  return { clusterName, namespace: binding.metadata.namespace ?? "", agent: agentOf(binding) };
}

/** The oldest binding of an agent owns it; two must not write one scope. */
function ownerOfAgent({ caches }: BindingContext, binding: AgentKeysBinding): string {
  const rivals = caches
    .bindings()
    .filter((other) => other.metadata.namespace === binding.metadata.namespace && agentOf(other) === agentOf(binding));
  const age = (other: AgentKeysBinding): string => `${other.metadata.creationTimestamp ?? ""} ${other.metadata.name}`;
  return rivals.sort((left, right) => (age(left) < age(right) ? -1 : 1))[0]?.metadata.name ?? binding.metadata.name;
}

async function writeTaken(context: BindingContext, binding: AgentKeysBinding, actor: Hex, owner: string): Promise<void> {
  const message = `Agent ${agentOf(binding)} belongs to the older binding ${owner}`;
  const verdict: Verdict = { type: "Ready", status: "False", reason: "AgentTaken", message };
  await writeStatus(context, binding, { actorOmni: actor, operatorOmni: context.chain.operatorOmni }, [verdict]);
}

/** Says of a binding that was never looked at to the end what it waits for; what is known of any other stays. */
async function writeUnreachable(context: BindingContext, binding: AgentKeysBinding, actor: Hex): Promise<void> {
  if (binding.status?.deviceKeyHash !== undefined) return;
  const message =
    "The chain could not be read or written, it is tried again: see the operator's log, and agentkeys doctor for chain and wallet";
  const verdict: Verdict = { type: "Ready", status: "False", reason: "ChainUnreachable", message };
  await writeStatus(context, binding, { actorOmni: actor, operatorOmni: context.chain.operatorOmni }, [verdict]);
}

async function reconcileOwned(context: BindingContext, binding: AgentKeysBinding, actor: Hex, keyName: string): Promise<number> {
  const { caches, keys, chain } = context;
  const { name, namespace = "" } = binding.metadata;
  const { accepted, refused } = acceptServices(binding, (service) => caches.service(service), caches.namespaceLabels(namespace));
  const labels = { "agentkeys.io/binding-namespace": namespace.slice(0, 63), "agentkeys.io/binding": name.slice(0, 63) };
  const key = await keys.ensure(keyName, labels);
  const onChain = await reconcileChain(context, { binding, key, actorOmni: actor, name: nameOf(context.clusterName, binding), accepted });
  const credentials = await reconcileCredentials(context, { binding, accepted, key, keyName, actorOmni: actor });
  const pods = podsStatus(caches.podsOf(`${namespace}/${name}`), binding);
  const parts = [servicesVerdict(refused), onChain.device, onChain.scope, credentialsVerdict(credentials)];
  const { applied, proposals } = onChain;
  const spend = spendStatus(accepted, actor, context.spend);
  const status = {
    actorOmni: actor,
    operatorOmni: chain.operatorOmni,
    deviceKeyHash: key.deviceKeyHash,
    services: binding.spec.services.map(({ name: service }) => ({
      ...serviceStatus(service, onChain, credentials.get(service)),
      ...spend.services.get(service),
    })),
    ...spend.totals,
    pods: pods.pods,
    transactions: withTransactions(binding.status?.transactions ?? [], [
      ...takeSeen(context, `${namespace}/${name}`),
      ...onChain.transactions,
    ]),
    ...(proposals.length === 0 ? {} : { proposals: [...proposals] }),
    ...(applied === undefined ? {} : { applied }),
  };
  await writeStatus(context, binding, status, [
    readyVerdict(parts, binding.spec.suspend ?? false),
    ...parts,
    pods.verdict,
    ...(spend.verdict === undefined ? [] : [spend.verdict]),
  ]);
  recordApplied(context, binding, onChain);
  if (parts.some(({ status: value }) => value !== "True")) return WAITING_LOOK_MS;
  return hasSource(accepted) ? SECRET_LOOK_MS : LOOK_AGAIN_MS;
}

function serviceStatus(
  name: string,
  scope: Pick<ChainOutcome, "granted">,
  found: CredentialStatus | undefined,
): { name: string; onChain: boolean; credential: string; credentialVersion?: string } {
  const { credential, credentialVersion } = found ?? { credential: "Unknown" as const, credentialVersion: undefined };
  const version = credentialVersion === undefined ? {} : { credentialVersion };
  return { name, onChain: scope.granted.has(serviceHash(name)), credential, ...version };
}

function servicesVerdict(refused: readonly RefusedService[]): Verdict {
  const type = "ServicesAccepted";
  const [first] = refused;
  if (first === undefined) return { type, status: "True", reason: "Accepted", message: "Every service may be used" };
  return { type, status: "False", reason: first.reason, message: refused.map(({ message }) => message).join("; ") };
}
