/**
 * The session: one ephemeral P-256 key, kept in memory, that every call of this sidecar is proven with.
 * Must not know what is called.
 */
import { generateKeyPairSync, type JsonWebKey, type KeyObject } from "node:crypto";
import type { Clock } from "@agentkeys/common/clock";
import { DPOP_TYP, proofClaims } from "@agentkeys/common/dpop-proof";
import { openJwe, signJws, thumbprint, type Claims } from "./jose.ts";

export { importJwks, kidOf, thumbprint, verifyJws, type PublicKey } from "./jose.ts";

export interface Session {
  /** RFC 7638 thumbprint of the key. */
  readonly jkt: string;
  readonly publicJwk: JsonWebKey;
  /** A fresh DPoP proof for one call. */
  proof(method: string, url: string, accessToken?: string): string;
  /** Opens what was sealed to this session. */
  open(sealed: string): Claims;
}

/** Makes a session with a new key. `randomId` yields proof ids (`jti`). */
export function createSession(deps: { clock: Clock; randomId: () => string }): Session {
  const pair: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = pair.publicKey.export({ format: "jwk" });
  const publicJwk = { kty, crv, x, y } as JsonWebKey;
  return {
    jkt: thumbprint(publicJwk),
    publicJwk,
    proof: (method, url, accessToken) => {
      const base = { method, url, nowSeconds: deps.clock.nowSeconds(), jti: deps.randomId() };
      const claims = proofClaims(accessToken === undefined ? base : { ...base, accessToken });
      return signJws(pair.privateKey, { typ: DPOP_TYP, jwk: publicJwk }, claims);
    },
    open: (sealed) => openJwe(sealed, pair.privateKey),
  };
}
