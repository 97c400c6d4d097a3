/**
 * Whether a cap may be minted, in the fixed order of protocol §5. Pure: facts come in, a reason comes out.
 */
import type { CapOp } from "@agentkeys/common/cap";
import { ROLE_CAP_MINT, TIER_MASTER, type CapFacts } from "@agentkeys/common/chain";
import type { Delegation } from "@agentkeys/common/delegation-token";
import type { ErrorCode } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";

export interface MintRequest {
  op: CapOp;
  operatorOmni: Hex;
  actorOmni: Hex;
  service: string;
  serviceHash: Hex;
  deviceKeyHash: Hex;
}

const WRITING_OPS: readonly CapOp[] = ["cred-store", "cred-teardown", "cred-reencrypt"];

/** What can be decided before the chain is asked; null when nothing speaks against it. */
export function refusalByDelegation(request: MintRequest, delegation: Delegation): ErrorCode | null {
  if (request.operatorOmni !== delegation.operatorOmni) return "operator_mismatch";
  if (request.deviceKeyHash !== delegation.deviceKeyHash) return "device_binding_mismatch";
  return null;
}

/** Whether a master-tier device acts for another actor of its operator: allowed for everything but fetching. */
function actsForAnother(request: MintRequest, delegation: Delegation, facts: CapFacts): boolean {
  const isMaster = facts.device?.tier === TIER_MASTER;
  return isMaster && request.op !== "cred-fetch" && request.actorOmni !== delegation.actorOmni;
}

/** The first reason against minting, in the fixed order, or null. */
export function refusalByChain(request: MintRequest, delegation: Delegation, facts: CapFacts): ErrorCode | null {
  const { device } = facts;
  if (device === null) return "device_not_active";
  if (device.revoked) return "device_revoked";
  if (device.operatorOmni !== request.operatorOmni || facts.actorOperator !== request.operatorOmni) return "device_binding_mismatch";
  const isForAnother = actsForAnother(request, delegation, facts);
  if (!isForAnother && (device.actorOmni !== request.actorOmni || delegation.actorOmni !== request.actorOmni))
    return "device_binding_mismatch";
  if ((device.roles & ROLE_CAP_MINT) === 0 || (request.op === "cred-reencrypt" && device.tier !== TIER_MASTER))
    return "device_role_missing";
  if (isForAnother) return null;
  if (WRITING_OPS.includes(request.op) && (delegation.readOnly || facts.readOnly)) return "cred_store_read_only";
  if (request.operatorOmni === request.actorOmni) return null;
  if (!delegation.services.includes(request.serviceHash)) return "service_not_in_scope";
  return facts.inScope ? null : "service_not_in_scope";
}
