import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { aadV2, deriveKek, openEnvelope } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { refused, World, type Ask, type Route } from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

const SECRET = "sk-canary-0123456789";

/** Neither signer nor store heard of the call. */
function expectUntouched(): void {
  expect(world.signer.calls).toEqual([]);
  expect(world.store.calls).toEqual([]);
}

describe("storing and fetching", () => {
  test("WRK-01 what was stored is fetched byte for byte, sealed to the session; the object opens with its own AAD only", async () => {
    const value = `${SECRET}\n\u0000é`;
    expect(await world.put(value)).toMatchObject({ status: 200, body: { ok: true, envelope_size: 30 + Buffer.byteLength(value) } });
    const answer = await world.call("fetch");
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    expect(await world.opened(answer)).toMatchObject({ service: "openai", credential: value, expires_at: world.clock.nowSeconds() + 300 });
    await expect(world.opened(answer, world.b)).rejects.toMatchObject({ code: "unauthorized" });
    const blob = world.store.objects.get(world.key("openai"))?.body ?? Buffer.alloc(0);
    const kek = deriveKek(Secret.of(Buffer.alloc(32, 1)), world.a.actorOmni);
    expect(openEnvelope(blob, { kek, aad: aadV2(world.a.actorOmni, "openai") }).reveal()).toBe(value);
    expect(() => openEnvelope(blob, { kek, aad: aadV2(world.a.actorOmni, "stripe") })).toThrow(
      expect.objectContaining({ code: "envelope_decrypt" }),
    );
  });

  test("a credential that was never stored is no_such_credential", async () => {
    expect(await world.call("fetch")).toMatchObject(refused(404, "no_such_credential"));
  });

  test("AWS's 403 for a missing key is not-found when the listing says so, and a refusal when it does not", async () => {
    world.store.hidesMissing = true;
    expect(await world.call("fetch")).toMatchObject(refused(404, "no_such_credential"));
    await world.put(SECRET);
    world.store.refused.add(`GET ${world.key("openai")}`);
    expect(await world.call("fetch")).toMatchObject(refused(502, "s3_get"));
    world.store.refused.add("LIST");
    expect(await world.call("fetch")).toMatchObject(refused(502, "s3_list"));
  });

  test("calls are counted by what became of them", async () => {
    await world.put(SECRET);
    await world.call("fetch");
    world.store.refused.add(`GET ${world.key("openai")}`);
    await world.call("fetch");
    world.signer.fault = new AgentKeysError("sts_refused");
    await world.call("fetch");
    const counted = await world.metrics.registry.getSingleMetric("agentkeys_creds_worker_credential_calls_total")?.get();
    expect(counted?.values.map(({ labels, value }) => [labels["op"], labels["code"], value])).toEqual([
      ["cred-store", "ok", 1],
      ["cred-fetch", "ok", 1],
      ["cred-fetch", "s3_get", 1],
      ["cred-fetch", "sts_refused", 1],
    ]);
  });

  test("an object that grows beyond its bound while it is read is refused", async () => {
    world.store.put(world.key("openai"), Buffer.of(4));
    world.store.isEndless = true;
    expect(await world.call("fetch")).toMatchObject(refused(502, "s3_get"));
  });

  test("WRK-12 a blob moved to another actor's or another service's key does not open", async () => {
    await world.put(SECRET);
    const blob = world.store.objects.get(world.key("openai"))?.body ?? Buffer.alloc(0);
    world.store.put(world.key("stripe"), blob);
    world.store.put(world.key("openai", world.b), blob);
    expect(await world.call("fetch", { service: "stripe" })).toMatchObject(refused(500, "envelope_decrypt"));
    expect(await world.call("fetch", { session: world.b })).toMatchObject(refused(500, "envelope_decrypt"));
  });

  test.each([
    ["03".padEnd(80, "0"), "envelope_unknown_version"],
    ["0401", "envelope_too_short"],
    ["", "envelope_too_short"],
  ])("a stored blob %p is %s", async (hex, reason) => {
    world.store.put(world.key("openai"), Buffer.from(hex, "hex"));
    expect(await world.call("fetch")).toMatchObject(refused(500, reason));
  });

  test("WRK-16 a blob of an earlier epoch is read with a fresh cap; what is written next carries the new one", async () => {
    await world.put(SECRET);
    world.chain.advanceEpoch();
    const answer = await world.call("fetch");
    expect(await world.opened(answer)).toMatchObject({ credential: SECRET });
    await world.put(SECRET);
    expect([...(world.store.objects.get(world.key("openai"))?.body.subarray(0, 2) ?? [])]).toEqual([4, 2]);
  });

  test("listing names the actor's own services and versions only", async () => {
    await world.put(SECRET);
    await world.put(SECRET, { service: "stripe" });
    await world.put(SECRET, { session: world.b });
    const { status, body } = await world.call("list");
    expect(status).toBe(200);
    const services = (body as { services: { service: string; version: string }[] }).services;
    expect(services.map(({ service }) => service)).toEqual(["openai", "stripe"]);
    expect(services[0]?.version).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("conditional writes", () => {
  test("create only and a stale version lose as version_conflict; the version that was read wins", async () => {
    const first = (await world.put("one", { ifVersion: null })).body as { version: string };
    expect(await world.put("two", { ifVersion: null })).toMatchObject(refused(409, "version_conflict"));
    expect(await world.put("two", { ifVersion: first.version })).toMatchObject({ status: 200 });
    expect(await world.put("three", { ifVersion: first.version })).toMatchObject(refused(409, "version_conflict"));
    expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "two" });
  });

  test("a version of an object that is gone is a conflict as well", async () => {
    expect(await world.put("one", { ifVersion: "0".repeat(32) })).toMatchObject(refused(409, "version_conflict"));
  });
});

describe("headers and proofs", () => {
  test.each([
    ["no headers at all", ["authorization", "dpop", "agentkeys-delegation"], undefined],
    ["no proof", ["dpop"], undefined],
    ["an empty proof", ["dpop"], ""],
    ["no cap", ["authorization"], undefined],
    ["an empty cap", ["authorization"], "DPoP "],
    ["a Bearer cap", ["authorization"], "Bearer x"],
    ["no delegation", ["agentkeys-delegation"], undefined],
    ["an empty delegation", ["agentkeys-delegation"], ""],
  ])("WRK-09 WRK-10 %s is 401", async (_what, names, value) => {
    const { cap, delegation } = await world.mint("fetch");
    const proof = await world.a.proof("POST", "https://worker.test/credential/fetch", cap);
    const headers: Record<string, string> = { authorization: `DPoP ${cap}`, dpop: proof, "agentkeys-delegation": delegation };
    const kept = Object.entries(headers).filter(([name]) => !names.includes(name));
    const sent = Object.fromEntries(value === undefined ? kept : [...kept, ...names.map((name) => [name, value] as const)]);
    expect(await world.send("fetch", sent, {})).toMatchObject(refused(401, "unauthorized"));
    expectUntouched();
  });

  test("a proof of another session, for another route, or used before is cap_pop_invalid", async () => {
    const minted = await world.mint("fetch");
    expect(await world.present("fetch", minted, { session: world.b })).toMatchObject(refused(403, "cap_pop_invalid"));
    expect(await world.present("fetch", minted, { proofFor: "list" })).toMatchObject(refused(403, "cap_pop_invalid"));
    expectUntouched();
    const proof = await world.a.proof("POST", "https://worker.test/credential/list", (await world.mint("list")).cap);
    const { cap, delegation } = await world.mint("list");
    const headers = { authorization: `DPoP ${cap}`, dpop: proof, "agentkeys-delegation": delegation };
    expect(await world.send("list", headers, {})).toMatchObject(refused(403, "cap_pop_invalid"));
  });

  test("a replayed proof is cap_pop_invalid", async () => {
    const { cap, delegation } = await world.mint("list");
    const dpop = await world.a.proof("POST", "https://worker.test/credential/list", cap);
    const headers = { authorization: `DPoP ${cap}`, dpop, "agentkeys-delegation": delegation };
    expect(await world.send("list", headers, {})).toMatchObject({ status: 200 });
    expect(await world.send("list", headers, {})).toMatchObject(refused(403, "cap_pop_invalid"));
  });
});

describe("caps", () => {
  test.each<[Route, Route]>([
    ["fetch", "store"],
    ["store", "fetch"],
    ["list", "teardown"],
    ["teardown", "list"],
  ])("WRK-02 a %s cap at %s is cap_op_mismatch", async (op, route) => {
    const minted = await world.mint(op);
    const body = route === "store" ? { value_b64: "c2s=" } : {};
    expect(await world.present(route, minted, { body })).toMatchObject(refused(403, "cap_op_mismatch"));
    expectUntouched();
  });

  test("WRK-03 a rightly signed cap of another data class is cap_data_class_mismatch", async () => {
    expect(await world.call("fetch", { cap: { data_class: "memory" } })).toMatchObject(refused(403, "cap_data_class_mismatch"));
    expectUntouched();
  });

  test("WRK-04 any altered field of the payload is broker_sig_invalid", async () => {
    const { cap } = await world.mint("fetch");
    const [head = "", payload = "", signature = ""] = cap.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>;
    for (const [name, value] of Object.entries(claims)) {
      const other = typeof value === "number" ? value + 1 : typeof value === "string" ? `${value.slice(0, -1)}0x` : { jkt: world.b.jkt };
      const forged = Buffer.from(JSON.stringify({ ...claims, [name]: other })).toString("base64url");
      const answer = await world.call("fetch", { alter: () => `${head}.${forged}.${signature}` });
      expect([name, answer]).toMatchObject([name, refused(403, "broker_sig_invalid")]);
    }
    expectUntouched();
  });

  test("WRK-05 a cap signed by another key is broker_sig_invalid", async () => {
    expect(await world.call("fetch", { signedBy: await generateSigningKey() })).toMatchObject(refused(403, "broker_sig_invalid"));
    expect(await world.call("fetch", { signedBy: world.a.key })).toMatchObject(refused(403, "broker_sig_invalid"));
    expectUntouched();
  });

  test("alg none, another typ and a swapped header are broker_sig_invalid", async () => {
    const header = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString("base64url");
    const { kid } = world.brokerKey;
    for (const fields of [
      { alg: "none", typ: "agentkeys-cap+jwt", kid },
      { alg: "HS256", typ: "agentkeys-cap+jwt", kid },
      { alg: "ES256", typ: "agentkeys-event+jwt", kid },
      { alg: "ES256", typ: "agentkeys-cap+jwt", kid, crit: ["b64"], b64: false },
    ]) {
      const alter = (token: string): string => [header(fields), ...token.split(".").slice(1)].join(".");
      expect(await world.call("fetch", { alter })).toMatchObject(refused(403, "broker_sig_invalid"));
    }
    expectUntouched();
  });

  test.each([
    ["expired at this second", -300, 0, 403],
    ["issued 61 s ahead", 61, 300, 403],
    ["longer-lived than a cap may be", 0, 301, 403],
    ["issued 59 s ahead", 59, 300, 404],
  ])("WRK-06 a cap %s", async (_what, issued, expires, status) => {
    const iat = world.clock.nowSeconds() + issued;
    const cap = { iat, exp: issued === 59 ? iat + 200 : world.clock.nowSeconds() + expires };
    const reason = status === 403 ? "cap_freshness_failed" : "no_such_credential";
    expect(await world.call("fetch", { cap })).toMatchObject(refused(status, reason));
  });

  test.each(["..", "a/b", "*", "x".repeat(65), "", "OpenAI", "a\0"])(
    "WRK-18 service %p is refused before any key is built",
    async (service) => {
      const answer = await world.call("fetch", { cap: { service } });
      expect(answer).toMatchObject(refused(403, "broker_sig_invalid"));
      expectUntouched();
    },
  );
});

describe("the chain decides", () => {
  const afterMinting = async (change: () => void, options: Ask = {}): Promise<object> => {
    const minted = await world.mint("fetch", options);
    change();
    return world.present("fetch", minted, options);
  };

  test("WRK-07 a device revoked after minting is device_inactive", async () => {
    expect(await afterMinting(() => world.chain.revokeDevice(world.a.deviceKeyHash))).toMatchObject(refused(403, "device_inactive"));
    expectUntouched();
  });

  test("WRK-07 a scope revoked after minting is service_not_in_scope", async () => {
    const { operatorOmni, actorOmni } = world.a;
    expect(await afterMinting(() => world.chain.revokeScope(operatorOmni, actorOmni))).toMatchObject(refused(403, "service_not_in_scope"));
    expectUntouched();
  });

  test("WRK-07 an epoch advanced after minting is k3_epoch_mismatch", async () => {
    expect(await afterMinting(() => world.chain.advanceEpoch())).toMatchObject(refused(403, "k3_epoch_mismatch"));
    expectUntouched();
  });

  test("WRK-08 a hostile broker's cap for an ungranted service is service_not_in_scope", async () => {
    expect(await world.call("fetch", { cap: { service: "github" } })).toMatchObject(refused(403, "service_not_in_scope"));
    expect(await world.call("fetch", { session: world.b, cap: { service: "stripe" } })).toMatchObject(refused(403, "service_not_in_scope"));
    expectUntouched();
  });

  test("a service granted on chain but left out of the delegation is service_not_in_scope", async () => {
    expect(await world.call("fetch", { delegation: { services: [] } })).toMatchObject(refused(403, "service_not_in_scope"));
    expectUntouched();
  });

  test("a hostile broker's cap for another actor is device_binding_mismatch, a master's fetch too", async () => {
    const cap = { actor_omni: world.b.actorOmni };
    expect(await world.call("fetch", { cap })).toMatchObject(refused(403, "device_binding_mismatch"));
    expect(await world.call("fetch", { cap, session: world.master })).toMatchObject(refused(403, "device_binding_mismatch"));
    expect(await world.call("list", { cap, session: world.master })).toMatchObject({ status: 200 });
  });

  test("another session's delegation beside the cap is device_binding_mismatch", async () => {
    const { cap } = await world.mint("fetch");
    const delegation = await world.b.delegation();
    expect(await world.present("fetch", { cap, delegation })).toMatchObject(refused(403, "device_binding_mismatch"));
    expectUntouched();
  });

  test("an expired delegation is refused though its cap is fresh", async () => {
    const now = world.clock.nowSeconds();
    expect(await world.call("fetch", { delegation: { issuedAt: now - 900, expiresAt: now } })).toMatchObject(refused(401, "unauthorized"));
    expectUntouched();
  });

  test("a read-only delegation stores and tears down nothing", async () => {
    const delegation = { readOnly: true };
    expect(await world.put(SECRET, { delegation })).toMatchObject(refused(403, "cred_store_read_only"));
    expect(await world.call("teardown", { delegation })).toMatchObject(refused(403, "cred_store_read_only"));
    expectUntouched();
  });

  test("WRK-11 an unreachable chain is 502 and the store is not touched", async () => {
    expect(await afterMinting(() => (world.chain.isDown = true))).toMatchObject(refused(502, "chain_rpc"));
    expectUntouched();
  });

  test("the checks keep their order when a cap is wrong in every way at once", async () => {
    const { operatorOmni, actorOmni, deviceKeyHash } = world.a;
    const minted = (cap: Ask["cap"] = {}, signedBy?: Ask["signedBy"]): Promise<{ cap: string; delegation: string }> =>
      world.mint("list", { cap: { k3_epoch: 9, ...cap }, ...(signedBy === undefined ? {} : { signedBy }) });
    const late = { exp: world.clock.nowSeconds(), iat: world.clock.nowSeconds() - 300 };
    const all = { ...late, data_class: "memory", dgh: "x" };
    world.chain.revokeDevice(deviceKeyHash);
    world.chain.revokeScope(operatorOmni, actorOmni);
    const other = await generateSigningKey();
    const asFetch = async (cap: Ask["cap"], options: Ask = {}, key?: Ask["signedBy"]): Promise<unknown> =>
      (await world.present("fetch", await minted(cap, key), options)).body;
    expect(await asFetch(all, { session: world.b }, other)).toMatchObject({ reason: "broker_sig_invalid" });
    expect(await asFetch(all, { session: world.b })).toMatchObject({ reason: "cap_pop_invalid" });
    expect(await asFetch(all)).toMatchObject({ reason: "cap_op_mismatch" });
    expect(await asFetch({ ...all, op: "cred-fetch" })).toMatchObject({ reason: "cap_data_class_mismatch" });
    expect(await asFetch({ ...late, op: "cred-fetch", dgh: "x" })).toMatchObject({ reason: "cap_freshness_failed" });
    expect(await asFetch({ op: "cred-fetch", dgh: "x" })).toMatchObject({ reason: "device_binding_mismatch" });
    expect(await asFetch({ op: "cred-fetch" })).toMatchObject({ reason: "device_inactive" });
    world.chain.registerDevice(deviceKeyHash, { operatorOmni, actorOmni: world.b.actorOmni, tier: 2, roles: 0 });
    expect(await asFetch({ op: "cred-fetch" })).toMatchObject({ reason: "device_binding_mismatch" });
    world.chain.registerDevice(deviceKeyHash, { operatorOmni, actorOmni, tier: 2, roles: 0 });
    expect(await asFetch({ op: "cred-fetch" })).toMatchObject({ reason: "device_role_missing" });
    world.chain.registerDevice(deviceKeyHash, { operatorOmni, actorOmni, tier: 2, roles: 1 });
    expect(await asFetch({ op: "cred-fetch" })).toMatchObject({ reason: "service_not_in_scope" });
    world.chain.setScope(operatorOmni, actorOmni, [serviceHash("openai")]);
    expect(await asFetch({ op: "cred-fetch" })).toMatchObject({ reason: "k3_epoch_mismatch" });
    expectUntouched();
  });
});

describe("the signer refuses", () => {
  test.each([
    ["k3_epoch_mismatch", 403],
    ["signer_unavailable", 502],
  ] as const)("%s is passed on and nothing is read", async (code, status) => {
    world.signer.fault = new AgentKeysError(code);
    expect(await world.call("fetch")).toMatchObject(refused(status, code));
    expect(world.store.calls).toEqual([]);
  });
});

test("bodies are checked: base64 only, no unknown keys, at most 98,304 bytes", async () => {
  for (const body of [{}, { value_b64: "%%%%" }, { value_b64: "c2s=", other: 1 }, { value_b64: "c2s=", if_version: 7 }])
    expect(await world.call("store", { body })).toMatchObject(refused(400, "invalid_input"));
  expect(await world.call("store", { body: { value_b64: "A".repeat(98_304) } })).toMatchObject(refused(413, "payload_too_large"));
  expect(await world.call("fetch", { body: { a: 1 } })).toMatchObject(refused(400, "invalid_input"));
  expect(world.store.objects.size).toBe(0);
});

test("WRK-19 logs at debug level hold no secret, session, cap or delegation", async () => {
  await world.put(SECRET);
  const minted = await world.mint("fetch");
  await world.present("fetch", minted);
  world.store.refused.add(`GET ${world.key("openai")}`);
  await world.call("fetch");
  world.signer.fault = new AgentKeysError("signer_unavailable", { cause: new TypeError("refused") });
  await world.call("fetch");
  const text = world.logged.text();
  expect(world.logged.lines.length).toBeGreaterThanOrEqual(4);
  for (const secret of [SECRET, Buffer.from(SECRET).toString("base64"), "canary-secret-key", "canary-token", minted.cap, minted.delegation])
    expect(text).not.toContain(secret);
});

test("two hundred requests, each with a client of its own, share the store's few connections", async () => {
  await world.put(SECRET);
  const session = await world.signer.session();
  for (let round = 0; round < 40; round++)
    await Promise.all(Array.from({ length: 5 }, () => world.openVaults(world.a.actorOmni, session).own.get("openai")));
  expect(world.store.calls.length).toBeGreaterThan(200);
  expect(world.store.sockets.size).toBeLessThanOrEqual(5);
});
