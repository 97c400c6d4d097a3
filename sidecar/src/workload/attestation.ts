import { constants, verify, type KeyObject } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ClaimPath, CompiledAttestation } from "../policy/index.ts";

/** What an accepted token says, and until when it counts. */
export interface Attested {
  measurement: string;
  expiresAtMs: number;
}

interface Algorithm {
  hash: string;
  /** `rsa`, or the curve of an EC key. */
  key: string;
  isPss?: boolean;
}

/** RFC 7518 §3.1; what a key is decides, so that no header can pair an algorithm with another kind of key. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  ES256: { hash: "sha256", key: "prime256v1" },
  ES384: { hash: "sha384", key: "secp384r1" },
  RS256: { hash: "sha256", key: "rsa" },
  RS384: { hash: "sha384", key: "rsa" },
  PS256: { hash: "sha256", key: "rsa", isPss: true },
  PS384: { hash: "sha384", key: "rsa", isPss: true },
};
const MIN_RSA_BITS = 2048;
const MAX_TOKEN_CHARS = 24 * 1024;
const CLOCK_SKEW_SECONDS = 60;
/** RFC 9711 §4.2.9: anything but this keeps a debugger out. */
const DEBUG_ENABLED = "enabled";

type Claims = Record<string, unknown>;

function refuse(detail: string): never {
  throw new AgentKeysError("attestation_refused", { detail });
}

function decode(segment: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Claims;
  } catch {
    // refused below
  }
  return refuse("not a JSON object");
}

function isOfKind(key: KeyObject, algorithm: Algorithm): boolean {
  if (algorithm.key !== "rsa") return key.asymmetricKeyDetails?.namedCurve === algorithm.key;
  return key.asymmetricKeyType === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

function isSigned(input: string, signature: Buffer, key: KeyObject, { hash, key: kind, isPss }: Algorithm): boolean {
  const padding = isPss === true ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify(hash, Buffer.from(input), { key, ...(kind === "rsa" ? padding : { dsaEncoding: "ieee-p1363" as const }) }, signature);
}

/** Claims of a token that one of the verifier's keys signed. */
function verified(token: string, keys: readonly KeyObject[]): Claims {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (token.length > MAX_TOKEN_CHARS || rest.length > 0 || signature === "") refuse("not a compact JWS");
  const header = decode(head);
  const name = header["alg"];
  const algorithm = typeof name === "string" && Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  if (algorithm === undefined || "crit" in header || "b64" in header) refuse("header");
  const bytes = Buffer.from(signature, "base64url");
  const isGood = keys.some((key) => isOfKind(key, algorithm) && isSigned(`${head}.${body}`, bytes, key, algorithm));
  if (!isGood) refuse("not signed by a key of the verifier");
  return decode(body);
}

function at(claims: Claims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}

/** A claim as text; undefined when it is none of text, number and boolean. */
function textAt(claims: Claims, path: ClaimPath): string | undefined {
  const value = at(claims, path);
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function checkTimes({ iat, nbf, exp }: Claims, maxAgeSeconds: number, nowSeconds: number): number {
  if (typeof iat !== "number" || typeof exp !== "number") refuse("iat and exp");
  if (iat > nowSeconds + CLOCK_SKEW_SECONDS || (typeof nbf === "number" && nbf > nowSeconds + CLOCK_SKEW_SECONDS)) refuse("of the future");
  const end = Math.min(exp, iat + maxAgeSeconds);
  if (!(end > nowSeconds)) refuse("expired");
  return end;
}

/**
 * Checks an attestation token: EAT as JWT (RFC 9711), signed by the verifier that the policy names, made out to the key of this
 * connection's client certificate (`eat_nonce` is its SHA-256), so that a copy of it is worth nothing to anybody else. Throws
 * `attestation_refused`.
 */
export function verifyAttestation(
  token: string,
  of: { policy: CompiledAttestation; publicKeySha256: Buffer; nowSeconds: number },
): Attested {
  const { policy } = of;
  const claims = verified(token, policy.keys);
  if (claims["iss"] !== policy.issuer) refuse("issuer");
  if (policy.audience !== undefined && !listOf(claims["aud"]).includes(policy.audience)) refuse("audience");
  const end = checkTimes(claims, policy.maxAgeSeconds, of.nowSeconds);
  if (!listOf(claims["eat_nonce"]).includes(of.publicKeySha256.toString("base64url"))) refuse("made out to another key");
  if (claims["dbgstat"] === DEBUG_ENABLED) refuse("a debugger may be attached");
  for (const { path, value } of policy.require) if (textAt(claims, path) !== value) refuse(`claim /${path.join("/")}`);
  const measurement = textAt(claims, policy.measurement);
  if (measurement === undefined) refuse("no measurement");
  return { measurement, expiresAtMs: end * 1000 };
}
