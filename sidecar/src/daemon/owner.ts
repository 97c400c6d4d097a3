/**
 * A workstation's owner as the authority of its proxy: the device key signs the session's own delegation, `policy.toml` says who may
 * use what. Must not know sockets or callers.
 */
import { signBudget } from "@agentkeys/common/budget";
import { MAX_DELEGATION_SECONDS, signDelegation, thumbprintToHex, type DelegationDomain } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import type { BindingPolicy, PolicyUpdate } from "@agentkeys/common/wire";
import type { WorkstationIdentity } from "@agentkeys/common/workstation";
import type { Authority, AuthorityParts } from "../authority.ts";
import { followFiles } from "./follow-files.ts";

export interface OwnerDeps {
  identity: WorkstationIdentity;
  deviceKey: Secret;
  domain: DelegationDomain;
  /** The policy as its file says it now. Throws `config_invalid` for a file that is refused. */
  loadPolicy: () => BindingPolicy;
  /** What was loaded before the start. */
  first: BindingPolicy;
  /** Files that the policy comes from. */
  policyFiles: readonly string[];
  /** Reads the authorities of our services again. */
  readTrustBundle: () => string;
  trustFiles: readonly string[];
  onTrust: (pem: string) => void;
}

function complain(log: Log, what: string, fault: unknown): void {
  const why = fault instanceof AgentKeysError ? fault.publicMessage : String(fault);
  log.error(`${what} refused, the old one stays in force`, { why });
}

/** Budgets are believed from K10 alone: the ledger takes the newest of them. */
function withBudgets(policy: BindingPolicy, { deviceKey, domain }: OwnerDeps, issuedAt: number): BindingPolicy {
  const { deviceKeyHash, operatorOmni, actorOmni } = policy;
  const services = policy.services.map((service) => {
    const { dailyNanoUsd } = service.limits;
    if (dailyNanoUsd === undefined) return service;
    const statement = { deviceKeyHash, operatorOmni, actorOmni, serviceHash: service.hash, dailyNanoUsd, issuedAt };
    return { ...service, budget: signBudget(deviceKey, domain, statement) };
  });
  return { ...policy, services };
}

/** Signs for the session and follows the owner's files. */
export function ownerAuthority(deps: OwnerDeps, parts: AuthorityParts): Authority {
  const { clock, log, session } = parts;
  const updateOf = (policy: BindingPolicy): PolicyUpdate => ({
    policy: withBudgets(policy, deps, clock.nowMs()),
    version: policy.version,
  });
  return {
    enrol: async () => {
      const { operatorOmni, actorOmni, deviceKeyHash } = deps.identity;
      const issuedAt = clock.nowSeconds();
      const message = {
        deviceKeyHash,
        operatorOmni,
        actorOmni,
        sessionThumbprint: thumbprintToHex(session.jkt),
        services: [...(parts.policy.current()?.services.values() ?? [])].map(({ hash }) => hash as Hex),
        readOnly: true,
        namespace: "",
        serviceAccount: "",
        pod: "",
        podUid: "",
        issuedAt,
        expiresAt: issuedAt + MAX_DELEGATION_SECONDS,
      };
      return { token: await signDelegation(deps.deviceKey, deps.domain, message), message };
    },
    follow: ({ tell }, signal) => {
      tell(updateOf(deps.first));
      const onPolicy = (): void => {
        try {
          tell(updateOf(deps.loadPolicy()));
        } catch (fault) {
          complain(log, "policy file", fault);
        }
      };
      const onTrust = (): void => {
        try {
          deps.onTrust(deps.readTrustBundle());
        } catch (fault) {
          complain(log, "trust bundle", fault);
        }
      };
      void followFiles({ paths: deps.policyFiles, clock, onChange: onPolicy }, signal);
      void followFiles({ paths: deps.trustFiles, clock, onChange: onTrust }, signal);
    },
  };
}
