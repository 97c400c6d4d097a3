import { signBudget, type BudgetStatement } from "@agentkeys/common/budget";
import type { DelegationDomain } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { BindingPolicy } from "@agentkeys/common/wire";
import { deviceSecretName, type Caches, type DeviceKeys } from "../controllers/index.ts";

/** Statements are pure in what they say, so signing one again is only a waste of time. */
const MEMO_LIMIT = 16_384;

export type SignBudgets = (policy: BindingPolicy) => BindingPolicy | Promise<BindingPolicy>;

/**
 * Puts the signed statement of each limit into a policy; at once when there is no limit. Every replica signs the same text: what
 * stands in it as its time is when the binding was made, plus the generation that said the limit, so that a later generation counts
 * and no clock has a part in it. Rejects when the device's key cannot be read.
 */
export function createBudgetSigner(of: { caches: Caches; keys: DeviceKeys; domain: DelegationDomain }): SignBudgets {
  const signed = new Map<string, string>();
  const tokenOf = (statement: BudgetStatement, sign: () => string): string => {
    const name = JSON.stringify(statement);
    const known = signed.get(name);
    if (known !== undefined) return known;
    const token = sign();
    const oldest = signed.keys().next();
    if (signed.size >= MEMO_LIMIT && oldest.done !== true) signed.delete(oldest.value);
    signed.set(name, token);
    return token;
  };
  const signAll = async (policy: BindingPolicy): Promise<BindingPolicy> => {
    const { namespace, binding, operatorOmni, actorOmni, deviceKeyHash } = policy;
    const issuedAt = issuedAtOf(of.caches.binding(`${namespace}/${binding}`)?.metadata.creationTimestamp, policy.version);
    const key = await of.keys.readDevice(deviceSecretName(namespace, binding), deviceKeyHash);
    if (key === null) throw new AgentKeysError("kube_api", { detail: "the key that signs the binding's budgets is not there" });
    const services = policy.services.map((service) => {
      const { dailyNanoUsd } = service.limits;
      if (dailyNanoUsd === undefined) return service;
      const statement = { deviceKeyHash, operatorOmni, actorOmni, serviceHash: service.hash, dailyNanoUsd, issuedAt };
      return { ...service, budget: tokenOf(statement, () => signBudget(key.privateKey, of.domain, statement)) };
    });
    return { ...policy, services };
  };
  return (policy) => (policy.services.some(({ limits }) => limits.dailyNanoUsd !== undefined) ? signAll(policy) : policy);
}

/** Milliseconds of the binding's creation plus its generation, with which a policy's version begins. */
function issuedAtOf(created: string | undefined, version: string): number {
  const issuedAt = Date.parse(created ?? "") + Number.parseInt(version, 10);
  if (!Number.isSafeInteger(issuedAt)) throw new AgentKeysError("kube_api", { detail: "the binding has no creation time or generation" });
  return issuedAt;
}
