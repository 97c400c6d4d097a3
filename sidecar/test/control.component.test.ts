import { afterEach, describe, expect, test } from "@jest/globals";
import { generateSigningKey } from "@agentkeys/common/jose";
import { TEST_DOMAIN } from "@agentkeys/common/testing";
import { createTestCa } from "./proxy/certificates.ts";
import { CANARY, startReadyWorld, startWorld, type World } from "./world/index.ts";

let world: World;
afterEach(() => world.close());

const isReady = async (): Promise<boolean> => {
  await world.pass(1);
  return (await world.ready()).ready;
};

describe("enrolment of a whole sidecar", () => {
  test("logs the operator's reason, refuses every call and comes back by itself", async () => {
    world = await startWorld();
    world.operator.refusal = { status: 403, body: { error: "The binding is suspended", reason: "enrol_refused", request_id: "1" } };
    await world.until(() => world.logText().includes('"code":"enrol_refused"'));
    expect(await world.ask()).toMatchObject({ status: 503, reason: "policy_missing" });
    await world.pass(1);
    world.operator.refusal = null;
    await world.until(isReady);
    expect((await world.ask()).status).toBe(200);
  });

  test.each<[string, Parameters<typeof Object.assign>[0]]>([
    ["another pod", { pod: "pod-2" }],
    ["another namespace", { namespace: "team-b" }],
    ["another session", { sessionThumbprint: `0x${"0".repeat(64)}` }],
    ["another actor than the policy's", { actorOmni: `0x${"9".repeat(64)}` }],
    ["longer than 900 s", { expiresAt: 4_000_000_000 }],
    ["the past", { issuedAt: 1, expiresAt: 2 }],
  ])("refuses a delegation for %s", async (_what, change) => {
    world = await startWorld();
    world.operator.change = change as typeof world.operator.change;
    const before = world.operator.enrolments;
    await world.until(async () => {
      await world.pass(1);
      return world.operator.enrolments > before + 1 && world.logText().includes("enrolment failed");
    });
    expect((await world.ready()).missing).toEqual(["enrolment", "policy", "broker heartbeat"]);
    expect(world.upstream.connections()).toBe(0);
  });

  test("renews at two thirds, and keeps the old delegation to its end while the operator is away", async () => {
    world = await startReadyWorld();
    expect(world.operator.enrolments).toBe(1);
    await world.pass(595);
    expect(world.operator.enrolments).toBe(1);
    world.operator.refusal = { status: 503, body: null };
    await world.pass(10);
    expect(world.operator.enrolments).toBeGreaterThan(1);
    expect((await world.ready()).ready).toBe(true);
    await world.pass(300);
    expect((await world.ready()).missing).toContain("enrolment");
  });

  test("asks for another delegation when the broker takes it no more, ever more seldom, and goes on with one that is taken", async () => {
    world = await startReadyWorld();
    world.broker.domain = { ...TEST_DOMAIN, chainId: TEST_DOMAIN.chainId + 1 };
    world.broker.stop();
    world.broker.start();
    await world.pass(90);
    const asked = world.operator.enrolments - 1;
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(10);
    expect((await world.ready()).missing).toEqual(["broker heartbeat"]);
    world.operator.device = { ...world.operator.device, domain: world.broker.domain };
    await world.until(isReady);
    expect((await world.ask()).status).toBe(200);
  });
});

describe("the policy stream", () => {
  test("R12: garbage keeps the policy and the stream", async () => {
    world = await startReadyWorld();
    for (const data of ["{", "null", '{"policy":{},"version":"2"}']) world.operator.say("binding", data);
    await world.until(() => world.logText().split("policy refused").length === 4);
    expect(world.operator.streams).toBe(1);
    expect((await world.ask()).status).toBe(200);
    world.operator.policy = { ...world.operator.policy, version: "2", suspended: true };
    world.operator.sayPolicy();
    await world.until(async () => (await world.ask()).status === 403);
  });

  test("an operator replica that lags behind undoes no newer policy, neither with a delegation nor on a stream", async () => {
    world = await startReadyWorld();
    const granted = world.operator.policy;
    world.operator.policy = { ...granted, version: "2-b", suspended: true };
    world.operator.sayPolicy();
    await world.until(async () => (await world.ask()).status === 403);
    world.operator.policy = { ...granted, version: "1-a" };
    world.operator.sayPolicy();
    await world.until(() => world.logText().includes("policy is of an earlier generation"));
    expect((await world.ask()).status).toBe(403);
    world.operator.policy = { ...granted, version: "3-c" };
    await world.until(isReady);
    await world.until(async () => (await world.pass(1), (await world.ask()).status === 200));
  });

  test("a binding that was made anew is taken although it counts from one again", async () => {
    world = await startReadyWorld();
    const granted = world.operator.policy;
    world.operator.policy = { ...granted, version: "7-a", suspended: true };
    world.operator.sayPolicy();
    await world.until(async () => (await world.ask()).status === 403);
    world.operator.policy = { ...granted, version: "1-b" };
    world.operator.sayPolicy();
    await world.pass(75);
    await world.until(async () => (await world.ask()).status === 200);
  });

  test("a rotated authority reaches a sidecar that was started before it", async () => {
    world = await startReadyWorld();
    const next = createTestCa();
    world.operator.trustBundle = world.ca.pem + next.pem;
    world.operator.sayPolicy();
    await world.until(() => world.logText().includes("trust bundle taken"));
    world.swapTls(next);
    world.broker.stop();
    world.broker.start();
    await world.pass(310);
    await world.until(isReady);
    expect((await world.ask()).status).toBe(200);
    world.operator.trustBundle = "garbage";
    world.operator.sayPolicy();
    await world.until(() => world.logText().includes("trust bundle refused"));
  });
});

describe("the broker's keys", () => {
  test("a new key is taken without a gap in service", async () => {
    world = await startReadyWorld();
    world.broker.stop();
    world.broker.start(await generateSigningKey());
    await world.pass(40);
    expect((await world.ready()).ready).toBe(true);
    expect((await world.ask()).status).toBe(200);
  });
});

describe("what is shown", () => {
  test("a missing credential says what to run; no output holds a key (S7, C7)", async () => {
    world = await startReadyWorld();
    const seen: string[] = [];
    for (const path of ["/healthz", "/readyz", "/metrics", "/", "/debug"]) seen.push((await world.admin(path)).body);
    expect(await world.admin("/metrics", "POST")).toMatchObject({ status: 405 });
    seen.push((await world.ask()).body, (await world.admin("/metrics")).body);
    world.worker.refusal = { status: 404, body: { error: "x: run `agentkeys credential put`", reason: "no_such_credential" } };
    await world.pass(301);
    const missing = await world.ask();
    expect(missing).toMatchObject({ status: 503, reason: "no_such_credential" });
    expect(missing.body).toContain("agentkeys credential put");
    expect([...seen, missing.body, world.logText()].join("\n")).not.toContain(CANARY);
    expect(world.logText()).toContain('"type":"audit"');
  });

  test("R3: a worker that seals another service or nothing is refused", async () => {
    world = await startReadyWorld();
    for (const change of [{ service: "other" }, { credential: 1 }, { expires_at: "x" }, { version: null }]) {
      world.worker.change = change;
      expect(await world.ask()).toMatchObject({ status: 403, reason: "unauthorized" });
    }
    expect(world.upstream.connections()).toBe(0);
  });
});

describe("a worker's answer", () => {
  test("that is larger than 1 MiB is not read to its end", async () => {
    world = await startReadyWorld();
    world.worker.refusal = { status: 200, body: "x".repeat(8_000_000) };
    expect(await world.ask()).toMatchObject({ status: 503, reason: "upstream_unreachable" });
    expect(world.upstream.connections()).toBe(0);
    world.worker.refusal = null;
    expect((await world.ask()).status).toBe(200);
  });
});

describe("the end (R13)", () => {
  test("comes at its deadline although a credential is being fetched, and the call is not sent", async () => {
    world = await startReadyWorld({ drainMs: 2000 });
    world.worker.hold = new Promise(() => undefined);
    const asked = world.ask().then(
      ({ status }) => status,
      () => "cut",
    );
    await world.until(() => world.worker.fetches.length === 1);
    const stopped = world.sidecar.stop();
    await world.pass(3);
    await stopped;
    expect(["cut", 503]).toContain(await asked);
    expect(world.upstream.connections()).toBe(0);
  });

  test("a fetch and a stream under way are cut at the deadline, and readiness says why", async () => {
    world = await startReadyWorld({ drainMs: 5000 });
    world.upstream.behave((_request, response) => response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n"));
    const running = await world.stream();
    const stopped = world.sidecar.stop();
    expect((await world.ready()).missing).toEqual(["shutting down"]);
    await world.pass(5);
    await stopped;
    expect(await running.ended).toBe("cut");
  });
});
