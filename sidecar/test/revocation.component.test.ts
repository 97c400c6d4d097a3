import { afterEach, describe, expect, test } from "@jest/globals";
import { generateSigningKey, signJws } from "@agentkeys/common/jose";
import { EVENT_TYP } from "@agentkeys/common/wire";
import { CANARY, IDENTITY, startReadyWorld, startWorld, type World } from "./world/index.ts";

let world: World;
afterEach(() => world.close());

const revoke = (): void => world.chain.revokeScope(IDENTITY.operatorOmni, IDENTITY.actorOmni);

describe("revocation and outage", () => {
  test("drop_event_purges_within_one_in_flight_request (R5, R6)", async () => {
    world = await startReadyWorld();
    world.upstream.behave((_request, response) => response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n"));
    const running = await world.stream();
    expect(world.upstream.requests).toHaveLength(1);
    revoke();
    await world.pass(1);
    expect(await running.ended).toBe("cut");
    expect(await world.ask()).toMatchObject({ status: 403, reason: "service_not_in_scope" });
    expect(world.upstream.requests).toHaveLength(1);
    expect(await world.admin("/metrics")).toMatchObject({
      body: expect.stringContaining("agentkeys_sidecar_credentials_held 0") as unknown,
    });
  });

  test("stale_broker_serves_until_ttl_then_refuses (R2)", async () => {
    world = await startReadyWorld();
    expect((await world.ask()).status).toBe(200);
    world.broker.stop();
    await world.pass(61);
    expect((await world.ready()).missing).toEqual(["broker heartbeat"]);
    expect((await world.ask()).status).toBe(200);
    await world.pass(230);
    expect((await world.ask()).status).toBe(200);
    await world.pass(10);
    expect(await world.ask()).toMatchObject({ status: 503, reason: "broker_silent" });
    expect(world.upstream.requests).toHaveLength(3);
  });

  test("cold_start_during_broker_outage_refuses_all_proxy_requests (R1)", async () => {
    world = await startWorld({ brokerDown: true });
    await world.until(() => world.operator.streams === 1);
    expect((await world.ready()).missing).toEqual(["broker heartbeat"]);
    expect(await world.ask()).toMatchObject({ status: 503, reason: "broker_silent" });
    expect(await world.ask("/openai/v1/chat", "POST")).toMatchObject({ status: 503, reason: "broker_silent" });
    expect(world.upstream.connections()).toBe(0);
    world.broker.start();
    await world.until(async () => {
      await world.pass(1);
      return (await world.ready()).ready;
    });
    expect((await world.ask()).status).toBe(200);
  });

  test("scope_revoked_during_ttl_window_is_caught_at_refresh", async () => {
    world = await startReadyWorld();
    expect((await world.ask()).status).toBe(200);
    world.chain.mutedAfterBlock = await world.chain.blockNumber();
    revoke();
    await world.pass(200);
    expect((await world.ask()).status).toBe(200);
    await world.pass(101);
    expect(await world.ask()).toMatchObject({ status: 403, reason: "service_not_in_scope" });
    expect(world.upstream.requests).toHaveLength(2);
  });

  test("corrupted_drop_event_is_rejected_does_not_purge (R11)", async () => {
    world = await startReadyWorld();
    expect((await world.ask()).status).toBe(200);
    const [first = ""] = world.broker.frames;
    const jkt = (JSON.parse(Buffer.from(first.split(".")[1] ?? "", "base64url").toString("utf8")) as { aud: string }).aud;
    const stranger = await generateSigningKey();
    const drop = async (key = world.broker.key, change: object = {}): Promise<string> => {
      const payload = { type: "drop", services: "all", reason: "x", seq: 2, iat: world.clock.nowSeconds(), aud: jkt, ...change };
      return `event: drop\ndata: ${await signJws(key, { typ: EVENT_TYP, payload })}\n\n`;
    };
    const good = await drop();
    const refused = [
      await drop(stranger),
      await drop(undefined, { aud: "another-session" }),
      await drop(undefined, { iat: world.clock.nowSeconds() - 61 }),
      await drop(undefined, { iat: world.clock.nowSeconds() + 61 }),
      await drop(undefined, { seq: 1 }),
      await drop(undefined, { seq: "2" }),
      await drop(undefined, { services: [1] }),
      await drop(undefined, { type: "heartbeat" }),
      good.replace(/\.[\w-]+\n\n$/, ".\n\n"),
      good.replace(/.{6}\n\n$/, "AAAAAA\n\n"),
      "event: drop\ndata: {}\n\n",
      'event: drop\ndata: {"services":"all"}\n\n',
      "event: drop\ndata: a.b.c\n\n",
    ];
    for (const frame of refused) world.broker.inject(frame);
    await world.until(() => world.logText().split("broker event refused").length - 1 === refused.length);
    expect((await world.ask()).status).toBe(200);
    expect(world.worker.fetches).toEqual(["openai"]);
    world.broker.inject(good);
    await world.until(() => world.logText().includes("services dropped"));
    expect((await world.ask()).status).toBe(200);
    expect(world.worker.fetches).toEqual(["openai", "openai"]);
    expect(world.logText()).not.toContain(CANARY);
  });
});
