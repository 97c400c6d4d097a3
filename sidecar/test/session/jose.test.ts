import { describe, expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import * as nodeJose from "@agentkeys/common/jose";
import { FakeClock } from "@agentkeys/common/testing";
import { concatKdf } from "../../src/session/concat-kdf.ts";
import { createSession } from "../../src/session/index.ts";
import { importJwks, importPublic, isSignedBy, openJwe, signJws, thumbprint, verifyJws } from "../../src/session/jose.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = pair.publicKey.export({ format: "jwk" }) as nodeJose.PublicJwk;
const privateJwk = pair.privateKey.export({ format: "jwk" }) as nodeJose.PrivateJwk;
const typ = "test+jwt";
const key = await nodeJose.importSigningJwk(privateJwk);
const keys = importJwks({ keys: [key.publicJwk] });
const b64 = (value: string | object): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

function withHeader(token: string, change: Record<string, unknown>): string {
  const [head = "", ...rest] = token.split(".");
  return [b64({ ...(JSON.parse(Buffer.from(head, "base64url").toString()) as object), ...change }), ...rest].join(".");
}

describe("JWS by node:crypto", () => {
  test("opens what node-jose signed, and node-jose opens what it signed", async () => {
    const theirs = await nodeJose.signJws(key, { typ, payload: { a: 1 } });
    expect(verifyJws(theirs, { typ, keys })).toEqual({ a: 1 });
    const ours = signJws(pair.privateKey, { typ, kid: key.kid }, { b: 2 });
    expect((await nodeJose.verifyJws(ours, { typ, keys: [key.publicJwk] })).payload).toEqual({ b: 2 });
  });

  test("a session's proof is one that node-jose takes", async () => {
    const session = createSession({ clock: new FakeClock(), randomId: () => "id" });
    const { payload, jwk: shown } = await nodeJose.verifyEmbeddedJwk(session.proof("GET", "https://x/y", "token"), { typ: "dpop+jwt" });
    expect(payload).toMatchObject({ htm: "GET", htu: "https://x/y", jti: "id" });
    expect(nodeJose.thumbprint(shown)).toBe(session.jkt);
  });

  test("RFC 7515 A.3: the example's signature is by its key, and not by another one", () => {
    const rfcKey = importPublic({
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    const body = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    expect(isSignedBy(`eyJhbGciOiJFUzI1NiJ9.${body}`, signature, rfcKey)).toBe(true);
    expect(isSignedBy(`eyJhbGciOiJFUzI1NiJ9.${body}`, signature, pair.publicKey)).toBe(false);
  });

  test("RFC 7638: thumbprints are node-jose's", () => {
    expect(thumbprint({ ...jwk })).toBe(nodeJose.thumbprint(jwk));
    expect(thumbprint({ ...jwk, use: "sig", kid: "x" })).toBe(nodeJose.thumbprint(jwk));
  });

  const good = signJws(pair.privateKey, { typ, kid: key.kid }, { a: 1 });
  const [head = "", body = "", signature = ""] = good.split(".");
  const signed = (header: object): string => signJws(pair.privateKey, { typ, kid: key.kid, ...header }, { a: 1 });
  test.each([
    ["alg none", `${b64({ alg: "none", typ, kid: key.kid })}.${body}.`],
    ["alg none with a signature", withHeader(good, { alg: "none" })],
    ["alg HS256", signed({ alg: "HS256" })],
    ["crit", signed({ crit: ["exp"] })],
    ["b64 false", signed({ b64: false })],
    ["another typ", signed({ typ: "other+jwt" })],
    ["no typ", signed({ typ: undefined })],
    ["another kid", signed({ kid: "other" })],
    ["a kid that is no text", signed({ kid: [key.kid] })],
    ["a changed payload", `${head}.${b64({ a: 2 })}.${signature}`],
    ["a cut signature", `${head}.${body}.${signature.slice(0, -4)}`],
    ["a signature in DER", `${head}.${body}.${b64("0E" + "x".repeat(69))}`],
    ["padding", `${head}.${body}.${signature}==`],
    ["another spelling of the signature", `${head}.${body}.${signature.slice(0, -1)}${signature.endsWith("A") ? "B" : "_"}`],
    ["a fourth part", `${good}.x`],
    ["two parts", `${head}.${body}`],
    ["a payload that is a list", signJws(pair.privateKey, { typ, kid: key.kid }, [1])],
    ["nothing", ""],
  ])("refuses %s", (_what, token) => {
    expect(() => verifyJws(token, { typ, keys })).toThrow(expect.objectContaining({ code: "unauthorized" }) as unknown as Error);
  });
});

describe("JWKS", () => {
  test("leaves out what is no P-256 key and keeps the rest", () => {
    const bad = [null, 1, { kty: "RSA" }, { ...jwk, crv: "P-384" }, { ...jwk, x: jwk.y }, { ...jwk, x: 1 }, { kty: "oct", k: "AAAA" }];
    expect(importJwks({ keys: [...bad, jwk] }).map(({ kid }) => kid)).toEqual([thumbprint({ ...jwk })]);
    for (const body of [null, {}, { keys: 1 }, "x"]) expect(importJwks(body)).toEqual([]);
  });
});

describe("JWE by node:crypto", () => {
  test("opens what node-jose sealed", async () => {
    expect(openJwe(await nodeJose.sealToJwk(jwk, { credential: "s€cret" }), pair.privateKey)).toEqual({ credential: "s€cret" });
  });

  test("RFC 7518 appendix C: the derived key is the example's", () => {
    const secret = Buffer.from("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4", "hex");
    const derived = concatKdf(secret, { algorithm: "A128GCM", bits: 128, partyU: Buffer.from("Alice"), partyV: Buffer.from("Bob") });
    expect(derived.toString("base64url")).toBe("VqqN6vgjbSBcIijNcacQGg");
  });

  test.each<[string, (parts: string[], header: Record<string, unknown>) => string]>([
    ["zip", (parts, header) => [b64({ ...header, zip: "DEF" }), ...parts.slice(1)].join(".")],
    ["crit", (parts, header) => [b64({ ...header, crit: ["x"] }), ...parts.slice(1)].join(".")],
    ["a wrapped key", (parts, header) => [b64({ ...header, alg: "ECDH-ES+A256KW" }), ...parts.slice(1)].join(".")],
    ["another cipher", (parts, header) => [b64({ ...header, enc: "A128GCM" }), ...parts.slice(1)].join(".")],
    ["no ephemeral key", (parts, header) => [b64({ ...header, epk: null }), ...parts.slice(1)].join(".")],
    [
      "an ephemeral key of another curve",
      (parts, header) => [b64({ ...header, epk: { ...jwk, crv: "P-384" } }), ...parts.slice(1)].join("."),
    ],
    ["an ephemeral point off the curve", (parts, header) => [b64({ ...header, epk: { ...jwk, x: jwk.y } }), ...parts.slice(1)].join(".")],
    ["a changed header", (parts, header) => [b64({ ...header, apu: "QQ" }), ...parts.slice(1)].join(".")],
    ["an encrypted key", (parts) => [parts[0], "AAAA", ...parts.slice(2)].join(".")],
    ["a cut tag", (parts) => [...parts.slice(0, 4), (parts[4] ?? "").slice(0, 6)].join(".")],
    ["a cut iv", (parts) => [parts[0], "", (parts[2] ?? "").slice(0, 8), ...parts.slice(3)].join(".")],
    ["a changed text", (parts) => [parts[0], "", parts[2], "AAAA", parts[4]].join(".")],
    ["padding", (parts) => `${parts.join(".")}=`],
    ["a sixth part", (parts) => `${parts.join(".")}.x`],
  ])("refuses %s", async (_what, change) => {
    const parts = (await nodeJose.sealToJwk(jwk, { a: 1 })).split(".");
    const header = JSON.parse(Buffer.from(parts[0] ?? "", "base64url").toString()) as Record<string, unknown>;
    expect(() => openJwe(change(parts, header), pair.privateKey)).toThrow(
      expect.objectContaining({ code: "unauthorized" }) as unknown as Error,
    );
  });

  test("is not opened by another session", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const sealed = await nodeJose.sealToJwk(jwk, { a: 1 });
    expect(() => openJwe(sealed, other.privateKey)).toThrow("Authentication failed");
  });
});
