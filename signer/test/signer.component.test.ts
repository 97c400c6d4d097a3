import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { deriveKek } from "@agentkeys/common/envelope";
import { listen } from "@agentkeys/common/http";
import { generateSigningKey, verifyJws } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { Wallet } from "ethers";
import { createMetrics } from "@agentkeys/common/metrics";
import { openK3Dir } from "../src/keys/k3.ts";
import { watchK3 } from "../src/keys/watch.ts";
import { createStsSessions } from "../src/sts/sessions.ts";
import { ISSUER, refused, World } from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

const kekOf = (epoch: number, actor: string): string =>
  deriveKek(Secret.of(Buffer.alloc(32, epoch)), actor)
    .revealBytes()
    .toString("base64");

describe("who may call", () => {
  test("no client certificate, or one of another CA, ends in the handshake: not even /healthz answers", async () => {
    for (const identity of ["none", "stranger"] as const)
      for (const path of ["/healthz", "/derive-cred-kek"])
        await expect(world.client(identity).json("GET", `${world.url}${path}`)).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  test("the broker's certificate is refused on every path, with a right cap chain too, before its body is read", async () => {
    const broker = world.client("broker");
    expect(await broker.json("GET", `${world.url}/healthz`)).toMatchObject(refused(401, "unauthorized"));
    const chain = await world.capChain("cred-fetch");
    for (const [path, body] of [
      ["/derive-cred-kek", { ...chain, k3_epoch: 1 }],
      ["/sts-credentials", chain],
      ["/verify/k10-sig", {}],
      ["/derive-cred-kek", "x".repeat(200_000)],
    ] as const)
      expect(await world.post(path, body, broker)).toMatchObject(refused(401, "unauthorized"));
    expect(world.sts.asked).toEqual([]);
  });

  test("the worker's certificate is served, and answers readiness probes", async () => {
    expect(await world.client("worker").json("GET", `${world.url}/healthz`)).toMatchObject({ status: 200 });
    expect(await world.kek("cred-fetch", { k3_epoch: 1 })).toMatchObject({ status: 200, body: { kek_b64: kekOf(1, world.a.actorOmni) } });
  });
});

describe("a cap chain stands behind every key", () => {
  test.each(["/derive-cred-kek", "/sts-credentials"])("%s without cap, delegation or proof is refused", async (path) => {
    const chain = await world.capChain("cred-fetch");
    const epoch = path === "/derive-cred-kek" ? { k3_epoch: 1 } : {};
    for (const name of ["cap", "delegation", "proof"] as const) {
      const rest = Object.fromEntries(Object.entries(chain).filter(([other]) => other !== name));
      expect(await world.post(path, { ...rest, ...epoch })).toMatchObject(refused(400, "invalid_input"));
    }
    expect(await world.post(path, { ...chain, ...epoch, cap: "x.y.z" })).toMatchObject(refused(403, "broker_sig_invalid"));
    expect(await world.post(path, { ...chain, ...epoch, proof: "x.y.z" })).toMatchObject(refused(403, "cap_pop_invalid"));
    expect(await world.post(path, { ...chain, ...epoch, delegation: await world.b.delegation() })).toMatchObject(
      refused(403, "device_binding_mismatch"),
    );
    expect(world.sts.asked).toEqual([]);
  });

  test("a stolen worker without a session key gets nothing: the proof is by another key", async () => {
    expect(await world.kek("cred-fetch", { k3_epoch: 1 }, { proofBy: world.b })).toMatchObject(refused(403, "cap_pop_invalid"));
  });

  test("a stolen broker that signs for itself gets nothing", async () => {
    const cap = { actor_omni: world.b.actorOmni };
    expect(await world.kek("cred-fetch", { k3_epoch: 1 }, { cap })).toMatchObject(refused(403, "device_binding_mismatch"));
    expect(await world.kek("cred-fetch", { k3_epoch: 1 }, { cap: { service: "stripe" } })).toMatchObject(
      refused(403, "service_not_in_scope"),
    );
    const key = await generateSigningKey();
    expect(await world.kek("cred-fetch", { k3_epoch: 1 }, { key })).toMatchObject(refused(403, "broker_sig_invalid"));
  });

  test("an expired cap, a revoked device and a revoked scope are each refused by name", async () => {
    const now = world.clock.nowSeconds();
    const late = { iat: now - 300, exp: now };
    expect(await world.kek("cred-fetch", { k3_epoch: 1 }, { cap: late })).toMatchObject(refused(403, "cap_freshness_failed"));
    world.chain.revokeScope(world.a.operatorOmni, world.a.actorOmni);
    expect(await world.kek("cred-fetch", { k3_epoch: 1 })).toMatchObject(refused(403, "service_not_in_scope"));
    world.chain.revokeDevice(world.a.deviceKeyHash);
    expect(await world.kek("cred-fetch", { k3_epoch: 1 })).toMatchObject(refused(403, "device_inactive"));
  });

  test("an unreachable chain is 502 and yields neither KEK nor session", async () => {
    const chain = await world.capChain("cred-fetch");
    world.chain.isDown = true;
    expect(await world.post("/derive-cred-kek", { ...chain, k3_epoch: 1 })).toMatchObject(refused(502, "chain_rpc"));
    expect(await world.post("/sts-credentials", chain)).toMatchObject(refused(502, "chain_rpc"));
    expect(world.sts.asked).toEqual([]);
  });
});

describe("epochs", () => {
  beforeEach(() => {
    world.chain.advanceEpoch();
    world.writeK3(2);
  });

  test("a fetch opens any epoch that was, found without a restart; a future one is refused", async () => {
    for (const epoch of [1, 2])
      expect(await world.kek("cred-fetch", { k3_epoch: epoch })).toMatchObject({ body: { kek_b64: kekOf(epoch, world.a.actorOmni) } });
    expect(await world.kek("cred-fetch", { k3_epoch: 3 })).toMatchObject(refused(403, "k3_epoch_mismatch"));
  });

  test("a store seals at the current epoch only", async () => {
    expect(await world.kek("cred-store", { k3_epoch: 2 })).toMatchObject({ status: 200 });
    for (const epoch of [1, 3]) expect(await world.kek("cred-store", { k3_epoch: epoch })).toMatchObject(refused(403, "k3_epoch_mismatch"));
  });

  test("an epoch whose K3 is not here is refused, and readiness says which file is missing", async () => {
    world.chain.advanceEpoch();
    expect(await world.kek("cred-fetch", { k3_epoch: 3 })).toMatchObject(refused(500, "k3_key_missing"));
    const { probe } = watchK3({ chain: world.chain, k3: openK3Dir(world.dir), metrics: createMetrics("signer"), clock: world.clock });
    expect(await probe()).toContain("add file 3 to k3Dir");
    world.writeK3(3);
    expect(await probe()).toBeNull();
  });

  test.each([0, 256, 1.5, "1", null])("epoch %p is malformed", async (epoch) => {
    expect(await world.kek("cred-fetch", { k3_epoch: epoch })).toMatchObject(refused(400, "invalid_input"));
  });

  test.each(["cred-list", "cred-teardown"] as const)("a %s cap yields no KEK, so that a master can list and not read", async (op) => {
    const options = { session: world.master, cap: { actor_omni: world.a.actorOmni } };
    expect(await world.kek(op, { k3_epoch: 1 }, options)).toMatchObject(refused(403, "cap_op_mismatch"));
    expect(await world.post("/sts-credentials", await world.capChain(op, options))).toMatchObject({ status: 200 });
  });
});

describe("storage sessions", () => {
  test("the token is the actor's: sub and tag are its 64 hex, ES256, five minutes; the session policy is its prefix alone", async () => {
    const answer = await world.post("/sts-credentials", await world.capChain("cred-fetch"));
    expect(answer).toMatchObject({ status: 200, body: { access_key_id: "AKIA1", session_token: "canary-token" } });
    const [asked] = world.sts.asked;
    const omni = world.a.actorOmni.slice(2);
    const { payload, header } = await verifyJws(asked?.get("WebIdentityToken") ?? "", { typ: "JWT", keys: [world.oidcKey.publicJwk] });
    expect(header["alg"]).toBe("ES256");
    expect(payload).toMatchObject({
      iss: ISSUER,
      aud: "sts.amazonaws.com",
      sub: omni,
      agentkeys_actor_omni: omni,
      "https://aws.amazon.com/tags": { principal_tags: { agentkeys_actor_omni: [omni] }, transitive_tag_keys: ["agentkeys_actor_omni"] },
    });
    expect(Number(payload["exp"]) - Number(payload["iat"])).toBe(300);
    expect(asked?.get("DurationSeconds")).toBe("900");
    const prefixes = [...(asked?.get("Policy") ?? "").matchAll(/bots\/[^"]*/g)].map(([text]) => text);
    expect(prefixes).toEqual([`bots/${omni}/credentials/*`, `bots/${omni}/credentials/*`]);
    expect(JSON.stringify(answer.body)).not.toContain("v1_wallet");
  });

  test("sessions are kept by actor and renewed five minutes before their end", async () => {
    const session = async (of = world.a): Promise<unknown> =>
      ((await world.post("/sts-credentials", await world.capChain("cred-fetch", { session: of }))).body as { access_key_id: string })
        .access_key_id;
    expect([await session(), await session(), await session(world.b)]).toEqual(["AKIA1", "AKIA1", "AKIA2"]);
    world.clock.advance(600_000);
    expect([await session(), await session(world.b)]).toEqual(["AKIA3", "AKIA4"]);
  });

  test("a kept session does not outlive its grant", async () => {
    await world.post("/sts-credentials", await world.capChain("cred-fetch"));
    world.chain.revokeScope(world.a.operatorOmni, world.a.actorOmni);
    expect(await world.post("/sts-credentials", await world.capChain("cred-fetch"))).toMatchObject(refused(403, "service_not_in_scope"));
  });

  test("a token service that says nothing is sts_refused after its time", async () => {
    const silent = await listen(() => undefined, { port: 0, host: "127.0.0.1" });
    const sts = new STSClient({ endpoint: silent.url, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
    const of = { sts, clock: world.clock, roleArn: "arn:aws:iam::123456789012:role/agentkeys", bucket: "credentials" };
    const session = createStsSessions({ ...of, mintToken: () => Promise.resolve("token"), walletOf: () => null, timeoutMs: 50 });
    await expect(session(world.a.actorOmni)).rejects.toMatchObject({ code: "sts_refused", status: 502 });
    sts.destroy();
    await silent.close(0);
  });

  test("a token service that refuses is sts_refused", async () => {
    world.sts.isRefusing = true;
    expect(await world.post("/sts-credentials", await world.capChain("cred-fetch"))).toMatchObject(refused(502, "sts_refused"));
  });
});

test("/verify/k10-sig says whose signature it is", async () => {
  const wallet = new Wallet(`0x${"11".repeat(32)}`);
  const payload = `0x${"ab".repeat(32)}`;
  const sig = await wallet.signMessage(Buffer.from(payload.slice(2), "hex"));
  const ask = (change: object): Promise<unknown> =>
    world.post("/verify/k10-sig", { device_address: wallet.address, payload, sig, ...change }).then(({ body }) => body);
  expect(await ask({})).toEqual({ valid: true });
  expect(await ask({ payload: `0x${"ac".repeat(32)}` })).toEqual({ valid: false });
  expect(await ask({ device_address: `0x${"11".repeat(20)}` })).toEqual({ valid: false });
  expect(await ask({ sig: `0x${"00".repeat(65)}` })).toEqual({ valid: false });
  expect(await ask({ sig: "0x12" })).toMatchObject({ reason: "invalid_input" });
});

describe("the public listener", () => {
  test("serves discovery and the public key, to anybody, and no other route of the signer", async () => {
    const client = world.client("none");
    const discovery = await client.json("GET", `${world.oidcUrl}/.well-known/openid-configuration`);
    expect(discovery).toMatchObject({ status: 200, body: { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks.json` } });
    expect(discovery.body).toMatchObject({ id_token_signing_alg_values_supported: ["ES256"] });
    const { body } = await client.json("GET", `${world.oidcUrl}/jwks.json`);
    expect(body).toEqual({ keys: [{ ...world.oidcKey.publicJwk, use: "sig", alg: "ES256", kid: world.oidcKey.kid }] });
    expect(Object.keys((body as { keys: object[] }).keys[0] ?? {})).not.toContain("d");
    for (const path of ["/derive-cred-kek", "/sts-credentials", "/verify/k10-sig"])
      expect(await client.json("POST", `${world.oidcUrl}${path}`, { body: {} })).toMatchObject(refused(404, "not_found"));
  });
});

test("WRK-19 logs at debug level hold no key, session, token, cap or delegation", async () => {
  const chain = await world.capChain("cred-fetch");
  const kek = (await world.post("/derive-cred-kek", { ...chain, k3_epoch: 1 })).body as { kek_b64: string };
  await world.post("/sts-credentials", chain);
  world.sts.isRefusing = true;
  await world.post("/sts-credentials", await world.capChain("cred-fetch", { session: world.b }));
  await world.post("/derive-cred-kek", { ...chain, k3_epoch: 9 });
  const tokens = world.sts.asked.map((asked) => asked.get("WebIdentityToken") ?? "");
  const text = world.logged.text();
  expect(world.logged.lines.length).toBeGreaterThanOrEqual(2);
  for (const secret of [kek.kek_b64, "canary-secret", "canary-token", chain.cap, chain.delegation, ...tokens])
    expect(text).not.toContain(secret);
});
