/**
 * Proof of possession by DPoP (RFC 9449), ES256. Must not know what the access token grants.
 */
export { createProof } from "./create.ts";
export { accessTokenHash, DPOP_TYP, proofClaims } from "../dpop-proof/index.ts";
export { ReplayCache, verifyProof, type ProofExpectation } from "./verify.ts";
