import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { verifyCap } from "@agentkeys/common/cap";
import { until } from "@agentkeys/common/testing";
import { createWorld, LOOPS, PUBLIC_URL, runBroker, type RunningBroker, type World } from "./running-broker.ts";

let world: World;
let one: RunningBroker;
let two: RunningBroker;

beforeEach(async () => {
  world = await createWorld();
  one = await runBroker(world);
  two = await runBroker(world);
});

afterEach(async () => {
  await one.stop();
  await two.stop();
});

test("each of two replicas mints caps that the other's key set verifies", async () => {
  for (const [minting, other] of [
    [one, two],
    [two, one],
  ] as const) {
    const { body } = await other.client.json("GET", `${other.url}/.well-known/jwks.json`);
    const { keys } = body as { keys: Parameters<typeof verifyCap>[1] };
    expect(keys[0]).not.toHaveProperty("d");
    const { cap } = (await minting.ask()).body as { cap: string };
    expect(await verifyCap(cap, keys)).toMatchObject({ actor_omni: world.a.actorOmni });
  }
});

test("a session hears of its revocation at whichever replica it is, and goes on at the other when one is gone", async () => {
  const [here, there] = [await one.open(world.a), await two.open(world.sibling)];
  await Promise.all([here.next(), there.next()]);
  await one.stop();
  await here.ended;
  const again = await two.open(world.a);
  expect(await again.next()).toMatchObject({ type: "heartbeat", seq: 1 });
  world.chain.revokeDevice(world.a.deviceKeyHash);
  await until(() => world.clock.sleeping >= LOOPS + 2);
  world.clock.advance(500);
  expect(await again.next()).toMatchObject({ type: "drop", seq: 2, reason: "device_revoked" });
});

test("a proof is good once at each replica, for the same caller and call alone", async () => {
  const token = await world.a.delegation();
  const proof = await world.a.proof("POST", `${PUBLIC_URL}/v1/cap/cred-fetch`, token);
  expect(await one.ask({ token, proof })).toMatchObject({ status: 200 });
  expect(await one.ask({ token, proof })).toMatchObject({ status: 403, body: { reason: "cap_pop_invalid" } });
  expect(await two.ask({ token, proof })).toMatchObject({ status: 200 });
});

test("/readyz names the chain while it is missing, /healthz stays well", async () => {
  const get = (path: string): Promise<unknown> => one.client.json("GET", `${one.adminUrl}${path}`);
  expect(await get("/readyz")).toMatchObject({ status: 200, body: { ready: true, missing: [] } });
  world.chain.isDown = true;
  world.clock.advance(30_000);
  expect(await get("/readyz")).toMatchObject({ status: 503, body: { ready: false, missing: ["chain"] } });
  expect(await get("/healthz")).toMatchObject({ status: 200 });
});
