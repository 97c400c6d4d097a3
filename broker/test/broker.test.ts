import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { verifyCap } from "@agentkeys/common/cap";
import { createDelegationOpener, type Delegation } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { createHttpClient, listen, type HttpAnswer, type HttpClient, type Listening } from "@agentkeys/common/http";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { generateSigningKey, verifyJws, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, createTestSession, FakeChain, FakeClock, TEST_DOMAIN, type TestSession } from "@agentkeys/common/testing";
import { createBroker, type Broker } from "../src/broker.ts";

const PUBLIC_URL = "https://broker.test";
let chain: FakeChain;
let clock: FakeClock;
let key: SigningKey;
let broker: Broker;
let server: Listening;
let client: HttpClient;
let a: TestSession;
let sibling: TestSession;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(async () => {
  chain = new FakeChain();
  clock = new FakeClock();
  key = await generateSigningKey();
  a = await createTestSession({ chain, clock, agent: "a", services: ["openai"], deviceByte: 1 });
  sibling = await createTestSession({ chain, clock, agent: "b", services: ["openai"], deviceByte: 2 });
  let ids = 0;
  broker = createBroker({
    chain,
    clock,
    key,
    log: captureLog().log,
    metrics: createMetrics("broker"),
    seen: new ReplayCache(clock),
    openDelegation: createDelegationOpener(TEST_DOMAIN, clock),
    randomId: () => `cap-${++ids}`,
    publicUrl: PUBLIC_URL,
    heartbeatMs: 15_000,
    chainPollMs: 500,
    recheckMs: 30_000,
  });
  server = await listen(broker.app, { port: 0, host: "127.0.0.1" });
  client = createHttpClient();
  await settle();
});

afterEach(async () => {
  broker.stop();
  await client.close();
  await server.close(0);
});

interface Ask {
  session?: TestSession;
  op?: string;
  body?: Record<string, unknown>;
  delegation?: Partial<Delegation>;
  token?: string;
  proofFor?: string;
  headers?: Record<string, string>;
}

async function ask(options: Ask = {}): Promise<HttpAnswer> {
  const session = options.session ?? a;
  const path = `/v1/cap/${options.op ?? "cred-fetch"}`;
  const token = options.token ?? (await session.delegation(options.delegation));
  const { operatorOmni, actorOmni, deviceKeyHash } = session;
  const body = { operator_omni: operatorOmni, actor_omni: actorOmni, service: "openai", device_key_hash: deviceKeyHash, ...options.body };
  const proof = await session.proof("POST", `${PUBLIC_URL}${options.proofFor ?? path}`, token);
  return client.json("POST", `http://127.0.0.1:${server.port}${path}`, {
    body,
    headers: { authorization: `DPoP ${token}`, dpop: proof, ...options.headers },
  });
}

const other: Hex = `0x${"ee".repeat(32)}`;
const refused = (status: number, reason: string): object => ({ status, body: { reason } });

describe("minting", () => {
  test("BRK-08 a granted service gets a cap bound to session and delegation", async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    const cap = await verifyCap((answer.body as { cap: string }).cap, [key.publicJwk]);
    expect(cap).toMatchObject({ actor_omni: a.actorOmni, service: "openai", op: "cred-fetch", k3_epoch: 1, cnf: { jkt: a.jkt } });
    expect(cap.exp - cap.iat).toBe(300);
  });

  test("BRK-01 another operator is refused, even with a nonexistent device", async () => {
    expect(await ask({ body: { operator_omni: other, device_key_hash: other } })).toMatchObject(refused(403, "operator_mismatch"));
  });

  test.each([
    ["no token", { headers: { authorization: "" } }],
    ["a Bearer token", { headers: { authorization: "Bearer x" } }],
    ["garbage", { token: "e30" }],
    ["an expired delegation", { delegation: { issuedAt: 1, expiresAt: 2 } }],
  ])("BRK-02 %s is 401", async (_name, options) => {
    expect(await ask(options)).toMatchObject(refused(401, "unauthorized"));
  });

  test.each([
    [{ operator_omni: "ab".repeat(32) }],
    [{ operator_omni: `0x${"a".repeat(63)}` }],
    [{ actor_omni: `0x${"g".repeat(64)}` }],
    [{ service: "" }],
    [{ service: "a".repeat(65) }],
    [{ service: "../x" }],
    [{ extra: 1 }],
  ])("BRK-03 %p is invalid input", async (body) => {
    expect(await ask({ body })).toMatchObject(refused(400, "invalid_input"));
  });

  test("BRK-04 an unregistered and a revoked device are told apart", async () => {
    const stranger = await createTestSession({ chain: new FakeChain(), clock, agent: "x", services: ["openai"], deviceByte: 9 });
    expect(await ask({ session: stranger })).toMatchObject(refused(403, "device_not_active"));
    chain.revokeDevice(a.deviceKeyHash);
    expect(await ask()).toMatchObject(refused(403, "device_revoked"));
  });

  test("BRK-05 a sibling's device, actor or delegation is refused", async () => {
    expect(await ask({ session: sibling, body: { actor_omni: a.actorOmni } })).toMatchObject(refused(403, "device_binding_mismatch"));
    expect(await ask({ session: sibling, body: { device_key_hash: a.deviceKeyHash } })).toMatchObject(
      refused(403, "device_binding_mismatch"),
    );
    expect(await ask({ session: sibling, delegation: { actorOmni: a.actorOmni }, body: { actor_omni: a.actorOmni } })).toMatchObject(
      refused(403, "device_binding_mismatch"),
    );
  });

  test("BRK-06 a device without CAP_MINT is refused", async () => {
    const weak = await createTestSession({ chain, clock, agent: "w", services: ["openai"], deviceByte: 3, roles: 2 });
    expect(await ask({ session: weak })).toMatchObject(refused(403, "device_role_missing"));
  });

  test("BRK-07 an ungranted service is refused by delegation and by chain", async () => {
    expect(await ask({ body: { service: "stripe" } })).toMatchObject(refused(403, "service_not_in_scope"));
    expect(await ask({ body: { service: "stripe" }, delegation: { services: [serviceHash("stripe")] } })).toMatchObject(
      refused(403, "service_not_in_scope"),
    );
    expect(await ask({ delegation: { services: [] } })).toMatchObject(refused(403, "service_not_in_scope"));
  });

  test("BRK-09 the operator itself needs no grant", async () => {
    const master = await createTestSession({ chain, clock, agent: "m", services: [], deviceByte: 4, tier: 1, roles: 7 });
    expect(await ask({ session: master })).toMatchObject({ status: 200 });
    expect(await ask({ session: master, op: "cred-store", body: { actor_omni: a.actorOmni } })).toMatchObject({ status: 200 });
    const foreign = `0x${"f".repeat(64)}` as const;
    chain.registerDevice(`0x${"e".repeat(64)}`, { operatorOmni: foreign, actorOmni: foreign, tier: 1, roles: 7 });
    for (const op of ["cred-store", "cred-teardown", "cred-list"])
      expect(await ask({ session: master, op, body: { actor_omni: foreign } })).toMatchObject(refused(403, "device_binding_mismatch"));
    expect(await ask({ session: master, body: { actor_omni: a.actorOmni } })).toMatchObject(refused(403, "device_binding_mismatch"));
  });

  test("BRK-11 without a chain there is never a cap", async () => {
    chain.isDown = true;
    expect(await ask()).toMatchObject(refused(502, "chain_rpc_error"));
  });

  test("BRK-12 a proof by another key or for another route is refused", async () => {
    expect(await ask({ proofFor: "/v1/cap/cred-store" })).toMatchObject(refused(403, "cap_pop_invalid"));
    expect(await ask({ token: await sibling.delegation() })).toMatchObject(refused(403, "cap_pop_invalid"));
    expect(await ask({ headers: { dpop: "" } })).toMatchObject(refused(403, "cap_pop_invalid"));
  });

  test("BRK-15 there is no credential route", async () => {
    expect(await client.json("POST", `http://127.0.0.1:${server.port}/credential/fetch`, { body: {} })).toMatchObject(
      refused(404, "not_found"),
    );
  });

  test("BRK-16 the chain wins at once", async () => {
    chain.advanceEpoch();
    const { cap } = (await ask()).body as { cap: string };
    expect((await verifyCap(cap, [key.publicJwk])).k3_epoch).toBe(2);
    chain.revokeScope(a.operatorOmni, a.actorOmni);
    expect(await ask()).toMatchObject(refused(403, "service_not_in_scope"));
  });

  test("a read-only actor neither stores nor tears down", async () => {
    expect(await ask({ op: "cred-store", delegation: { readOnly: true } })).toMatchObject(refused(403, "cred_store_read_only"));
    expect(await ask({ op: "cred-teardown", delegation: { readOnly: true } })).toMatchObject(refused(403, "cred_store_read_only"));
    expect(await ask({ op: "cred-list", delegation: { readOnly: true } })).toMatchObject({ status: 200 });
  });
});

async function openStream(session: TestSession): Promise<{ events: Record<string, unknown>[]; close: () => void }> {
  const token = await session.delegation();
  const proof = await session.proof("GET", `${PUBLIC_URL}/v1/events`, token);
  const { status, body } = await client.stream(`http://127.0.0.1:${server.port}/v1/events`, {
    headers: { authorization: `DPoP ${token}`, dpop: proof },
  });
  expect(status).toBe(200);
  const events: Record<string, unknown>[] = [];
  body.on("data", (chunk: Buffer) => {
    for (const [, jws = ""] of chunk.toString().matchAll(/data: (\S+)/g))
      void verifyJws(jws, { typ: "agentkeys-event+jwt", keys: [key.publicJwk] }).then(({ payload }) => events.push(payload));
  });
  body.on("error", () => undefined);
  await settle();
  return { events, close: () => void body.destroy() };
}

describe("events", () => {
  test("a session hears a heartbeat at once, and of its own revocation alone", async () => {
    const mine = await openStream(a);
    const theirs = await openStream(sibling);
    expect(mine.events).toMatchObject([{ type: "heartbeat", seq: 1, aud: a.jkt }]);
    chain.revokeScope(a.operatorOmni, a.actorOmni);
    clock.advance(500);
    await settle();
    expect(mine.events.at(-1)).toMatchObject({ type: "drop", seq: 2, services: [serviceHash("openai")], reason: "service_not_in_scope" });
    expect(theirs.events).toHaveLength(1);
    chain.advanceEpoch();
    clock.advance(500);
    await settle();
    expect(theirs.events.at(-1)).toMatchObject({ type: "epoch", k3_epoch: 2 });
    mine.close();
    theirs.close();
  });

  test("an event is told although the chain was unreadable when it happened", async () => {
    const mine = await openStream(a);
    chain.isDown = true;
    clock.advance(500);
    await settle();
    chain.revokeDevice(a.deviceKeyHash);
    clock.advance(500);
    await settle();
    chain.isDown = false;
    clock.advance(500);
    await settle();
    expect(mine.events.at(-1)).toMatchObject({ type: "drop", reason: "device_revoked" });
    mine.close();
  });

  test("there are no heartbeats while the chain is unreadable", async () => {
    const mine = await openStream(a);
    chain.isDown = true;
    for (let step = 0; step < 4; step++) {
      clock.advance(15_000);
      await settle();
    }
    expect(mine.events.length).toBeLessThanOrEqual(2);
    expect(broker.missing()).toEqual(["chain"]);
    mine.close();
  });
});
