import { describe, expect, test } from "@jest/globals";
import { generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";
import { assertCapFresh, capSeconds, signCap, verifyCap, type Cap } from "@agentkeys/common/cap";
import { deviceOf, openDelegation, signDelegation, thumbprintToHex, type Delegation } from "@agentkeys/common/delegation";
import { createProof, ReplayCache, verifyProof } from "@agentkeys/common/dpop";
import { generateSigningKey, importSigningKey, openJwe, sealToJwk, thumbprint, type PrivateJwk } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { FakeClock } from "@agentkeys/common/testing";

const url = "https://agentkeys-broker.agentkeys-system.svc:8091/v1/cap/cred-fetch";
const domain = { chainId: 31337, registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3" };
const zero = `0x${"00".repeat(32)}` as const;

function aDelegation(k10: Secret, clock: FakeClock, change: Partial<Delegation> = {}): Delegation {
  return {
    deviceKeyHash: deviceOf(k10).deviceKeyHash,
    operatorOmni: `0x${"aa".repeat(32)}`,
    actorOmni: `0x${"bb".repeat(32)}`,
    sessionThumbprint: `0x${"cc".repeat(32)}`,
    services: [`0x${"dd".repeat(32)}`],
    readOnly: true,
    namespace: "team-a",
    serviceAccount: "default",
    pod: "p",
    podUid: "u",
    issuedAt: clock.nowSeconds(),
    expiresAt: clock.nowSeconds() + 900,
    ...change,
  };
}

describe("a signing key in PEM", () => {
  const fresh = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const x = (key: KeyObject): Buffer => Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");

  test.each(["pkcs8", "sec1"] as const)("is read as %s, whatever its point begins with", async (type) => {
    let key = fresh();
    // The byte that node-jose takes for something else.
    while (x(key)[0] !== 0x3f) key = fresh();
    const { publicJwk } = await importSigningKey(key.export({ type, format: "pem" }).toString());
    expect(Buffer.from(publicJwk.x, "base64url")).toEqual(x(key));
  });

  test.each([
    ["of another curve", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["that is public", generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["that is none", "secret"],
  ])("%s is refused", async (_what, pem) => {
    await expect(importSigningKey(pem)).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("proof of possession", () => {
  test("admits a proof once and refuses its replay", async () => {
    const clock = new FakeClock();
    const key = await generateSigningKey();
    const proof = await createProof(key, { method: "POST", url, nowSeconds: clock.nowSeconds(), jti: "jti-0001", accessToken: "token" });
    const seen = new ReplayCache(clock);
    const expectation = { proof, method: "POST", url, clock, accessToken: "token", seen };
    expect(await verifyProof(expectation)).toMatchObject({ jkt: thumbprint(key.publicJwk) });
    await expect(verifyProof(expectation)).rejects.toMatchObject({ code: "cap_pop_invalid", detail: "replayed" });
  });

  test.each([
    ["another method", { method: "GET" }],
    ["another url", { url: "https://elsewhere/v1/cap/cred-fetch" }],
    ["another access token", { accessToken: "other" }],
    ["another key", { expectedThumbprint: "x".repeat(43) }],
  ])("refuses a proof for %s", async (_name, change) => {
    const clock = new FakeClock();
    const proof = await createProof(await generateSigningKey(), {
      method: "POST",
      url,
      nowSeconds: clock.nowSeconds(),
      jti: "jti-0001",
      accessToken: "t",
    });
    await expect(verifyProof({ proof, method: "POST", url, clock, accessToken: "t", ...change })).rejects.toMatchObject({
      code: "cap_pop_invalid",
    });
  });

  test.each([
    [30, true],
    [31, false],
    [-30, true],
    [-31, false],
  ])("a proof %d s away from now: admitted %s", async (offset, isAdmitted) => {
    const clock = new FakeClock();
    const proof = await createProof(await generateSigningKey(), {
      method: "POST",
      url,
      nowSeconds: clock.nowSeconds() + offset,
      jti: "jti-0001",
    });
    const verdict = await verifyProof({ proof, method: "POST", url, clock }).then(
      () => true,
      () => false,
    );
    expect(verdict).toBe(isAdmitted);
  });

  test("a replay is remembered for the whole window and forgotten later", () => {
    const clock = new FakeClock();
    const seen = new ReplayCache(clock);
    expect(seen.admit("a")).toBe(true);
    clock.advance(61_000);
    expect(seen.admit("a")).toBe(false);
    clock.advance(200_000);
    expect(seen.admit("a")).toBe(true);
  });
});

describe("delegation", () => {
  const k10 = Secret.of(Buffer.alloc(32, 0x11));

  test("opens what the device signed", async () => {
    const clock = new FakeClock();
    const token = await signDelegation(k10, domain, aDelegation(k10, clock));
    expect(openDelegation(token, domain, clock)).toMatchObject({
      namespace: "team-a",
      deviceAddress: "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a",
    });
  });

  test("refuses another registry, an altered message, another device and a passed end", async () => {
    const clock = new FakeClock();
    const token = await signDelegation(k10, domain, aDelegation(k10, clock));
    const refusal = { code: "unauthorized" };
    const altered = Buffer.from(Buffer.from(token, "base64url").toString("utf8").replace("team-a", "team-b")).toString("base64url");
    const stranger = await signDelegation(Secret.of(Buffer.alloc(32, 0x22)), domain, aDelegation(k10, clock));
    const tooLong = await signDelegation(k10, domain, aDelegation(k10, clock, { expiresAt: clock.nowSeconds() + 901 }));
    const thrown = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (fault) {
        return fault;
      }
    };
    expect(thrown(() => openDelegation(token, { ...domain, chainId: 1 }, clock))).toMatchObject(refusal);
    expect(thrown(() => openDelegation(altered, domain, clock))).toMatchObject(refusal);
    expect(thrown(() => openDelegation(stranger, domain, clock))).toMatchObject(refusal);
    expect(thrown(() => openDelegation(tooLong, domain, clock))).toMatchObject(refusal);
    clock.advance(900_000);
    expect(thrown(() => openDelegation(token, domain, clock))).toMatchObject(refusal);
  });

  test("holds as many services as a binding may list, with the longest names, and no more", async () => {
    const clock = new FakeClock();
    const services = (count: number): Delegation["services"] => Array.from({ length: count }, () => zero);
    const names = { namespace: "n".repeat(63), serviceAccount: "s".repeat(253), pod: "p".repeat(253), podUid: "u".repeat(36) };
    const token = await signDelegation(k10, domain, aDelegation(k10, clock, { ...names, services: services(64) }));
    expect(openDelegation(token, domain, clock).services).toHaveLength(64);
    const more = await signDelegation(k10, domain, aDelegation(k10, clock, { services: services(65) }));
    expect(() => openDelegation(more, domain, clock)).toThrow(expect.objectContaining({ code: "unauthorized" }));
  });

  test("a thumbprint travels as 32 bytes", async () => {
    const key = await generateSigningKey();
    const hex = thumbprintToHex(thumbprint(key.publicJwk));
    expect(Buffer.from(hex.slice(2), "hex").toString("base64url")).toBe(thumbprint(key.publicJwk));
  });
});

describe("cap", () => {
  const aCap = (clock: FakeClock): Cap => ({
    iss: "https://broker",
    aud: "agentkeys:creds-worker",
    jti: "j",
    iat: clock.nowSeconds(),
    exp: clock.nowSeconds() + 300,
    operator_omni: zero,
    actor_omni: zero,
    service: "openai",
    op: "cred-fetch",
    data_class: "credentials",
    device_key_hash: zero,
    k3_epoch: 1,
    dgh: "d",
    cnf: { jkt: "j" },
  });

  test("WRK-04 WRK-05 an altered cap and a cap by another key are refused", async () => {
    const clock = new FakeClock();
    const [broker, stranger] = await Promise.all([generateSigningKey(), generateSigningKey()]);
    const token = await signCap(broker, aCap(clock));
    expect(await verifyCap(token, [broker.publicJwk])).toEqual(aCap(clock));
    const [header, , signature] = token.split(".");
    const altered = [header, Buffer.from(JSON.stringify({ ...aCap(clock), service: "stripe" })).toString("base64url"), signature].join(".");
    await expect(verifyCap(altered, [broker.publicJwk])).rejects.toMatchObject({ code: "broker_sig_invalid" });
    await expect(verifyCap(token, [stranger.publicJwk])).rejects.toMatchObject({ code: "broker_sig_invalid" });
  });

  test("alg none, HS256 and another typ are refused", async () => {
    const clock = new FakeClock();
    const broker = await generateSigningKey();
    const [, payload, signature] = (await signCap(broker, aCap(clock))).split(".");
    for (const header of [
      { alg: "none" },
      { alg: "HS256" },
      { alg: "ES256", typ: "JWT" },
      { alg: "ES256", typ: "agentkeys-cap+jwt", kid: broker.kid, crit: ["b64"] },
    ]) {
      const token = [
        Buffer.from(JSON.stringify({ typ: "agentkeys-cap+jwt", kid: broker.kid, ...header })).toString("base64url"),
        payload,
        signature,
      ].join(".");
      await expect(verifyCap(token, [broker.publicJwk])).rejects.toMatchObject({ code: "broker_sig_invalid" });
    }
  });

  test.each([
    ["expires now", 0, 300, false],
    ["has one second left", 1, 300, true],
    ["issued 59 s ahead", 359, 59, true],
    ["issued 61 s ahead", 361, 61, false],
  ])("WRK-06 a cap that %s", (_name, exp, iat, isFresh) => {
    const clock = new FakeClock();
    const now = clock.nowSeconds();
    const cap = { ...aCap(clock), iat: exp === 0 || exp === 1 ? now + exp - iat : now + iat, exp: now + exp };
    const run = (): void => assertCapFresh(cap, clock);
    if (isFresh) expect(run).not.toThrow();
    else expect(run).toThrow(expect.objectContaining({ code: "cap_freshness_failed" }));
  });

  test("BRK-10 a life is clamped to 60..300 and never outlives the delegation", () => {
    expect(capSeconds(1, 0, 900)).toBe(60);
    expect(capSeconds(undefined, 0, 900)).toBe(300);
    expect(capSeconds(99_999, 0, 900)).toBe(300);
    expect(capSeconds(undefined, 0, 42)).toBe(42);
  });
});

test("a payload sealed to a session key opens with that key alone", async () => {
  const [mine, other] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const secret = randomBytes(16).toString("hex");
  const sealed = await sealToJwk(mine.publicJwk, { credential: secret });
  const privateJwk = (key: typeof mine): PrivateJwk => (key.handle as { toJSON(isPrivate: boolean): PrivateJwk }).toJSON(true);
  expect(await openJwe(sealed, privateJwk(mine))).toEqual({ credential: secret });
  await expect(openJwe(sealed, privateJwk(other))).rejects.toMatchObject({ code: "unauthorized" });
  expect(sealed).not.toContain(secret);
});

test("each payload is sealed by a key of its own, whose private half stays out of it", async () => {
  const { publicJwk } = await generateSigningKey();
  const headers = await Promise.all(
    [1, 2].map(async () => {
      const [head = ""] = (await sealToJwk(publicJwk, {})).split(".");
      return JSON.parse(Buffer.from(head, "base64url").toString("utf8")) as { epk: { x: string } };
    }),
  );
  for (const { epk } of headers) expect(Object.keys(epk).sort()).toEqual(["crv", "kty", "x", "y"]);
  expect(headers[0]?.epk.x).not.toBe(headers[1]?.epk.x);
});
