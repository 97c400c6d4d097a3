import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { verifyCap, type Cap } from "@agentkeys/common/cap";
import { signDelegation, type Delegation } from "@agentkeys/common/delegation";
import { createProof } from "@agentkeys/common/dpop";
import type { HttpAnswer } from "@agentkeys/common/http";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { generateSigningKey } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { createTestSession, FakeChain, TEST_DOMAIN } from "@agentkeys/common/testing";
import { createWorld, PUBLIC_URL, runBroker, type Ask, type RunningBroker, type World } from "./running-broker.ts";

const OPS = ["cred-fetch", "cred-store", "cred-teardown", "cred-list", "cred-reencrypt"];
let world: World;
let running: RunningBroker;
let ask: (options?: Ask) => Promise<HttpAnswer>;

beforeEach(async () => {
  world = await createWorld();
  running = await runBroker(world);
  ({ ask } = running);
});

afterEach(() => running.stop());

const other: Hex = `0x${"ee".repeat(32)}`;
const refused = (status: number, reason: string): object => ({ status, body: { reason } });
const capOf = (answer: HttpAnswer): Promise<Cap> => verifyCap((answer.body as { cap: string }).cap, [world.key.publicJwk]);

/** A proof of A's for `cred-fetch` that is wrong in one way. */
async function proofOf(token: string, change: Partial<Parameters<typeof createProof>[1]>): Promise<string> {
  const good = { method: "POST", url: `${PUBLIC_URL}/v1/cap/cred-fetch`, nowSeconds: world.clock.nowSeconds(), jti: "one-proof-of-a" };
  return await createProof(world.a.key, { ...good, accessToken: token, ...change });
}

describe("what is granted", () => {
  test.each(OPS.filter((op) => op !== "cred-reencrypt"))(
    "BRK-08 a granted service gets a cap for %s, bound to session and delegation",
    async (op) => {
      const answer = await ask({ op });
      expect(answer.status).toBe(200);
      const { a, clock } = world;
      const cap = await capOf(answer);
      expect(cap).toMatchObject({ iss: PUBLIC_URL, aud: "agentkeys:creds-worker", op, service: "openai", data_class: "credentials" });
      expect(cap).toMatchObject({ actor_omni: a.actorOmni, device_key_hash: a.deviceKeyHash, k3_epoch: 1, cnf: { jkt: a.jkt } });
      expect([cap.iat, cap.exp]).toEqual([clock.nowSeconds(), (answer.body as { expires_at: number }).expires_at]);
    },
  );

  test.each([
    [1, 60],
    [undefined, 300],
    [99_999, 300],
    [Number.MAX_SAFE_INTEGER, 300],
  ])("BRK-10 a wish of %p s is a cap of %p s", async (ttl, seconds) => {
    const { exp, iat } = await capOf(await ask({ body: ttl === undefined ? {} : { ttl_seconds: ttl } }));
    expect(exp - iat).toBe(seconds);
  });

  test("BRK-10 a cap never outlives its delegation", async () => {
    const now = world.clock.nowSeconds();
    const { exp } = await capOf(await ask({ delegation: { issuedAt: now - 880, expiresAt: now + 20 } }));
    expect(exp).toBe(now + 20);
  });

  test("every cap has an id of its own", async () => {
    const ids = await Promise.all([ask(), ask()].map(async (answer) => (await capOf(await answer)).jti));
    expect(new Set(ids).size).toBe(2);
  });
});

describe("who asks", () => {
  test.each<[string, Record<string, string>]>([
    ["no token", { authorization: "" }],
    ["a Bearer token", { authorization: "Bearer x" }],
    ["two tokens", { authorization: "DPoP a, DPoP b" }],
  ])("BRK-02 %s is 401", async (_name, headers) => {
    expect(await ask({ headers })).toMatchObject(refused(401, "unauthorized"));
  });

  test.each<[string, Partial<Delegation>]>([
    ["expired", { issuedAt: 1, expiresAt: 2 }],
    ["of a life too long", { expiresAt: 1_800_000_000 + 901 }],
    ["issued in the future", { issuedAt: 1_800_000_000 + 31, expiresAt: 1_800_000_000 + 60 }],
    ["signed by another device than it names (kid)", { deviceKeyHash: other }],
  ])("BRK-02 a delegation %s is 401", async (_name, delegation) => {
    expect(await ask({ delegation })).toMatchObject(refused(401, "unauthorized"));
  });

  test.each([
    ["of another registry (issuer)", { ...TEST_DOMAIN, registry: `0x${"9".repeat(40)}` }],
    ["of another chain (audience)", { ...TEST_DOMAIN, chainId: 1 }],
  ])("BRK-02 a delegation %s is 401", async (_name, domain) => {
    const token = await delegationIn(domain);
    expect(await ask({ token })).toMatchObject(refused(401, "unauthorized"));
  });

  test("BRK-02 garbage, a changed and a lengthened token are 401", async () => {
    const good = await world.a.delegation();
    const text = Buffer.from(good, "base64url").toString();
    const changed = Buffer.from(text.replace('"pod-1"', '"pod-2"')).toString("base64url");
    for (const token of ["e30", "x", changed, `${good}AAAA`]) expect(await ask({ token })).toMatchObject(refused(401, "unauthorized"));
  });

  test("BRK-12 a proof by another key, for another route, method or token is refused", async () => {
    const token = await world.a.delegation();
    const wrong = [
      { url: `${PUBLIC_URL}/v1/cap/cred-store` },
      { url: "https://elsewhere.test/v1/cap/cred-fetch" },
      { method: "GET" },
      { accessToken: await world.sibling.delegation() },
    ];
    for (const change of wrong)
      expect(await ask({ token, proof: await proofOf(token, change) })).toMatchObject(refused(403, "cap_pop_invalid"));
    const stolen = await world.sibling.proof("POST", `${PUBLIC_URL}/v1/cap/cred-fetch`, token);
    expect(await ask({ token, proof: stolen })).toMatchObject(refused(403, "cap_pop_invalid"));
    expect(await ask({ headers: { dpop: "" } })).toMatchObject(refused(403, "cap_pop_invalid"));
  });

  test.each([
    [-31, 403],
    [-30, 200],
    [30, 200],
    [31, 403],
    [-301, 403],
    [61, 403],
  ])("BRK-12 a proof made %p s from now is answered %p", async (offset, status) => {
    const token = await world.a.delegation();
    const proof = await proofOf(token, { nowSeconds: world.clock.nowSeconds() + offset });
    expect(await ask({ token, proof })).toMatchObject(status === 200 ? { status } : refused(403, "cap_pop_invalid"));
  });

  test("BRK-12 a proof is good for one call", async () => {
    const token = await world.a.delegation();
    const proof = await proofOf(token, {});
    expect(await ask({ token, proof })).toMatchObject({ status: 200 });
    expect(await ask({ token, proof })).toMatchObject(refused(403, "cap_pop_invalid"));
  });
});

/** A delegation of A's own shape, signed for another EIP-712 domain by the device it names. */
async function delegationIn(domain: typeof TEST_DOMAIN): Promise<string> {
  const now = world.clock.nowSeconds();
  const token = await world.a.delegation();
  const { message } = JSON.parse(Buffer.from(token, "base64url").toString()) as { message: Delegation };
  return await signDelegation(Secret.of(Buffer.alloc(32, 1)), domain, { ...message, issuedAt: now, expiresAt: now + 900 });
}

describe("what is asked", () => {
  const malformed: [string, unknown][] = [
    ["operator without 0x", { operator_omni: "ab".repeat(32) }],
    ["operator of 63 digits", { operator_omni: `0x${"a".repeat(63)}` }],
    ["operator of 65 digits", { operator_omni: `0x${"a".repeat(65)}` }],
    ["actor without hex", { actor_omni: `0x${"g".repeat(64)}` }],
    ["actor that is no text", { actor_omni: 7 }],
    ["device without 0x", { device_key_hash: "ab".repeat(32) }],
    ["device that is missing", { device_key_hash: undefined }],
    ["empty service", { service: "" }],
    ["service of 65 letters", { service: "a".repeat(65) }],
    ["service with a path", { service: "../x" }],
    ["service in capitals", { service: "OpenAI" }],
    ["service with a wildcard", { service: "*" }],
    ["service with a line end", { service: "openai\n" }],
    ["life of 0 s", { ttl_seconds: 0 }],
    ["life that is a text", { ttl_seconds: "300" }],
    ["life of half a second", { ttl_seconds: 60.5 }],
    ["key of ours that is not asked for", { extra: 1 }],
    ["list instead of an object", []],
    ["text instead of an object", "x"],
  ];

  test.each(malformed)("BRK-03 a request with an %s is invalid input", async (_name, body) => {
    expect(await ask({ body })).toMatchObject(refused(400, "invalid_input"));
  });

  test("a malformed request of a stranger is told nothing but that it is a stranger's", async () => {
    expect(await ask({ body: { extra: 1 }, headers: { authorization: "" } })).toMatchObject(refused(401, "unauthorized"));
    expect(await ask({ body: { extra: 1 }, headers: { dpop: "" } })).toMatchObject(refused(403, "cap_pop_invalid"));
  });

  test("a body that is too large is refused before it is read whole", async () => {
    expect(await ask({ body: { service: "a".repeat(70_000) } })).toMatchObject(refused(413, "payload_too_large"));
  });

  test("BRK-01 another operator is refused, even with a nonexistent device", async () => {
    expect(await ask({ body: { operator_omni: other, device_key_hash: other } })).toMatchObject(refused(403, "operator_mismatch"));
  });

  test("BRK-05 a sibling's device, actor or delegation is refused", async () => {
    const { a, sibling } = world;
    const isMismatch = refused(403, "device_binding_mismatch");
    expect(await ask({ session: sibling, body: { actor_omni: a.actorOmni } })).toMatchObject(isMismatch);
    expect(await ask({ session: sibling, body: { device_key_hash: a.deviceKeyHash } })).toMatchObject(isMismatch);
    const forged = { delegation: { actorOmni: a.actorOmni }, body: { actor_omni: a.actorOmni } };
    expect(await ask({ session: sibling, ...forged })).toMatchObject(isMismatch);
  });

  test("BRK-14 no route mints a web identity, and who may not have a cap gets nothing the signer would take", async () => {
    for (const path of ["/v1/mint-oidc-jwt", "/v1/oidc/token", "/v1/auth/exchange"])
      expect(await running.client.json("POST", `${running.url}${path}`, { body: {} })).toMatchObject(refused(404, "not_found"));
    const { chain, clock, a } = world;
    const unbound = await createTestSession({ chain: new FakeChain(), clock, agent: "x", services: ["openai"], deviceByte: 9 });
    expect(await ask({ session: unbound })).toMatchObject(refused(403, "device_not_active"));
    expect(await ask({ delegation: { operatorOmni: other }, body: { operator_omni: other } })).toMatchObject(
      refused(403, "device_binding_mismatch"),
    );
    chain.revokeDevice(a.deviceKeyHash);
    expect(await ask()).toMatchObject(refused(403, "device_revoked"));
  });

  test("BRK-15 there is no credential route", async () => {
    for (const method of ["GET", "POST"] as const)
      for (const path of ["/credential/fetch", "/credential/store", "/credential", "/v1/credential/fetch"])
        expect(await running.client.json(method, `${running.url}${path}`)).toMatchObject(refused(404, "not_found"));
  });

  test("an unknown operation and another method are 404", async () => {
    expect(await ask({ op: "cred-copy" })).toMatchObject(refused(404, "not_found"));
    expect(await running.client.json("GET", `${running.url}/v1/cap/cred-fetch`)).toMatchObject(refused(404, "not_found"));
  });
});

describe("what the chain says", () => {
  test("BRK-04 an unregistered and a revoked device are told apart", async () => {
    const { chain, clock, a } = world;
    const stranger = await createTestSession({ chain: new FakeChain(), clock, agent: "x", services: ["openai"], deviceByte: 9 });
    expect(await ask({ session: stranger })).toMatchObject(refused(403, "device_not_active"));
    chain.revokeDevice(a.deviceKeyHash);
    expect(await ask()).toMatchObject(refused(403, "device_revoked"));
  });

  test("BRK-06 a device without CAP_MINT is refused", async () => {
    const { chain, clock } = world;
    const weak = await createTestSession({ chain, clock, agent: "w", services: ["openai"], deviceByte: 3, roles: 2 });
    expect(await ask({ session: weak })).toMatchObject(refused(403, "device_role_missing"));
  });

  test("BRK-07 an ungranted service is refused by delegation and by chain", async () => {
    const isOutside = refused(403, "service_not_in_scope");
    expect(await ask({ body: { service: "stripe" } })).toMatchObject(isOutside);
    expect(await ask({ body: { service: "stripe" }, delegation: { services: [serviceHash("stripe")] } })).toMatchObject(isOutside);
    expect(await ask({ delegation: { services: [] } })).toMatchObject(isOutside);
  });

  test("BRK-09 the operator itself needs no grant, for itself and to write for its own actors alone", async () => {
    const { chain, clock, a } = world;
    const master = await createTestSession({ chain, clock, agent: "m", services: [], deviceByte: 4, tier: 1, roles: 7 });
    expect(await ask({ session: master })).toMatchObject({ status: 200 });
    const foreign: Hex = `0x${"f".repeat(64)}`;
    chain.registerDevice(`0x${"e".repeat(64)}`, { operatorOmni: foreign, actorOmni: foreign, tier: 1, roles: 7 });
    const isMismatch = refused(403, "device_binding_mismatch");
    for (const op of ["cred-store", "cred-teardown", "cred-list", "cred-reencrypt"]) {
      expect(await ask({ session: master, op, body: { actor_omni: a.actorOmni } })).toMatchObject({ status: 200 });
      expect(await ask({ session: master, op, body: { actor_omni: foreign } })).toMatchObject(isMismatch);
    }
    expect(await ask({ session: master, body: { actor_omni: a.actorOmni } })).toMatchObject(isMismatch);
  });

  test("re-encryption is a master device's alone: an agent is refused for its own actor", async () => {
    expect(await ask({ op: "cred-reencrypt" })).toMatchObject(refused(403, "device_role_missing"));
  });

  test("BRK-11 without a chain there is never a cap", async () => {
    world.chain.isDown = true;
    for (const op of OPS) expect(await ask({ op })).toMatchObject(refused(502, "chain_rpc_error"));
  });

  test("BRK-16 the chain wins at once: epoch, read-only, scope and device", async () => {
    const { chain, a } = world;
    chain.advanceEpoch();
    expect(await capOf(await ask())).toMatchObject({ k3_epoch: 2 });
    chain.setScope(a.operatorOmni, a.actorOmni, [serviceHash("openai")], true);
    expect(await ask({ op: "cred-store" })).toMatchObject(refused(403, "cred_store_read_only"));
    chain.revokeScope(a.operatorOmni, a.actorOmni);
    expect(await ask()).toMatchObject(refused(403, "service_not_in_scope"));
    chain.setScope(a.operatorOmni, a.actorOmni, [serviceHash("openai")]);
    expect(await ask()).toMatchObject({ status: 200 });
    chain.revokeDevice(a.deviceKeyHash);
    expect(await ask()).toMatchObject(refused(403, "device_revoked"));
  });

  test("a read-only delegation neither stores nor tears down", async () => {
    const delegation = { readOnly: true };
    expect(await ask({ op: "cred-store", delegation })).toMatchObject(refused(403, "cred_store_read_only"));
    expect(await ask({ op: "cred-teardown", delegation })).toMatchObject(refused(403, "cred_store_read_only"));
    expect(await ask({ op: "cred-list", delegation })).toMatchObject({ status: 200 });
  });
});

test("a cap that cannot be signed is a sign_error, and none is handed out", async () => {
  const broken = { ...(await generateSigningKey()), handle: null };
  const other = await runBroker({ ...world, key: broken });
  try {
    expect(await other.ask()).toMatchObject(refused(500, "sign_error"));
  } finally {
    await other.stop();
  }
});

test("no token, proof or cap is in the log, whatever the answer was", async () => {
  const token = await world.a.delegation();
  const { cap } = (await ask({ token })).body as { cap: string };
  await ask({ token, body: { service: "stripe" } });
  await ask({ token: "e30" });
  world.chain.isDown = true;
  await ask({ token });
  expect(running.log.lines.length).toBeGreaterThan(0);
  for (const secret of [cap, token]) expect(running.log.text()).not.toContain(secret);
});
