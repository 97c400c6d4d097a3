/**
 * What the issuer of web identity tokens publishes (OpenID Connect Discovery 1.0, RFC 7517): the same two files whether the signer
 * serves them or a static host does. Must not know HTTP nor where keys come from.
 */
import type { PublicJwk } from "../jose/index.ts";

/** Path below the issuer → the file's bytes, JSON in UTF-8. */
export type IssuerFiles = Readonly<Record<IssuerPath, string>>;
export type IssuerPath = (typeof ISSUER_PATHS)[number];

export const ISSUER_PATHS = ["/.well-known/openid-configuration", "/jwks.json"] as const;

/** The two files of an issuer, an https origin. More keys than one while K2 is being changed. */
export function issuerFiles(issuer: string, keys: readonly PublicJwk[]): IssuerFiles {
  const discovery = {
    issuer,
    jwks_uri: `${issuer}/jwks.json`,
    authorization_endpoint: `${issuer}/authorize`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    claims_supported: ["sub", "aud", "iss", "iat", "exp", "agentkeys_actor_omni"],
  };
  return { "/.well-known/openid-configuration": JSON.stringify(discovery), "/jwks.json": JSON.stringify({ keys }) };
}
