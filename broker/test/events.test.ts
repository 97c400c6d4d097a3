import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { CapFacts, CapQuestion } from "@agentkeys/common/chain";
import { serviceHash } from "@agentkeys/common/identity";
import { createTestSession, FakeChain, until } from "@agentkeys/common/testing";
import { createWorld, LOOPS, PUBLIC_URL, runBroker, type RunningBroker, type World } from "./running-broker.ts";

const openai = serviceHash("openai");
/** Changes after which a reader that does not read must have been cut. */
const MOST_TOLD = 10_000;
let world: World;
let running: RunningBroker;

/** A chain whose answers to cap questions can be held back. */
class GatedChain extends FakeChain {
  #gate: Promise<void> = Promise.resolve();
  asked = 0;

  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  override async capFacts(question: CapQuestion): Promise<CapFacts> {
    this.asked += 1;
    await this.#gate;
    return await super.capFacts(question);
  }
}

beforeEach(async () => {
  world = await createWorld();
  running = await runBroker(world);
});

afterEach(() => running.stop());

async function openSessions(): Promise<number> {
  const text = await running.metrics.registry.getSingleMetricAsString("agentkeys_broker_sessions");
  return Number(/^agentkeys_broker_sessions (\d+)$/m.exec(text)?.[1]);
}

/** Lets time pass once every loop and `streams` open streams wait for it. */
async function pass(ms: number, streams: number): Promise<void> {
  await until(() => world.clock.sleeping >= LOOPS + streams);
  world.clock.advance(ms);
}

describe("a stream", () => {
  test("begins with a heartbeat and beats every 15 s, signed for this session with a number and a time", async () => {
    const { a, clock } = world;
    const mine = await running.open();
    const start = clock.nowSeconds();
    expect(await mine.next()).toEqual({ type: "heartbeat", seq: 1, iat: start, aud: a.jkt });
    for (const beat of [1, 2]) {
      await pass(14_999, 1);
      await pass(1, 1);
      expect(await mine.next()).toEqual({ type: "heartbeat", seq: 1 + beat, iat: start + 15 * beat, aud: a.jkt });
    }
  });

  test("tells a session of its own revocation alone, and everybody of a new epoch", async () => {
    const { chain, a } = world;
    const [mine, theirs] = [await running.open(), await running.open(world.sibling)];
    await Promise.all([mine.next(), theirs.next()]);
    chain.revokeScope(a.operatorOmni, a.actorOmni);
    await pass(500, 2);
    expect(await mine.next()).toMatchObject({ type: "drop", seq: 2, services: [openai], reason: "service_not_in_scope" });
    chain.advanceEpoch();
    await pass(500, 2);
    expect(await theirs.next()).toMatchObject({ type: "epoch", seq: 2, k3_epoch: 2 });
    expect(await mine.next()).toMatchObject({ type: "epoch", seq: 3, k3_epoch: 2 });
  });

  test("begins with what is already out of force", async () => {
    const { chain, a } = world;
    const token = await a.delegation();
    chain.revokeDevice(a.deviceKeyHash);
    const mine = await running.open(a, token);
    expect(await mine.next()).toMatchObject({ type: "drop", seq: 1, services: [openai], reason: "device_revoked" });
    expect(await mine.next()).toMatchObject({ type: "heartbeat", seq: 2 });
  });

  test("tells of an event although the chain was unreadable when it happened", async () => {
    const { chain, a } = world;
    const mine = await running.open();
    await mine.next();
    chain.isDown = true;
    await pass(500, 1);
    chain.revokeDevice(a.deviceKeyHash);
    await pass(500, 1);
    chain.isDown = false;
    await pass(500, 1);
    expect(await mine.next()).toMatchObject({ type: "drop", seq: 2, reason: "device_revoked" });
  });

  test("has no heartbeats while the chain is unreadable for 30 s, and beats again when it is back", async () => {
    const { chain, clock } = world;
    const mine = await running.open();
    await mine.next();
    chain.isDown = true;
    await pass(15_000, 1);
    expect(await mine.next()).toMatchObject({ type: "heartbeat", seq: 2 });
    for (let beat = 0; beat < 4; beat += 1) await pass(15_000, 1);
    expect(running.broker.missing()).toEqual(["chain"]);
    await expect(running.open(world.sibling)).rejects.toThrow("502");
    chain.isDown = false;
    await pass(500, 1);
    await until(() => running.broker.missing().length === 0);
    await pass(15_000, 1);
    expect(await mine.next()).toMatchObject({ type: "heartbeat", seq: 3, iat: clock.nowSeconds() });
  });

  test("ends with its delegation, and its session is forgotten", async () => {
    const now = world.clock.nowSeconds();
    const mine = await running.open(world.a, await world.a.delegation({ expiresAt: now + 20 }));
    await mine.next();
    await pass(20_000, 1);
    await mine.ended;
    expect(await openSessions()).toBe(0);
  });

  test("is refused without a delegation and a proof of its key", async () => {
    const { a, sibling } = world;
    const [token, url] = [await a.delegation(), `${running.url}/v1/events`];
    const get = (headers: Record<string, string>): Promise<unknown> => running.client.json("GET", url, { headers });
    expect(await get({})).toMatchObject({ status: 401, body: { reason: "unauthorized" } });
    const authorization = `DPoP ${token}`;
    expect(await get({ authorization })).toMatchObject({ status: 403, body: { reason: "cap_pop_invalid" } });
    const stolen = await sibling.proof("GET", `${PUBLIC_URL}/v1/events`, token);
    expect(await get({ authorization, dpop: stolen })).toMatchObject({ status: 403, body: { reason: "cap_pop_invalid" } });
    const forCap = await a.proof("POST", `${PUBLIC_URL}/v1/cap/cred-fetch`, token);
    expect(await get({ authorization, dpop: forCap })).toMatchObject({ status: 403, body: { reason: "cap_pop_invalid" } });
    expect(await openSessions()).toBe(0);
  });

  test("is refused for a device that is not the actor's on chain, and open to it once it is", async () => {
    const { chain, clock } = world;
    const services = Array.from({ length: 64 }, (_, index) => `service-${index}`);
    const made = await createTestSession({ chain: new FakeChain(), clock, agent: "made-up", services, deviceByte: 9 });
    const ask = async (): Promise<unknown> => {
      const token = await made.delegation();
      const headers = { authorization: `DPoP ${token}`, dpop: await made.proof("GET", `${PUBLIC_URL}/v1/events`, token) };
      return running.client.json("GET", `${running.url}/v1/events`, { headers });
    };
    expect(await ask()).toMatchObject({ status: 403, body: { reason: "device_not_active" } });
    const device = { operatorOmni: made.operatorOmni, actorOmni: made.actorOmni, tier: 2, roles: 1 };
    chain.registerDevice(made.deviceKeyHash, { ...device, actorOmni: world.a.actorOmni });
    expect(await ask()).toMatchObject({ status: 403, body: { reason: "device_binding_mismatch" } });
    expect(await openSessions()).toBe(0);
    chain.registerDevice(made.deviceKeyHash, device);
    const stream = await running.open(made);
    expect(await stream.next()).toMatchObject({ type: "drop", reason: "service_not_in_scope" });
  });
});

describe("a session is not leaked", () => {
  let gated: GatedChain;

  beforeEach(async () => {
    await running.stop();
    gated = new GatedChain();
    const { clock } = world;
    const a = await createTestSession({ chain: gated, clock, agent: "a", services: ["openai"], deviceByte: 1 });
    world = { ...world, chain: gated, a };
    running = await runBroker(world);
    // Its device is known from here on: what is held back next is a session's own check.
    (await running.open()).close();
    await until(async () => (await openSessions()) === 0);
    gated.asked = 0;
  });

  test("when its client leaves before the first check finished", async () => {
    const release = gated.hold();
    const token = await world.a.delegation();
    const headers = { authorization: `DPoP ${token}`, dpop: await world.a.proof("GET", `${PUBLIC_URL}/v1/events`, token) };
    const leave = new AbortController();
    const left = running.client.stream(`${running.url}/v1/events`, { headers, signal: leave.signal }).catch(() => "left");
    await until(() => gated.asked > 0);
    expect(await openSessions()).toBe(1);
    leave.abort();
    expect(await left).toBe("left");
    const second = running.open();
    release();
    const mine = await second;
    expect(await mine.next()).toMatchObject({ type: "heartbeat" });
    await until(async () => (await openSessions()) === 1);
    mine.close();
    await until(async () => (await openSessions()) === 0);
    await until(() => world.clock.sleeping === LOOPS);
  });

  test("when the chain fails at the first check", async () => {
    const release = gated.hold();
    const opening = running.open();
    await until(() => gated.asked > 0);
    gated.isDown = true;
    release();
    await expect(opening).rejects.toThrow("502");
    expect(await openSessions()).toBe(0);
  });
});

test("a reader that does not read is cut, and the others go on", async () => {
  const { chain, clock, a } = world;
  const services = Array.from({ length: 64 }, (_, index) => `service-${index}`);
  const slow = await createTestSession({ chain, clock, agent: "slow", services, deviceByte: 7 });
  const [stuck, mine] = [await running.open(slow), await running.open(a)];
  await Promise.all([stuck.next(), mine.next()]);
  stuck.pause();
  // Each change tells the stuck reader some 7 KB, until kernel and stream hold no more of it: megabytes, a matter of seconds.
  for (let told = 0; (await openSessions()) !== 1; told += 1) {
    expect(told).toBeLessThan(MOST_TOLD);
    chain.setScope(slow.operatorOmni, slow.actorOmni, []);
    await pass(500, 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stuck.close();
  chain.advanceEpoch();
  await pass(500, 1);
  await until(async () => (await mine.next())["type"] === "epoch");
}, 60_000);
