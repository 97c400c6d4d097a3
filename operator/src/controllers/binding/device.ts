import type { Action } from "@agentkeys/contracts/calls";
import type { DeviceFacts } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import type { ScopeManagement } from "../../api/types.ts";
import { attestationOf, popOf, type TransactionRef } from "../../chain/index.ts";
import type { Verdict } from "../../domain/index.ts";
import type { DeviceKey } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";

export interface DeviceOutcome {
  verdict: Verdict;
  facts: DeviceFacts | null;
  transaction?: TransactionRef;
  /** What the master wallet has to sign. */
  proposed: readonly Action[];
}

const verdict = (status: Verdict["status"], reason: string, message: string): Verdict => ({
  type: "DeviceRegistered",
  status,
  reason,
  message,
});

const REVOKED = verdict(
  "False",
  "DeviceRevoked",
  "The device was revoked on chain for good: delete and create the binding to get a new one",
);

/** Brings the device of a binding onto the chain or proposes it, or says why it is not there. */
export async function reconcileDevice(
  context: BindingContext,
  of: { key: DeviceKey; actorOmni: Hex; actorPath: readonly string[]; management: ScopeManagement; command: string; wasRevoked: boolean },
): Promise<DeviceOutcome> {
  const { chain } = context;
  const { deviceKeyHash, privateKey } = of.key;
  let facts = await chain.device(deviceKeyHash);
  // Another chain does not know of it; a device that may be in other hands is not brought there.
  if (facts === null && of.wasRevoked) return { verdict: REVOKED, facts, proposed: [] };
  if (facts !== null || of.management === "Observe") return { verdict: judge(facts, of, context), facts, proposed: [] };
  const { operatorOmni } = chain;
  const { actorOmni, actorPath } = of;
  const pop = await popOf(privateKey, { deviceKeyHash, operatorOmni, actorOmni });
  if (of.management === "Propose") {
    const attestation = attestationOf(actorPath);
    const proposed: Action[] = [{ kind: "RegisterDevice", deviceKeyHash, operatorOmni, actorOmni, attestation, pop }];
    return { verdict: judge(facts, of, context), facts, proposed };
  }
  const transaction = await chain.registerAgent({ deviceKeyHash, actorOmni, actorPath, pop });
  facts = await chain.device(deviceKeyHash);
  return { verdict: judge(facts, of, context), facts, proposed: [], transaction };
}

function judge(
  facts: DeviceFacts | null,
  { actorOmni, management, command }: { actorOmni: Hex; management: ScopeManagement; command: string },
  { chain }: BindingContext,
): Verdict {
  if (facts === null && management === "Propose")
    return verdict("False", "ProposalPending", `The master wallet has to register the device: run ${command}`);
  if (facts === null) return verdict("False", "NotRegistered", "The device is not on chain and scope.management is not Sync");
  if (facts.revoked) return REVOKED;
  if (facts.operatorOmni !== chain.operatorOmni || facts.actorOmni !== actorOmni)
    return verdict("False", "DeviceMismatch", "The device is registered for another operator or actor: delete and create the binding");
  return verdict("True", "Registered", "The device is registered on chain");
}
