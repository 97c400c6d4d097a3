/**
 * Claims of a DPoP proof (RFC 9449 §4.2). Must not import a JOSE library: the sidecar signs with node:crypto.
 */
import { createHash } from "node:crypto";

export const DPOP_TYP = "dpop+jwt";

/** base64url(SHA-256(access token)), claim `ath`. */
export function accessTokenHash(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("base64url");
}

/** Claims of a proof; the caller signs them with its own key (`typ: "dpop+jwt"`, public `jwk` in the header). */
export function proofClaims(of: {
  method: string;
  url: string;
  nowSeconds: number;
  jti: string;
  accessToken?: string;
}): Record<string, unknown> {
  const claims = { htm: of.method, htu: of.url, iat: of.nowSeconds, jti: of.jti };
  return of.accessToken === undefined ? claims : { ...claims, ath: accessTokenHash(of.accessToken) };
}
