/**
 * JOSE by node-jose, its only importer. ES256 and ECDH-ES + A256GCM, nothing negotiable: `alg` and `typ` are pinned.
 * Sources: RFC 7515 (JWS), RFC 7516 (JWE), RFC 7638 (thumbprint). Must not know what a token means.
 */
import jose from "node-jose";
import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { AgentKeysError } from "../errors/index.ts";

/** Public half of a P-256 key. */
export interface PublicJwk {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
  kid?: string;
  use?: string;
  alg?: string;
}
export interface PrivateJwk extends PublicJwk {
  d: string;
}
export interface SigningKey {
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  /** node-jose's own handle; opaque outside this module. */
  readonly handle: unknown;
}
export type Claims = Record<string, unknown>;

const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Checks that a value is a public P-256 JWK and drops every other member; throws `unauthorized`. */
export function publicJwk(value: unknown): PublicJwk {
  if (!isRecord(value) || value["kty"] !== "EC" || value["crv"] !== "P-256")
    throw new AgentKeysError("unauthorized", { detail: "not a P-256 JWK" });
  const { x, y } = value;
  if (typeof x !== "string" || typeof y !== "string" || !COORDINATE.test(x) || !COORDINATE.test(y))
    throw new AgentKeysError("unauthorized", { detail: "bad JWK coordinates" });
  if ("d" in value) throw new AgentKeysError("unauthorized", { detail: "a private key was sent" });
  return { kty: "EC", crv: "P-256", x, y };
}

/** RFC 7638 thumbprint, base64url of SHA-256. */
export function thumbprint(jwk: PublicJwk): string {
  return createHash("sha256")
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
    .digest("base64url");
}

function asSigningKey(key: jose.JWK.Key): SigningKey {
  const { x, y } = key.toJSON() as { x: string; y: string };
  const bare: PublicJwk = { kty: "EC", crv: "P-256", x, y };
  const kid = thumbprint(bare);
  return { kid, publicJwk: { ...bare, kid, use: "sig", alg: "ES256" }, handle: key };
}

/** By Node's own generator: node-jose's is JavaScript and takes tens of milliseconds for a key. */
function generateKey(): Promise<jose.JWK.Key> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return jose.JWK.asKey(privateKey.export({ format: "jwk" }));
}

/** A fresh P-256 key in memory. */
export async function generateSigningKey(): Promise<SigningKey> {
  return asSigningKey(await generateKey());
}

/** A P-256 key from PEM (SEC1 or PKCS #8), which node-jose itself reads wrong for one key in 256; throws `config_invalid`. */
export async function importSigningKey(pem: string): Promise<SigningKey> {
  try {
    const jwk = createPrivateKey(pem).export({ format: "jwk" });
    if (jwk.kty !== "EC" || jwk.crv !== "P-256") throw new TypeError("not P-256");
    return asSigningKey(await jose.JWK.asKey(jwk));
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: "The signing key must be an EC P-256 private key in PEM", cause });
  }
}

/** A P-256 key from a private JWK. */
export async function importSigningJwk(jwk: PrivateJwk): Promise<SigningKey> {
  return asSigningKey(await jose.JWK.asKey({ ...jwk }));
}

/** Compact JWS, ES256. The header has `alg`, `typ` and `kid`, or the public `jwk` when `headerJwk` is set (DPoP). */
export async function signJws(key: SigningKey, of: { typ: string; payload: Claims; headerJwk?: boolean }): Promise<string> {
  const { kty, crv, x, y } = key.publicJwk;
  const fields = of.headerJwk === true ? { typ: of.typ, jwk: { kty, crv, x, y } } : { typ: of.typ, kid: key.kid };
  try {
    const signer = { key: key.handle as jose.JWK.Key, reference: false } as unknown as jose.JWK.Key;
    const signed = await jose.JWS.createSign({ format: "compact", fields: { alg: "ES256", ...fields } }, signer)
      .update(JSON.stringify(of.payload), "utf8")
      .final();
    return signed as unknown as string;
  } catch (cause) {
    throw new AgentKeysError("sign_error", { cause });
  }
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Header of a compact JWS without trusting it; throws `unauthorized` unless `alg` is ES256, `typ` as given, no `crit`. */
function pinnedHeader(token: string, typ: string): Record<string, unknown> {
  const segments = token.split(".");
  const header = segments.length === 3 ? parseJson(Buffer.from(segments[0] ?? "", "base64url").toString("utf8")) : null;
  if (header?.["alg"] !== "ES256" || header["typ"] !== typ || "crit" in header || "b64" in header)
    throw new AgentKeysError("unauthorized", { detail: "token header refused" });
  return header;
}

async function verifyWith(token: string, jwk: PublicJwk): Promise<Claims> {
  let payload: Claims | null;
  try {
    const key = await importPublic(jwk);
    const result = await jose.JWS.createVerify(key, { algorithms: ["ES256"], allowEmbeddedKey: false }).verify(token);
    payload = parseJson(result.payload.toString("utf8"));
  } catch (cause) {
    throw new AgentKeysError("unauthorized", { detail: "token signature refused", cause });
  }
  if (payload === null) throw new AgentKeysError("unauthorized", { detail: "token payload is not an object" });
  return payload;
}

function importPublic(jwk: PublicJwk): Promise<jose.JWK.Key> {
  const { kty, crv, x, y } = jwk;
  return jose.JWK.asKey({ kty, crv, x, y });
}

/** Verifies a compact JWS against known keys; the header's kid must name one of them. Throws `unauthorized`. */
export async function verifyJws(
  token: string,
  expect: { typ: string; keys: readonly PublicJwk[] },
): Promise<{ payload: Claims; header: Record<string, unknown> }> {
  const header = pinnedHeader(token, expect.typ);
  const jwk = expect.keys.find((key) => key.kid !== undefined && key.kid === header["kid"]);
  if (jwk === undefined) throw new AgentKeysError("unauthorized", { detail: "unknown kid" });
  return { payload: await verifyWith(token, jwk), header };
}

/** Verifies a compact JWS against the public key in its own header (DPoP, RFC 9449 §4.3). Throws `unauthorized`. */
export async function verifyEmbeddedJwk(token: string, expect: { typ: string }): Promise<{ payload: Claims; jwk: PublicJwk }> {
  const header = pinnedHeader(token, expect.typ);
  const jwk = publicJwk(header["jwk"]);
  return { payload: await verifyWith(token, jwk), jwk };
}

/** Compact JWE to a P-256 key: ECDH-ES (direct) + A256GCM, fresh ephemeral key each time. */
export async function sealToJwk(jwk: PublicJwk, payload: Claims): Promise<string> {
  // Its types know a recipient's key alone; it writes the public half of `epk` into the header and would generate one otherwise.
  const recipient = { key: await importPublic(jwk), epk: await generateKey() } as unknown as jose.JWK.Key;
  const sealed = await jose.JWE.createEncrypt({ format: "compact", contentAlg: "A256GCM", fields: { alg: "ECDH-ES" } }, recipient)
    .update(Buffer.from(JSON.stringify(payload), "utf8"))
    .final();
  return sealed;
}

/** Opens a compact JWE made by {@link sealToJwk}; throws `unauthorized`. */
export async function openJwe(token: string, privateJwk: PrivateJwk): Promise<Claims> {
  let payload: Claims | null = null;
  try {
    const key = await jose.JWK.asKey({ ...privateJwk });
    const opened = await jose.JWE.createDecrypt(key, { algorithms: ["ECDH-ES", "A256GCM"] }).decrypt(token);
    payload = parseJson(opened.payload.toString("utf8"));
  } catch (cause) {
    throw new AgentKeysError("unauthorized", { detail: "sealed payload refused", cause });
  }
  if (payload === null) throw new AgentKeysError("unauthorized", { detail: "sealed payload is not an object" });
  return payload;
}
