import { beforeEach, describe, expect, test } from "@jest/globals";
import { generateSigningKey, signJws } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { EVENT_TYP } from "@agentkeys/common/wire";
import { BrokerEvents } from "../../src/events/broker-events.ts";
import type { ServerSentEvent } from "../../src/events/sse.ts";
import { importJwks } from "../../src/session/index.ts";

const key = await generateSigningKey();
let clock: FakeClock;
/** How far the clock was set ahead of the steady one. */
let setMs: number;
let dropped: unknown[];
let events: BrokerEvents;
let known: ReturnType<typeof importJwks>;

beforeEach(() => {
  clock = new FakeClock();
  setMs = 0;
  dropped = [];
  known = importJwks({ keys: [key.publicJwk] });
  events = new BrokerEvents({
    clock,
    steadyMs: () => clock.nowMs() - setMs,
    log: captureLog().log,
    metrics: createMetrics("sidecar"),
    jkt: "me",
    keys: {
      current: () => known,
      learn: (kid) => {
        if (kid === key.kid) known = importJwks({ keys: [key.publicJwk] });
        return Promise.resolve();
      },
    },
    onDrop: (services) => dropped.push(services),
  });
});

async function say(type: string, seq: number, change: object = {}): Promise<ServerSentEvent> {
  const payload = { type, seq, iat: clock.nowSeconds(), aud: "me", ...change };
  return { event: type, data: await signJws(key, { typ: EVENT_TYP, payload }) };
}

describe("broker events", () => {
  test("R11: an old stream replayed after a reconnect neither purges nor keeps alive", async () => {
    const old = [await say("heartbeat", 1), await say("drop", 2, { services: ["0x1"] })];
    for (const event of old) expect(await events.handle(event)).toBe(true);
    clock.advance(50_000);
    events.onOpen();
    for (const event of old) expect(await events.handle(event)).toBe(false);
    expect(dropped).toEqual([["0x1"]]);
    expect(events.isLive).toBe(true);
    clock.advance(11_000);
    expect(events.isLive).toBe(false);
  });

  test("a heartbeat that was held back counts from when it was said", async () => {
    const late = await say("heartbeat", 1);
    clock.advance(59_000);
    expect(await events.handle(late)).toBe(true);
    expect(events.isLive).toBe(true);
    clock.advance(2000);
    expect(events.isLive).toBe(false);
  });

  test("a heartbeat from a clock that is ahead does not count for longer than from now", async () => {
    await events.handle(await say("heartbeat", 1, { iat: clock.nowSeconds() + 60 }));
    clock.advance(60_001);
    expect(events.isLive).toBe(false);
  });

  test("a clock that is set back keeps no silent broker alive", async () => {
    await events.handle(await say("heartbeat", 1));
    clock.advance(-3_600_000);
    setMs = -3_600_000;
    clock.advance(60_000);
    expect(events.isLive).toBe(true);
    clock.advance(1);
    expect(events.isLive).toBe(false);
  });

  test("a broker that is silent while the machine sleeps is not live after it", async () => {
    await events.handle(await say("heartbeat", 1));
    clock.advance(60_001);
    setMs = 60_001;
    expect(events.isLive).toBe(false);
  });

  test("only heartbeats keep the broker alive", async () => {
    await events.handle(await say("epoch", 1, { k3_epoch: 2 }));
    expect(events.isLive).toBe(false);
  });

  test("a gap in the numbers ends the stream, and the event that showed it still counts", async () => {
    await events.handle(await say("heartbeat", 1));
    await expect(events.handle(await say("drop", 3))).rejects.toThrow("lost on the way");
    expect(dropped).toEqual(["all"]);
  });

  test("refuses events out of order within a stream", async () => {
    const [first, second] = [await say("heartbeat", 1), await say("drop", 1)];
    expect([await events.handle(first), await events.handle(second)]).toEqual([true, false]);
    expect(dropped).toEqual([]);
  });

  test("a type it does not know takes its number and does nothing", async () => {
    expect(await events.handle(await say("surprise", 1))).toBe(true);
    expect(await events.handle(await say("rotate", 2, { service: "openai" }))).toBe(true);
    expect(dropped).toEqual([]);
  });

  test("an event by a new key is taken as soon as the key is published", async () => {
    known = [];
    expect(await events.handle(await say("heartbeat", 1))).toBe(true);
  });
});
