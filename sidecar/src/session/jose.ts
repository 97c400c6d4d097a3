/**
 * The three JOSE operations a sidecar needs, by node:crypto: node-jose would cost a third of its memory budget.
 * Tests hold them equal to `@agentkeys/common/jose`. Sources: RFC 7515, 7516, 7518 §4.6, 7638.
 */
import { createDecipheriv, createHash, createPublicKey, diffieHellman, sign, verify, type JsonWebKey, type KeyObject } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";
import { concatKdf } from "./concat-kdf.ts";

export type Claims = Record<string, unknown>;
/** Public P-256 key with its id. */
export interface PublicKey {
  kid: string;
  key: KeyObject;
}

const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

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

/** Only the one spelling of each value: what a signature or a replay memory is about must not have two. */
function bytesOf(segment: string, length?: number): Buffer {
  const bytes = Buffer.from(segment, "base64url");
  if (bytes.toString("base64url") !== segment) throw refuse("not canonical base64url");
  if (length !== undefined && bytes.length !== length) throw refuse("a part of the token has the wrong length");
  return bytes;
}
const decode = (segment: string): Claims => parseObject(bytesOf(segment).toString("utf8"));

/** RFC 7638 thumbprint of a public P-256 JWK. */
export function thumbprint(jwk: JsonWebKey): string {
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return createHash("sha256").update(canonical).digest("base64url");
}

/** A public P-256 key; throws `unauthorized` for another kind and for a point that is not on the curve. */
export function importPublic(value: unknown): KeyObject {
  const { kty, crv, x, y } = (value ?? {}) as JsonWebKey;
  const isShaped =
    kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string" && COORDINATE.test(x) && COORDINATE.test(y);
  if (!isShaped) throw refuse("not a P-256 key");
  try {
    return createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: "jwk" });
  } catch (cause) {
    throw refuse("not a point of P-256", cause);
  }
}

/** Compact JWS, ES256. */
export function signJws(privateKey: KeyObject, header: object, payload: object): string {
  const input = `${encode({ alg: "ES256", ...header })}.${encode(payload)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
}

/** Whether `signature` (base64url of r || s) over the signing input is by `key` (RFC 7518 §3.4). */
export function isSignedBy(input: string, signature: string, key: KeyObject): boolean {
  return verify("sha256", Buffer.from(input), { key, dsaEncoding: "ieee-p1363" }, bytesOf(signature, 64));
}

/** The key id a token names, without trusting it; null when it has none. */
export function kidOf(token: string): string | null {
  try {
    const { kid } = decode(token.slice(0, token.indexOf(".")));
    return typeof kid === "string" ? kid : null;
  } catch {
    return null;
  }
}

/** Verifies a compact JWS with pinned alg and typ against the key its header names; throws `unauthorized`. */
export function verifyJws(token: string, expect: { typ: string; keys: readonly PublicKey[] }): Claims {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (signature === "" || rest.length > 0) throw refuse("not a compact JWS");
  const header = decode(head);
  if (header["alg"] !== "ES256" || header["typ"] !== expect.typ || "crit" in header || "b64" in header) throw refuse("header refused");
  const known = expect.keys.find(({ kid }) => kid === header["kid"]);
  if (known === undefined) throw refuse("unknown kid");
  if (!isSignedBy(`${head}.${body}`, signature, known.key)) throw refuse("signature refused");
  return decode(body);
}

/** A JWKS answer as keys; entries that are no P-256 keys are left out. */
export function importJwks(body: unknown): PublicKey[] {
  const keys = (body as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return [];
  return keys.flatMap((jwk: unknown) => {
    try {
      return [{ kid: thumbprint(jwk as JsonWebKey), key: importPublic(jwk) }];
    } catch {
      return [];
    }
  });
}

function contentKey(header: Claims, privateKey: KeyObject): Buffer {
  const party = (name: "apu" | "apv"): Buffer => {
    const value = header[name] ?? "";
    if (typeof value !== "string") throw refuse("JWE party refused");
    return bytesOf(value);
  };
  const shared = diffieHellman({ privateKey, publicKey: importPublic(header["epk"]) });
  const key = concatKdf(shared, { algorithm: "A256GCM", bits: 256, partyU: party("apu"), partyV: party("apv") });
  shared.fill(0);
  return key;
}

/** Opens a compact JWE made to the session key (ECDH-ES direct, A256GCM); throws `unauthorized`. */
export function openJwe(token: string, privateKey: KeyObject): Claims {
  const [head = "", encryptedKey, iv = "", ciphertext = "", tag = "", ...rest] = token.split(".");
  if (rest.length > 0 || encryptedKey !== "" || tag === "") throw refuse("not a direct compact JWE");
  const header = decode(head);
  if (header["alg"] !== "ECDH-ES" || header["enc"] !== "A256GCM" || "crit" in header || "zip" in header) throw refuse("JWE header refused");
  const sealed = { iv: bytesOf(iv, 12), ciphertext: bytesOf(ciphertext), tag: bytesOf(tag, 16) };
  const key = contentKey(header, privateKey);
  const plaintext = Buffer.alloc(sealed.ciphertext.length);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.iv, { authTagLength: 16 })
      .setAAD(Buffer.from(head, "ascii"))
      .setAuthTag(sealed.tag);
    const part = decipher.update(sealed.ciphertext);
    part.copy(plaintext);
    part.fill(0);
    decipher.final();
    return parseObject(plaintext.toString("utf8"));
  } catch (cause) {
    throw refuse("JWE refused", cause);
  } finally {
    key.fill(0);
    plaintext.fill(0);
  }
}
