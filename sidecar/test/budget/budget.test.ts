import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningBudget } from "../../src/budget/index.ts";
import { openJournal } from "../../src/budget/journal.ts";
import type { Reservation } from "../../src/proxy/index.ts";
import { createFleet, LEASE_MS } from "./fleet.ts";

const CALL = 1_000_000;
const take = async (budget: RunningBudget | undefined, nanoUsd = CALL): Promise<Reservation> => {
  const held = await budget?.reserve("openai", nanoUsd);
  if (held === undefined) throw new TypeError("there is no such proxy");
  return held;
};
const exceeded = { code: "budget_exceeded" };
const unreachable = { code: "ledger_unreachable" };

describe("a budget", () => {
  test("asks once and then serves calls at once, while much is left", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    const second = budget.reserve("openai", CALL);
    expect(second).toBeInstanceOf(Promise);
    (await second).commit(CALL);
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (let call = 0; call < 3; call++) {
      const held = budget.reserve("openai", CALL);
      expect(held).not.toBeInstanceOf(Promise);
      (await held).commit(CALL);
    }
    await budget.report();
    expect((await fleet.account()).spentNano).toBe(5 * CALL);
  });

  test("of a busy proxy is asked for ever more rarely", async () => {
    const fleet = createFleet(100_000 * CALL);
    const budget = fleet.start();
    for (let call = 0; call < 2000; call++) (await take(budget)).commit(CALL);
    expect(fleet.asked()).toBeLessThan(40);
  });

  test("Q1: for 7 admits exactly 7 of 50 calls at once over 3 proxies", async () => {
    const fleet = createFleet(7 * CALL);
    const proxies = [fleet.start(), fleet.start(), fleet.start()];
    const calls = Array.from({ length: 50 }, (_unused, index) => take(proxies[index % 3]));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(exceeded);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") outcome.value.commit(CALL);
    await Promise.all(proxies.map((proxy) => proxy.report()));
    expect(await fleet.account()).toMatchObject({ spentNano: 7 * CALL, lentNano: 0 });
  });

  test("for 7 admits 7 one after another, whichever proxy they meet", async () => {
    const fleet = createFleet(7 * CALL);
    const proxies = [fleet.start(), fleet.start(), fleet.start()];
    for (let call = 0; call < 7; call++) (await take(proxies[call % 3])).commit(CALL);
    await Promise.all(proxies.map((proxy) => proxy.report()));
    for (const proxy of proxies) await expect(take(proxy)).rejects.toMatchObject(exceeded);
  });

  test("that is used up says when the day is over; one that calls under way hold says to come back soon", async () => {
    const fleet = createFleet(CALL);
    const [one, other] = [fleet.start(), fleet.start()];
    const held = await take(one);
    await expect(take(other)).rejects.toMatchObject({ ...exceeded, retryAfterSeconds: 5 });
    held.commit(CALL);
    await one.report();
    await expect(take(other)).rejects.toMatchObject({ ...exceeded, retryAfterSeconds: 12 * 3600 });
  });

  test("Q3: refuses without the ledger once the slice is used, and goes on when it is back", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    (await take(budget)).commit(CALL);
    await new Promise((resolve) => setTimeout(resolve, 5));
    fleet.setDown(true);
    let served = 0;
    const serveAll = async (): Promise<void> => {
      for (;;) {
        (await take(budget)).commit(CALL);
        served += 1;
      }
    };
    await expect(serveAll()).rejects.toMatchObject({ ...unreachable, retryAfterSeconds: 5 });
    expect(served).toBeGreaterThan(0);
    await budget.report();
    fleet.setDown(false);
    await budget.report();
    (await take(budget)).commit(CALL);
    await budget.report();
    expect((await fleet.account()).spentNano).toBe((served + 3) * CALL);
  });

  test("Q3: a slice ends with its time, used or not", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).release();
    (await take(budget)).release();
    fleet.setDown(true);
    fleet.clock.advance(LEASE_MS - 1);
    (await take(budget)).release();
    fleet.clock.advance(1);
    await expect(take(budget)).rejects.toMatchObject(unreachable);
  });

  test("of a service that was taken from scope is refused as the broker refuses it, and what was spent is settled", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    const [ended, underWay] = [await take(budget), await take(budget)];
    ended.commit(CALL);
    fleet.refuse("service_not_in_scope");
    await budget.report();
    await expect(take(budget)).rejects.toMatchObject({ code: "service_not_in_scope", status: 403, retryAfterSeconds: undefined });
    underWay.commit(CALL);
    for (let second = 0; second < 60; second++) {
      fleet.clock.advance(1000);
      await budget.report();
    }
    expect(await fleet.account()).toMatchObject({ spentNano: 3 * CALL, lentNano: 0 });
    expect(fleet.asked()).toBeLessThan(10);
    expect(fleet.logText()).not.toContain("will retry");
    fleet.refuse(null);
    (await take(budget)).commit(CALL);
  });

  test("of a device that was revoked is reported ever more seldom, and told at the end and when the device is back", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    fleet.refuse("device_revoked");
    for (let second = 0; second < 600; second++) {
      fleet.clock.advance(1000);
      await budget.report();
    }
    await expect(take(budget)).rejects.toMatchObject({ code: "device_revoked" });
    expect(fleet.logText().split("the ledger was not told, will retry").length - 1).toBeGreaterThan(8);
    expect(fleet.asked()).toBeLessThan(20);
    const before = fleet.asked();
    await budget.close();
    expect(fleet.asked()).toBe(before + 1);
    fleet.refuse(null);
    fleet.clock.advance(60_000);
    await budget.report();
    expect(await fleet.account()).toMatchObject({ spentNano: CALL, lentNano: 0 });
  });

  test("Q10: a clock that is set back makes no slice last longer", async () => {
    const fleet = createFleet(1000 * CALL);
    let steadyMs = 0;
    const budget = fleet.start("", () => steadyMs);
    (await take(budget)).release();
    (await take(budget)).release();
    fleet.setDown(true);
    fleet.clock.advance(-3_600_000);
    steadyMs = LEASE_MS;
    await expect(take(budget)).rejects.toMatchObject(unreachable);
  });

  test("Q10: at midnight a new day begins once; what was under way counts on the day it began", async () => {
    const fleet = createFleet(2 * CALL, Date.UTC(2026, 10, 25, 23, 59, 58) / 1000);
    const budget = fleet.start();
    const overnight = await take(budget);
    (await take(budget)).commit(CALL);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
    fleet.clock.advance(2000);
    const today = await take(budget);
    overnight.commit(CALL);
    today.commit(CALL);
    (await take(budget)).commit(CALL);
    await budget.report();
    await expect(take(budget)).rejects.toMatchObject(exceeded);
    expect(await fleet.account()).toMatchObject({ spentNano: 2 * CALL, debtNano: 0, previous: { spentNano: 2 * CALL } });
    fleet.clock.advance(-10_000);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
  });

  test("Q7: a call that asks for more than is left is let in alone; it overruns by no more than itself", async () => {
    const fleet = createFleet(10 * CALL);
    const [one, other] = [fleet.start(), fleet.start()];
    (await take(one)).commit(8 * CALL);
    await one.report();
    const large = await take(one, 50 * CALL);
    await expect(take(one, 50 * CALL)).rejects.toMatchObject(exceeded);
    await expect(take(other, 1)).rejects.toMatchObject(exceeded);
    large.commit(CALL);
    await one.report();
    // It asked for fifty and cost one: the agent was not starved, and goes on.
    const last = await take(other, 50 * CALL);
    last.commit(30 * CALL);
    await other.report();
    await expect(take(one, 1)).rejects.toMatchObject(exceeded);
    expect(await fleet.account()).toMatchObject({ spentNano: 39 * CALL });
  });

  test("Q8: what a call overran is debt: the next is refused, and the days after pay it", async () => {
    const fleet = createFleet(10 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(25 * CALL);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
    fleet.clock.advance(24 * 3_600_000);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
    expect(await fleet.account()).toMatchObject({ spentNano: 0, debtNano: 15 * CALL });
    fleet.clock.advance(24 * 3_600_000);
    (await take(budget)).commit(CALL);
  });

  test("an overrun takes nothing from calls of the same proxy that have their reservation", async () => {
    const fleet = createFleet(10 * CALL);
    const budget = fleet.start();
    const [first, second] = await Promise.all([take(budget, 5 * CALL), take(budget, 5 * CALL)]);
    first.commit(9 * CALL);
    await budget.report();
    expect(await fleet.account()).toMatchObject({ spentNano: 9 * CALL, lentNano: 5 * CALL });
    second.commit(CALL);
    await budget.report();
    expect(await fleet.account()).toMatchObject({ spentNano: 10 * CALL, lentNano: 0 });
  });

  test("Q4: a reservation ends once, whatever ends it first", async () => {
    const fleet = createFleet(2 * CALL);
    const budget = fleet.start();
    const [released, committed] = await Promise.all([take(budget), take(budget)]);
    released.release();
    released.commit(CALL);
    released.release();
    committed.commit(CALL / 2);
    committed.release();
    await budget.report();
    expect(await fleet.account()).toMatchObject({ spentNano: CALL / 2, lentNano: 0 });
    const again = await take(budget);
    again.release();
  });

  test("that is idle goes back to the ledger, and all of it at the end", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    (await take(budget)).commit(CALL);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await fleet.account()).lentNano).toBeGreaterThan(0);
    fleet.clock.advance(5000);
    await budget.report();
    expect((await fleet.account()).lentNano).toBe(0);
    (await take(budget)).commit(CALL);
    await budget.close();
    expect(await fleet.account()).toMatchObject({ spentNano: 3 * CALL, lentNano: 0 });
  });

  test("that nothing happens to is not reported again and again", async () => {
    const fleet = createFleet(1000 * CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    for (let second = 0; second < 60; second++) {
      fleet.clock.advance(1000);
      await budget.report();
    }
    expect(fleet.asked()).toBeLessThan(5);
  });

  test("whose answer was lost charges and grants once", async () => {
    const fleet = createFleet(3 * CALL);
    const budget = fleet.start();
    fleet.loseAnswer();
    await expect(take(budget)).rejects.toMatchObject(unreachable);
    const calls = await Promise.all([take(budget), take(budget), take(budget)]);
    for (const call of calls) call.commit(CALL);
    fleet.loseAnswer();
    await budget.report();
    await budget.report();
    expect(await fleet.account()).toMatchObject({ spentNano: 3 * CALL, lentNano: 0 });
  });

  test("follows a limit that is changed", async () => {
    const fleet = createFleet(CALL);
    const budget = fleet.start();
    (await take(budget)).commit(CALL);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
    fleet.limit(2 * CALL);
    (await take(budget)).commit(CALL);
    fleet.limit(CALL / 2);
    await expect(take(budget)).rejects.toMatchObject(exceeded);
  });
});

test("whatever calls cost within what they reserved, no day is overrun, every charge is in the ledger and all that is left can be used", async () => {
  const step = fc.record({
    proxy: fc.nat(2),
    nanoUsd: fc.integer({ min: 1, max: 3 * CALL }),
    costs: fc.double({ min: 0, max: 1, noNaN: true }),
    passMs: fc.constantFrom(0, 0, 100, 2000, 6000),
    ends: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const fleet = createFleet(20 * CALL);
      const proxies = [fleet.start(), fleet.start(), fleet.start()];
      let spent = 0;
      const running: { held: Reservation; cost: number }[] = [];
      for (const { proxy, nanoUsd, costs, passMs, ends } of steps) {
        const isFirst = running.length === 0;
        const held = await take(proxies[proxy], nanoUsd).catch(() => null);
        const cost = Math.floor(nanoUsd * costs);
        if (held !== null) running.push({ held, cost });
        if (ends || isFirst) {
          for (const call of running.splice(0)) {
            call.held.commit(call.cost);
            spent += call.cost;
          }
        }
        fleet.clock.advance(passMs);
        if (passMs > 0) for (const each of proxies) await each.report();
      }
      for (const call of running.splice(0)) {
        call.held.commit(call.cost);
        spent += call.cost;
      }
      fleet.clock.advance(6000);
      for (const each of proxies) await each.report();
      const account = await fleet.account();
      expect(account).toMatchObject({ spentNano: spent, lentNano: 0 });
      expect(spent).toBeLessThanOrEqual(23 * CALL);
      const left = 20 * CALL - spent;
      if (left > 0) (await take(proxies[0], left)).release();
    }),
    { numRuns: 60 },
  );
});

describe("a proxy that is killed", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "agentkeys-budget-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("charges when it is back what calls cost, and what was reserved for those under way, once", async () => {
    const fleet = createFleet(100 * CALL);
    const first = fleet.start(folder);
    (await take(first)).commit(3 * CALL);
    (await take(first)).release();
    await take(first, 5 * CALL);
    await take(first, 7 * CALL);
    const second = fleet.start(folder);
    fleet.setDown(true);
    await second.report();
    fleet.setDown(false);
    fleet.loseAnswer();
    await second.report();
    await second.report();
    expect(await fleet.account()).toMatchObject({ spentNano: 15 * CALL, lentNano: 0 });
    const third = fleet.start(folder);
    await third.report();
    (await take(third)).commit(CALL);
    await third.close();
    expect(await fleet.account()).toMatchObject({ spentNano: 16 * CALL, lentNano: 0 });
  });

  test("and comes back after the ledger gave its lease up is charged the truth, not both", async () => {
    const fleet = createFleet(100 * CALL);
    const [first, other] = [fleet.start(folder), fleet.start()];
    const held = await take(first, 10 * CALL);
    await first.report();
    fleet.clock.advance(LEASE_MS + 10_000);
    (await take(other)).commit(CALL);
    expect(await fleet.account()).toMatchObject({ spentNano: 10 * CALL });
    held.commit(4 * CALL);
    const again = fleet.start(folder);
    await Promise.all([again.report(), other.report()]);
    expect(await fleet.account()).toMatchObject({ spentNano: 5 * CALL });
  });

  test("and never comes back is charged what was reported in flight", async () => {
    const fleet = createFleet(100 * CALL);
    const [gone, other] = [fleet.start(folder), fleet.start()];
    (await take(gone)).commit(2 * CALL);
    await take(gone, 6 * CALL);
    await gone.report();
    fleet.clock.advance(LEASE_MS + 10_000);
    (await take(other)).commit(CALL);
    await other.report();
    expect((await fleet.account()).spentNano).toBe(9 * CALL);
  });

  test("while it wrote a line has not made that call", () => {
    const journal = openJournal(folder);
    journal.opened({ id: "a-lease", service: "openai", spentNano: 0 });
    journal.reserved("a-lease", 5);
    appendFileSync(join(folder, "journal"), "R 2 a-lease 70");
    expect(openJournal(folder).recovered).toEqual([{ id: "a-lease", service: "openai", spentNano: 5 }]);
  });

  test("keeps its journal small, and every figure in it", () => {
    const journal = openJournal(folder);
    journal.opened({ id: "a-lease", service: "openai", spentNano: 0 });
    journal.reserved("a-lease", 1000);
    for (let call = 0; call < 40_000; call++) journal.ended(journal.reserved("a-lease", 9), 2);
    expect(statSync(join(folder, "journal")).size).toBeLessThan(1_200_000);
    expect(openJournal(folder).recovered).toEqual([{ id: "a-lease", service: "openai", spentNano: 81_000 }]);
    expect(readFileSync(join(folder, "journal"), "utf8")).toBe("L a-lease openai 81000\n");
  });

  test("does not send a call whose reservation it could not write", async () => {
    const fleet = createFleet(100 * CALL);
    const budget = fleet.start(folder);
    (await take(budget)).commit(CALL);
    await budget.close();
    await expect(take(budget)).rejects.toMatchObject(unreachable);
  });
});
