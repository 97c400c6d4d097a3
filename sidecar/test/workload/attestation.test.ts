import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { AttestationPolicy } from "@agentkeys/common/wire";
import { compileAttestation } from "../../src/policy/attestation.ts";
import { verifyAttestation } from "../../src/workload/attestation.ts";
import { TestVerifier } from "./eat.ts";

const NOW = 1_800_000_000;
const KEY_HASH = Buffer.alloc(32, 7);
const verifier = new TestVerifier();
const policy: AttestationPolicy = {
  issuer: "https://verifier.test",
  audience: "agentkeys",
  keys: [new TestVerifier("ES384").publicPem, verifier.publicPem],
  measurementClaim: "/submods/cpu0/measurement",
  require: [
    { claim: "/submods/cpu0/ear.status", value: "affirming" },
    { claim: "/x~1debug", value: "false" },
  ],
  maxAgeSeconds: 600,
};
const claims = {
  iss: "https://verifier.test",
  aud: ["other", "agentkeys"],
  iat: NOW - 10,
  exp: NOW + 100,
  eat_nonce: KEY_HASH.toString("base64url"),
  dbgstat: "disabled-since-boot",
  submods: { cpu0: { measurement: "ab12", "ear.status": "affirming" } },
  "x/debug": false,
};
const verify = (token: string, of: Partial<AttestationPolicy> = {}): unknown =>
  verifyAttestation(token, { policy: compileAttestation({ ...policy, ...of }), publicKeySha256: KEY_HASH, nowSeconds: NOW });
const refusal = expect.objectContaining({ code: "attestation_refused" });

describe("attestation token", () => {
  test("says the measurement, until it expires or is too old", () => {
    expect(verify(verifier.token(claims))).toEqual({ measurement: "ab12", expiresAtMs: (NOW + 100) * 1000 });
    expect(verify(verifier.token({ ...claims, exp: NOW + 9999 }))).toMatchObject({ expiresAtMs: (NOW + 590) * 1000 });
  });

  test.each(["ES256", "ES384", "RS256", "PS256"] as const)("%s counts", (alg) => {
    const other = new TestVerifier(alg);
    expect(verify(other.token(claims), { keys: [other.publicPem] })).toMatchObject({ measurement: "ab12" });
    expect(() => verify(other.token(claims))).toThrow(refusal);
  });

  test("one nonce of several counts (RFC 9711 §4.1)", () => {
    expect(verify(verifier.token({ ...claims, eat_nonce: ["x".repeat(8), claims.eat_nonce] }))).toMatchObject({ measurement: "ab12" });
  });

  test.each<[string, object]>([
    ["of another issuer", { iss: "https://verifier.test/" }],
    ["for another audience", { aud: "other" }],
    ["without audience", { aud: undefined }],
    ["made out to another key", { eat_nonce: Buffer.alloc(32, 8).toString("base64url") }],
    ["made out to nobody", { eat_nonce: undefined }],
    ["expired", { exp: NOW }],
    ["without end", { exp: undefined }],
    ["with an end that is no number", { exp: "9999999999" }],
    ["too old", { iat: NOW - 600 }],
    ["without date", { iat: undefined }],
    ["issued in the future", { iat: NOW + 61 }],
    ["not valid yet", { nbf: NOW + 61 }],
    ["of a machine that is debugged", { dbgstat: "enabled" }],
    ["that the verifier warns of", { submods: { cpu0: { measurement: "ab12", "ear.status": "warning" } } }],
    ["without measurement", { submods: { cpu0: { "ear.status": "affirming" } } }],
    ["with a measurement that is no text", { submods: { cpu0: { measurement: ["ab12"], "ear.status": "affirming" } } }],
    ["whose claims are inherited", { submods: undefined, __proto__: { submods: claims.submods } }],
  ])("%s is refused", (_what, change) => {
    expect(() => verify(verifier.token({ ...claims, ...change }))).toThrow(refusal);
  });

  test.each<[string, (token: string) => string]>([
    ["alg none", (token) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1] ?? ""}.`],
    ["no signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
    ["a fourth part", (token) => `${token}.x`],
    ["other claims under the same signature", (token) => token.replace(/\.[^.]+\./, `.${Buffer.from("{}").toString("base64url")}.`)],
    ["no token", () => "x"],
    ["an endless one", (token) => token + "A".repeat(30_000)],
  ])("%s is refused", (_what, change) => {
    expect(() => verify(change(verifier.token(claims)))).toThrow(refusal);
  });

  test("a header cannot pair an algorithm with another kind of key, nor ask for an extension", () => {
    const rsa = new TestVerifier("RS256");
    for (const header of [{ alg: "HS256" }, { alg: "RS256" }, { alg: "ES384" }, { alg: "toString" }, { crit: ["x"] }])
      expect(() => verify(verifier.token(claims, header), { keys: [verifier.publicPem, rsa.publicPem] })).toThrow(refusal);
  });

  test("a weak RSA key and one that cannot be read take nobody in", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "pem" }) as string;
    const secret = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    expect(compileAttestation({ ...policy, keys: ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", secret] }).keys).toEqual(
      [],
    );
    expect(() => verify(new TestVerifier("RS256").token(claims), { keys: [weak] })).toThrow(refusal);
    expect(verify(verifier.token(claims), { keys: ["nonsense", verifier.publicPem] })).toMatchObject({ measurement: "ab12" });
  });
});
