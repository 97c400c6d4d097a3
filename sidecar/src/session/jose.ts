/**
 * The three JOSE operations a sidecar needs, by node:crypto: node-jose would cost a third of its memory budget.
 * Tests hold them equal to `@agentkeys/common/jose`. Sources: RFC 7515, 7516, 7518 §4.6, 7638.
 */
import { createDecipheriv, createHash, createPublicKey, diffieHellman, sign, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";

export type Claims = Record<string, unknown>;
/** Public P-256 key with its id. */
export interface PublicKey {
  kid: string;
  key: KeyObject;
}

const refuse = (detail: string, cause?: unknown): AgentKeysError => new AgentKeysError("unauthorized", { detail, cause });
const encode = (value: object): string => Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

function parseObject(text: string): Claims {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Claims;
  } catch {
    // refused below
  }
  throw refuse("not a JSON object");
}
const decode = (segment: string): Claims => parseObject(Buffer.from(segment, "base64url").toString("utf8"));

/** RFC 7638 thumbprint of a public P-256 JWK. */
export function thumbprint(jwk: JsonWebKey): string {
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return createHash("sha256").update(canonical).digest("base64url");
}

/** Compact JWS, ES256. */
export function signJws(privateKey: KeyObject, header: object, payload: object): string {
  const input = `${encode({ alg: "ES256", ...header })}.${encode(payload)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

/** Verifies a compact JWS with pinned alg and typ against the key its header names; throws `unauthorized`. */
export function verifyJws(token: string, expect: { typ: string; keys: readonly PublicKey[] }): Claims {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (signature === "" || rest.length > 0) throw refuse("not a compact JWS");
  const header = decode(head);
  if (header["alg"] !== "ES256" || header["typ"] !== expect.typ || "crit" in header || "b64" in header) throw refuse("header refused");
  const known = expect.keys.find(({ kid }) => kid === header["kid"]);
  if (known === undefined) throw refuse("unknown kid");
  const key = { key: known.key, dsaEncoding: "ieee-p1363" as const };
  if (!verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"))) throw refuse("signature refused");
  return decode(body);
}

/** A JWKS answer as keys; entries that are no P-256 keys are left out. */
export function importJwks(body: unknown): PublicKey[] {
  const keys = (body as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [];
  return (keys as JsonWebKey[]).flatMap((jwk) => {
    if (jwk.kty !== "EC" || jwk.crv !== "P-256") return [];
    const { kty, crv, x, y } = jwk;
    return [{ kid: thumbprint(jwk), key: createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: "jwk" }) }];
  });
}

/** Concat KDF of RFC 7518 §4.6.2 for a 256-bit key and empty party infos. */
function concatKdf(secret: Buffer): Buffer {
  const algorithm = Buffer.from("A256GCM");
  const length = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const info = [length(algorithm.length), algorithm, length(0), length(0), length(256)];
  return createHash("sha256")
    .update(Buffer.concat([length(1), secret, ...info]))
    .digest();
}

/** Opens a compact JWE made to the session key (ECDH-ES direct, A256GCM); throws `unauthorized`. */
export function openJwe(token: string, privateKey: KeyObject): Claims {
  const [head = "", encryptedKey, iv = "", ciphertext = "", tag = "", ...rest] = token.split(".");
  if (rest.length > 0 || encryptedKey !== "" || tag === "") throw refuse("not a direct compact JWE");
  const header = decode(head);
  if (header["alg"] !== "ECDH-ES" || header["enc"] !== "A256GCM" || "crit" in header || "zip" in header) throw refuse("JWE header refused");
  try {
    const { kty, crv, x, y } = header["epk"] as JsonWebKey;
    if (kty !== "EC" || crv !== "P-256") throw refuse("JWE ephemeral key refused");
    const publicKey = createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: "jwk" });
    const shared = diffieHellman({ privateKey, publicKey });
    const decipher = createDecipheriv("aes-256-gcm", concatKdf(shared), Buffer.from(iv, "base64url"), { authTagLength: 16 })
      .setAAD(Buffer.from(head, "ascii"))
      .setAuthTag(Buffer.from(tag, "base64url"));
    const plaintext = Buffer.concat([decipher.update(Buffer.from(ciphertext, "base64url")), decipher.final()]);
    const claims = parseObject(plaintext.toString("utf8"));
    plaintext.fill(0);
    return claims;
  } catch (cause) {
    throw refuse("JWE refused", cause);
  }
}
