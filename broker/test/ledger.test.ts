import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { signBudget, type BudgetStatement } from "@agentkeys/common/budget";
import { operatorOmni, serviceHash } from "@agentkeys/common/identity";
import type { HttpAnswer } from "@agentkeys/common/http";
import { Secret } from "@agentkeys/common/secret";
import { createTestSession, TEST_DOMAIN, type TestSession } from "@agentkeys/common/testing";
import type { LeaseAnswer, LeaseRequest, SpendAnswer } from "@agentkeys/common/wire";
import { createWorld, PUBLIC_URL, runBroker, type RunningBroker, type World } from "./running-broker.ts";

let world: World;
let running: RunningBroker;
let master: TestSession;

beforeAll(async () => {
  world = await createWorld();
  master = await createTestSession({ ...world, agent: "", services: [], deviceByte: 9, tier: 1 });
  running = await runBroker(world);
});
afterAll(() => running.stop());

const k10 = (byte: number): Secret => Secret.of(Buffer.alloc(32, byte));

function statementOf(session: TestSession, change: Partial<BudgetStatement> = {}, byte = 1): string {
  const { deviceKeyHash, operatorOmni: operator, actorOmni } = session;
  const own = { deviceKeyHash, operatorOmni: operator, actorOmni, serviceHash: serviceHash("openai"), dailyNanoUsd: 1000, issuedAt: 1 };
  return signBudget(k10(byte), TEST_DOMAIN, { ...own, ...change });
}

async function post(
  path: string,
  session: TestSession,
  body: unknown,
  change: { token?: string; proof?: string } = {},
): Promise<HttpAnswer> {
  const token = change.token ?? (await session.delegation());
  const dpop = change.proof ?? (await session.proof("POST", `${PUBLIC_URL}${path}`, token));
  return running.client.json("POST", `${running.url}${path}`, { body, headers: { authorization: `DPoP ${token}`, dpop } });
}

let ids = 0;
const aReport = (change: Partial<LeaseRequest> = {}): LeaseRequest => ({
  ...{ service: "openai", lease_id: `lease-number-${++ids}-0`, seq: 1, spent_nano: 0, reserved_nano: 0 },
  ...{ keep_nano: 0, need_nano: 0, want_nano: 0, final: false },
  ...change,
});
const lease = (change: Partial<LeaseRequest>, session = world.a): Promise<HttpAnswer> =>
  post("/v1/ledger/lease", session, aReport({ budget: statementOf(session), ...change }));
const outcome = ({ status, body }: HttpAnswer): string => `${status} ${(body as { reason?: string }).reason ?? ""}`;

describe("a lease", () => {
  test("is granted out of what the binding's own device signed, and settled without a statement", async () => {
    const { lease_id } = aReport();
    const answer = await lease({ lease_id, need_nano: 600 });
    expect(answer.body).toEqual({
      ...{ granted_nano: 600, usable_ms: 120_000, left_nano: 400, lent_elsewhere_nano: 0, alone: true },
      day: new Date(world.clock.nowMs()).toISOString().slice(0, 10),
    });
    const settled = await post("/v1/ledger/lease", world.a, aReport({ lease_id, seq: 2, spent_nano: 150, final: true }));
    expect(settled.body).toMatchObject({ granted_nano: 150, usable_ms: 0, left_nano: 850 });
  });

  test("of one actor takes nothing from its sibling", async () => {
    const answer = await post("/v1/ledger/lease", world.sibling, aReport({ budget: statementOf(world.sibling, {}, 2), need_nano: 1000 }));
    expect((answer.body as LeaseAnswer).granted_nano).toBe(1000);
  });

  test.each([
    ["another device", (): string => statementOf(world.sibling, {}, 2), "403 budget_refused"],
    ["another actor", (): string => statementOf(world.a, { actorOmni: world.sibling.actorOmni }), "403 budget_refused"],
    ["another service", (): string => statementOf(world.a, { serviceHash: serviceHash("github") }), "403 budget_refused"],
    ["a device that only says it is this one", (): string => statementOf(world.a, {}, 7), "403 budget_refused"],
    ["nobody", (): string => "eyJtZXNzYWdlIjp7fX0", "403 budget_refused"],
  ])("is refused with a statement of %s", async (_what, sign, expected) => {
    expect(outcome(await lease({ budget: sign(), need_nano: 1 }))).toBe(expected);
  });

  test("is refused to a session without its key, and to a body of another shape after that", async () => {
    expect(outcome(await post("/v1/ledger/lease", world.a, {}, { proof: "x" }))).toBe("403 cap_pop_invalid");
    expect(outcome(await post("/v1/ledger/lease", world.a, {}, { token: "x" }))).toBe("401 unauthorized");
    for (const change of [
      { spent_nano: -1 },
      { need_nano: 1.5 },
      { lease_id: "short" },
      { seq: 0 },
      { spent_nano: 9e15 },
      { service: "../x" },
    ])
      expect(outcome(await lease(change))).toBe("400 invalid_input");
  });

  test("is refused to a device the chain does not know, and for a service that is not in scope", async () => {
    const stranger = await createTestSession({ ...world, agent: "a", services: ["openai"], deviceByte: 5 });
    world.chain.revokeDevice(stranger.deviceKeyHash);
    expect(outcome(await lease({ budget: statementOf(stranger, {}, 5) }, stranger))).toBe("403 device_revoked");
    const budget = statementOf(world.a, { serviceHash: serviceHash("github") });
    expect(outcome(await lease({ service: "github", budget, need_nano: 1 }))).toBe("403 service_not_in_scope");
    const settling = aReport({ service: "github", spent_nano: 5, final: true });
    expect((await post("/v1/ledger/lease", world.a, settling)).status).toBe(200);
  });

  test("of a service that was taken from scope is settled with its statement too, which gives it nothing more", async () => {
    const session = await createTestSession({ ...world, agent: "c", services: ["openai"], deviceByte: 4 });
    const { lease_id } = aReport();
    const tell = (change: Partial<LeaseRequest>): Promise<HttpAnswer> =>
      lease({ lease_id, budget: statementOf(session, { dailyNanoUsd: 5000, issuedAt: 2 }, 4), ...change }, session);
    expect((await tell({ budget: statementOf(session, {}, 4), need_nano: 600 })).body).toMatchObject({ granted_nano: 600 });
    world.chain.revokeScope(session.operatorOmni, session.actorOmni);
    world.clock.advance(31_000);
    expect(outcome(await tell({ seq: 2, keep_nano: 600, need_nano: 1 }))).toBe("403 service_not_in_scope");
    expect(outcome(await tell({ seq: 3, keep_nano: 600, want_nano: 1 }))).toBe("403 service_not_in_scope");
    const settled = { granted_nano: 150, usable_ms: 0, left_nano: 850 };
    expect((await tell({ seq: 4, spent_nano: 100, reserved_nano: 50 })).body).toMatchObject(settled);
    expect((await tell({ seq: 5, spent_nano: 150, final: true })).body).toMatchObject(settled);
    const { body } = await post("/v1/ledger/spend", master, { operator_omni: session.operatorOmni, actor_omnis: [session.actorOmni] });
    expect((body as SpendAnswer).accounts).toMatchObject([{ limit_nano: 1000, spent_nano: 150 }]);
  });

  test("is refused, not guessed, while the chain cannot be read", async () => {
    world.clock.advance(31_000);
    world.chain.isDown = true;
    expect(outcome(await lease({ need_nano: 1 }))).toBe("502 chain_rpc_error");
    world.chain.isDown = false;
    expect((await lease({ need_nano: 1 })).status).toBe(200);
  });

  test("asks the chain once in half a minute, however often it reports", async () => {
    world.clock.advance(31_000);
    let reads = 0;
    const real = world.chain.capFacts.bind(world.chain);
    world.chain.capFacts = (question) => {
      reads += 1;
      return real(question);
    };
    for (let seq = 1; seq < 6; seq++) await lease({ lease_id: "a-lease-that-reports", seq });
    world.chain.capFacts = real;
    expect(reads).toBe(1);
  });
});

describe("what was spent", () => {
  test("is read for every actor by the operator's master device alone", async () => {
    const body = { operator_omni: world.a.operatorOmni, actor_omnis: [world.a.actorOmni, world.sibling.actorOmni] };
    const { body: answer } = await post("/v1/ledger/spend", master, body);
    const { accounts, day } = answer as SpendAnswer;
    expect(day).toBe(new Date(world.clock.nowMs()).toISOString().slice(0, 10));
    expect(accounts).toContainEqual({
      ...{
        actor_omni: world.a.actorOmni,
        service_hash: serviceHash("openai"),
        limit_nano: 1000,
        spent_nano: 150,
        debt_nano: 0,
        left_nano: 850,
      },
    });
    expect(accounts.filter(({ actor_omni: actor }) => actor === world.sibling.actorOmni)).toHaveLength(1);
    expect(outcome(await post("/v1/ledger/spend", world.a, body))).toBe("403 device_role_missing");
    const other = { ...body, operator_omni: operatorOmni(`0x${"9".repeat(40)}`) };
    expect(outcome(await post("/v1/ledger/spend", master, other))).toBe("403 operator_mismatch");
  });

  test("is nothing on a day on which nothing was", async () => {
    world.clock.advance(24 * 3_600_000);
    const { body } = await post("/v1/ledger/spend", master, { operator_omni: world.a.operatorOmni, actor_omnis: [world.a.actorOmni] });
    expect((body as SpendAnswer).accounts.map(({ spent_nano: spent, left_nano: left }) => [spent, left])).toContainEqual([0, 1000]);
  });

  test("is counted for people", async () => {
    const text = await running.metrics.registry.metrics();
    expect(text).toContain('agentkeys_broker_ledger_requests_total{route="lease",code="budget_refused"}');
    expect(text).toMatch(/agentkeys_broker_ledger_spent_dollars_total 3\.0\d*e-7/);
  });
});
