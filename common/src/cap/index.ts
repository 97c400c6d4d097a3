/**
 * Caps (protocol §4): what the broker signs and what worker and signer check first. Pure but for the signature itself;
 * must not know chain, store or HTTP.
 */
import type { Clock } from "../clock/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import { assertService, normaliseHex32, type Hex } from "../identity/index.ts";
import { signJws, verifyJws, type PublicJwk, type SigningKey } from "../jose/index.ts";

export const CAP_TYP = "agentkeys-cap+jwt";
export const CAP_AUDIENCE = "agentkeys:creds-worker";
export const CAP_OPS = ["cred-fetch", "cred-store", "cred-teardown", "cred-list", "cred-reencrypt"] as const;
export type CapOp = (typeof CAP_OPS)[number];
export const DEFAULT_CAP_SECONDS = 300;
export const MIN_CAP_SECONDS = 60;
export const MAX_CAP_SECONDS = 300;
/** A cap issued further ahead than this is refused. */
export const CAP_SKEW_SECONDS = 60;

export interface Cap {
  iss: string;
  aud: string;
  jti: string;
  iat: number;
  exp: number;
  operator_omni: Hex;
  actor_omni: Hex;
  service: string;
  op: CapOp;
  data_class: string;
  device_key_hash: Hex;
  k3_epoch: number;
  /** base64url(H256(delegation token)). */
  dgh: string;
  cnf: { jkt: string };
}

/** Life of a cap in seconds: the wish clamped to 60..300, never past the delegation. */
export function capSeconds(wish: number | undefined, now: number, delegationExpiresAt: number): number {
  const clamped = Math.min(MAX_CAP_SECONDS, Math.max(MIN_CAP_SECONDS, wish ?? DEFAULT_CAP_SECONDS));
  return Math.min(clamped, delegationExpiresAt - now);
}

export function signCap(key: SigningKey, cap: Cap): Promise<string> {
  return signJws(key, { typ: CAP_TYP, payload: { ...cap } });
}

function isCap(claims: Record<string, unknown>): boolean {
  const { iat, exp, jti, iss, dgh, cnf, op, data_class: dataClass, k3_epoch: epoch } = claims;
  const jkt = typeof cnf === "object" && cnf !== null ? (cnf as { jkt?: unknown }).jkt : undefined;
  const areText = [jti, iss, dgh, dataClass, jkt].every((value) => typeof value === "string");
  const areWhole = [iat, exp, epoch].every((value) => Number.isSafeInteger(value));
  return areText && areWhole && CAP_OPS.some((known) => known === op);
}

/** Signature, typ, alg, kid, audience and shape; every fault is `broker_sig_invalid`. Times are checked apart. */
export async function verifyCap(token: string, keys: readonly PublicJwk[]): Promise<Cap> {
  try {
    const { payload } = await verifyJws(token, { typ: CAP_TYP, keys });
    if (payload["aud"] !== CAP_AUDIENCE || !isCap(payload)) throw new AgentKeysError("unauthorized", { detail: "cap claims" });
    return {
      ...(payload as unknown as Cap),
      operator_omni: normaliseHex32(payload["operator_omni"]),
      actor_omni: normaliseHex32(payload["actor_omni"]),
      device_key_hash: normaliseHex32(payload["device_key_hash"]),
      service: assertService(payload["service"]),
    };
  } catch (cause) {
    throw new AgentKeysError("broker_sig_invalid", { cause });
  }
}

/** Expired at `exp <= now`; refused when issued more than 60 s ahead or longer-lived than a cap may be. */
export function assertCapFresh(cap: Cap, clock: Clock): void {
  const now = clock.nowSeconds();
  if (cap.exp <= now || cap.iat > now + CAP_SKEW_SECONDS || cap.exp - cap.iat > MAX_CAP_SECONDS)
    throw new AgentKeysError("cap_freshness_failed");
}
