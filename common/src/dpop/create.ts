import { signJws, type SigningKey } from "../jose/index.ts";
import { DPOP_TYP, proofClaims } from "../dpop-proof/index.ts";

/** A proof signed with a node-jose key: for the CLI, the operator and tests. The sidecar signs with node:crypto. */
export function createProof(
  key: SigningKey,
  of: { method: string; url: string; nowSeconds: number; jti: string; accessToken?: string },
): Promise<string> {
  return signJws(key, { typ: DPOP_TYP, payload: proofClaims(of), headerJwk: true });
}
