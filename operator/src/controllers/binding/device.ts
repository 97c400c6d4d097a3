import type { DeviceFacts } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { popOf, type TransactionRef } from "../../chain/index.ts";
import type { Verdict } from "../../domain/index.ts";
import type { DeviceKey } from "../device-keys.ts";
import type { BindingContext } from "./context.ts";

export interface DeviceOutcome {
  verdict: Verdict;
  facts: DeviceFacts | null;
  transaction?: TransactionRef;
}

const verdict = (status: Verdict["status"], reason: string, message: string): Verdict => ({
  type: "DeviceRegistered",
  status,
  reason,
  message,
});

/** Brings the device of a binding onto the chain, or says why it is not there. */
export async function reconcileDevice(
  context: BindingContext,
  of: { key: DeviceKey; actorOmni: Hex; actorPath: readonly string[]; mayWrite: boolean },
): Promise<DeviceOutcome> {
  const { chain } = context;
  const { deviceKeyHash, privateKey } = of.key;
  let facts = await chain.device(deviceKeyHash);
  let transaction: TransactionRef | undefined;
  if (facts === null && of.mayWrite) {
    const pop = await popOf(privateKey, { deviceKeyHash, operatorOmni: chain.operatorOmni, actorOmni: of.actorOmni });
    transaction = await chain.registerAgent({ deviceKeyHash, actorOmni: of.actorOmni, actorPath: of.actorPath, pop });
    facts = await chain.device(deviceKeyHash);
  }
  return { verdict: judge(facts, of.actorOmni, context), facts, ...(transaction === undefined ? {} : { transaction }) };
}

function judge(facts: DeviceFacts | null, actorOmni: Hex, { chain }: BindingContext): Verdict {
  if (facts === null) return verdict("False", "NotRegistered", "The device is not on chain and scope.management is not Sync");
  if (facts.revoked)
    return verdict("False", "DeviceRevoked", "The device was revoked on chain for good: delete and create the binding to get a new one");
  if (facts.operatorOmni !== chain.operatorOmni || facts.actorOmni !== actorOmni)
    return verdict("False", "DeviceMismatch", "The device is registered for another operator or actor: delete and create the binding");
  return verdict("True", "Registered", "The device is registered on chain");
}
