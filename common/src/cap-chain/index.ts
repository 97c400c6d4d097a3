/**
 * The check that worker and signer each make by themselves before they do anything (protocol §5, worker order):
 * broker signature → proof → op → class → time → delegation → device → scope → epoch. Must not know what follows.
 */
import { assertCapFresh, verifyCap, type Cap, type CapOp } from "../cap/index.ts";
import { ROLE_CAP_MINT, TIER_MASTER, type CapFacts, type ChainReader } from "../chain/index.ts";
import type { Clock } from "../clock/index.ts";
import { thumbprintToHex, type Delegation } from "../delegation-token/index.ts";
import type { OpenedDelegation } from "../delegation/index.ts";
import { verifyProof, type ReplayCache } from "../dpop/index.ts";
import { AgentKeysError, type ErrorCode } from "../errors/index.ts";
import { serviceHash } from "../identity/index.ts";
import type { PublicJwk } from "../jose/index.ts";
import type { BrokerKeys } from "./broker-keys.ts";

export { brokerKeysCheck, remoteBrokerKeys, type BrokerKeys } from "./broker-keys.ts";

export interface CapChainDeps {
  clock: Clock;
  chain: ChainReader;
  brokerKeys: BrokerKeys;
  openDelegation: (token: string) => OpenedDelegation;
  /** Origin of the worker, to which every proof is made out. */
  workerUrl: string;
  /** Single use of proofs; the signer sees each proof again and keeps none. */
  seen?: ReplayCache;
}

export interface PresentedCap {
  cap: string;
  delegation: string;
  proof: unknown;
}

/** A cap chain that held at `facts.blockNumber`. */
export interface CheckedCap {
  cap: Cap;
  facts: CapFacts;
  sessionJwk: PublicJwk;
}

const ROUTE_OF_OP: Record<CapOp, string> = {
  "cred-fetch": "/credential/fetch",
  "cred-store": "/credential/store",
  "cred-teardown": "/credential/teardown",
  "cred-list": "/credential/list",
  "cred-reencrypt": "/credential/reencrypt",
};

/** The worker's route of an op. */
export function routeOf(op: CapOp): string {
  return ROUTE_OF_OP[op];
}

async function verifySignature(token: string, keys: BrokerKeys): Promise<Cap> {
  try {
    return await verifyCap(token, keys.current());
  } catch {
    await keys.refresh();
    return verifyCap(token, keys.current());
  }
}

/** The first reason on chain against a cap that is signed, proven and fresh, or null. Pure. */
export function refusalOnChain(cap: Cap, delegation: Delegation, facts: CapFacts): ErrorCode | null {
  const { device } = facts;
  if (device === null || device.revoked) return "device_inactive";
  const isForAnother = device.tier === TIER_MASTER && cap.op !== "cred-fetch" && cap.actor_omni !== device.actorOmni;
  if (device.operatorOmni !== cap.operator_omni) return "device_binding_mismatch";
  if (facts.actorOperator !== cap.operator_omni) return "device_binding_mismatch";
  if (!isForAnother && device.actorOmni !== cap.actor_omni) return "device_binding_mismatch";
  if ((device.roles & ROLE_CAP_MINT) === 0 || (cap.op === "cred-reencrypt" && device.tier !== TIER_MASTER)) return "device_role_missing";
  const needsScope = !isForAnother && cap.operator_omni !== cap.actor_omni;
  if (needsScope && !(facts.inScope && delegation.services.includes(serviceHash(cap.service)))) return "service_not_in_scope";
  const isWrite = cap.op !== "cred-fetch" && cap.op !== "cred-list";
  if (isWrite && !isForAnother && (facts.readOnly || delegation.readOnly)) return "cred_store_read_only";
  return cap.k3_epoch === facts.k3Epoch ? null : "k3_epoch_mismatch";
}

function assertDelegation(cap: Cap, delegation: OpenedDelegation): void {
  const isSame =
    delegation.hash === cap.dgh &&
    delegation.deviceKeyHash === cap.device_key_hash &&
    delegation.operatorOmni === cap.operator_omni &&
    delegation.sessionThumbprint === thumbprintToHex(cap.cnf.jkt);
  if (!isSame) throw new AgentKeysError("device_binding_mismatch", { detail: "the cap was minted for another delegation" });
}

/** Checks a presented cap for one op in the fixed order; throws the first named reason. */
export async function checkCapChain(presented: PresentedCap, op: CapOp | "any", deps: CapChainDeps): Promise<CheckedCap> {
  const cap = await verifySignature(presented.cap, deps.brokerKeys);
  const { jwk } = await verifyProof({
    proof: presented.proof,
    method: "POST",
    url: `${deps.workerUrl}${routeOf(op === "any" ? cap.op : op)}`,
    accessToken: presented.cap,
    clock: deps.clock,
    expectedThumbprint: cap.cnf.jkt,
    ...(deps.seen === undefined ? {} : { seen: deps.seen }),
  });
  if (op !== "any" && cap.op !== op) throw new AgentKeysError("cap_op_mismatch");
  if (cap.data_class !== "credentials") throw new AgentKeysError("cap_data_class_mismatch");
  assertCapFresh(cap, deps.clock);
  const delegation = deps.openDelegation(presented.delegation);
  assertDelegation(cap, delegation);
  const { device_key_hash: deviceKeyHash, operator_omni: operatorOmni, actor_omni: actorOmni } = cap;
  const facts = await deps.chain
    .capFacts({ deviceKeyHash, operatorOmni, actorOmni, serviceHash: serviceHash(cap.service) })
    .catch((cause: unknown) => {
      throw new AgentKeysError("chain_rpc", { cause });
    });
  const refusal = refusalOnChain(cap, delegation, facts);
  if (refusal !== null) throw new AgentKeysError(refusal);
  return { cap, facts, sessionJwk: jwk };
}
