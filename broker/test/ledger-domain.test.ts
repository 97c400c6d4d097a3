import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  dayOf,
  decide,
  leftToSpend,
  NEW_ACCOUNT,
  openDay,
  type Account,
  type Grant,
  type Lease,
  type Report,
} from "../src/domain/ledger/index.ts";

const MIDNIGHT = Date.UTC(2026, 10, 25);
const NOON = MIDNIGHT + 12 * 3_600_000;
const LEASE_MS = 120_000;
const HOUR = 3_600_000;

/** An account with its leases, as a store keeps them. */
class Books {
  account: Account = NEW_ACCOUNT;
  readonly leases = new Map<string, Lease>();
  readonly seqs = new Map<string, number>();
  limit = 1000;
  issuedAt = 1;
  nowMs = NOON;

  report(
    leaseId: string,
    report: Partial<Report> = {},
    statement: { dailyNanoUsd: number; issuedAt: number } | null = this.statement,
  ): Grant {
    const seq = report.seq ?? (this.seqs.get(leaseId) ?? 0) + 1;
    this.seqs.set(leaseId, Math.max(seq, this.seqs.get(leaseId) ?? 0));
    const due = [...this.leases.values()].filter(
      ({ id, state, expiresAtMs }) => id !== leaseId && state === "live" && expiresAtMs <= this.nowMs,
    );
    const held = { account: this.account, lease: this.leases.get(leaseId) ?? null, due };
    const full: Report = {
      ...{ leaseId, spentNano: 0, reservedNano: 0, keepNano: Number.MAX_SAFE_INTEGER, needNano: 0, wantNano: 0, isFinal: false },
      ...report,
      seq,
    };
    const { account, leases, grant } = decide(held, full, {
      nowMs: this.nowMs,
      leaseMs: LEASE_MS,
      ...(statement === null ? {} : { statement }),
    });
    this.account = account;
    for (const lease of leases) this.leases.set(lease.id, lease);
    return grant;
  }

  get statement(): { dailyNanoUsd: number; issuedAt: number } {
    return { dailyNanoUsd: this.limit, issuedAt: this.issuedAt };
  }
}

describe("a day", () => {
  test("is UTC", () => {
    expect(dayOf(MIDNIGHT - 1) + 1).toBe(dayOf(MIDNIGHT));
    expect(dayOf(MIDNIGHT)).toBe(dayOf(MIDNIGHT + 24 * HOUR - 1));
  });

  test("begins with nothing spent, and its allowance pays what the days before overran", () => {
    const books = new Books();
    books.report("a", { needNano: 1000 });
    books.report("a", { spentNano: 2500, isFinal: true });
    expect(openDay(books.account, dayOf(NOON) + 1)).toMatchObject({ spentNano: 0, debtNano: 1500, lentNano: 0 });
    expect(openDay(books.account, dayOf(NOON) + 2)).toMatchObject({ debtNano: 500 });
    expect(openDay(books.account, dayOf(NOON) + 3)).toMatchObject({ debtNano: 0 });
  });

  test("Q10: is opened once: a clock that steps back gives no second allowance, forth or back", () => {
    const books = new Books();
    books.nowMs = MIDNIGHT + 1000;
    expect(books.report("a", { needNano: 1000 }).lease.grantedNano).toBe(1000);
    books.report("a", { spentNano: 1000, isFinal: true });
    books.nowMs = MIDNIGHT - 5000;
    expect(books.report("b", { needNano: 1 }).lease.grantedNano).toBe(0);
    books.nowMs = MIDNIGHT + 5000;
    expect(books.report("c", { needNano: 1 }).lease.grantedNano).toBe(0);
  });

  test("Q10: that ends leaves a lease nothing to begin on, and its late charges count on the day it was", () => {
    const books = new Books();
    books.nowMs = MIDNIGHT + 24 * HOUR - 5000;
    expect(books.report("a", { needNano: 600 }).usableMs).toBe(5000);
    books.report("a", { reservedNano: 600 });
    books.nowMs += 10_000;
    expect(books.report("b", { needNano: 1000 }).lease.grantedNano).toBe(1000);
    const late = books.report("a", { spentNano: 500, reservedNano: 100, needNano: 50 });
    expect([late.usableMs, late.lease.grantedNano, late.lease.state]).toEqual([0, 600, "live"]);
    expect(books.account).toMatchObject({ spentNano: 0, debtNano: 0, previous: { spentNano: 500 } });
    books.report("a", { spentNano: 1300, isFinal: true });
    expect(books.account).toMatchObject({ spentNano: 0, debtNano: 300, previous: { spentNano: 1300 } });
  });
});

describe("a lease", () => {
  test("is granted what calls need while it is there, and never more than is left", () => {
    const books = new Books();
    expect(books.report("a", { needNano: 600 })).toMatchObject({ lease: { grantedNano: 600 }, leftNano: 400, isAlone: true });
    expect(books.report("b", { needNano: 600 })).toMatchObject({
      lease: { grantedNano: 400 },
      leftNano: 0,
      lentElsewhereNano: 600,
      isAlone: false,
    });
  });

  test("takes nothing for calls to come unless far more than it is left", () => {
    const books = new Books();
    expect(books.report("a", { needNano: 100, wantNano: 112 }).lease.grantedNano).toBe(212);
    expect(books.report("b", { needNano: 100, wantNano: 112 }).lease.grantedNano).toBe(100);
  });

  test("that reports twice, late or out of order is charged once", () => {
    const books = new Books();
    books.report("a", { needNano: 500 });
    books.report("a", { seq: 3, spentNano: 300 });
    books.report("a", { seq: 3, spentNano: 300 });
    books.report("a", { seq: 2, spentNano: 100, needNano: 500 });
    expect(books.account).toMatchObject({ spentNano: 300, lentNano: 200 });
    books.report("a", { spentNano: 350, isFinal: true });
    books.report("a", { spentNano: 350, isFinal: true });
    expect(books.account).toMatchObject({ spentNano: 350, lentNano: 0 });
    expect(books.report("a", { spentNano: 350, needNano: 10 })).toMatchObject({
      usableMs: 0,
      lease: { grantedNano: 350, state: "closed" },
    });
  });

  test("whose answer was lost gets the same answer again", () => {
    const books = new Books();
    const first = books.report("a", { seq: 1, needNano: 500 });
    const again = books.report("a", { seq: 1, needNano: 500 });
    expect(again.lease.grantedNano).toBe(first.lease.grantedNano);
    expect(books.account.lentNano).toBe(500);
  });

  test("gives back what it does not keep, and never what is in flight", () => {
    const books = new Books();
    books.report("a", { needNano: 500 });
    expect(books.report("a", { spentNano: 100, reservedNano: 200, keepNano: 0 }).lease.grantedNano).toBe(300);
    expect(books.account.lentNano).toBe(200);
  });

  test("nobody reports in time is charged what was in flight, until its holder says what it was", () => {
    const books = new Books();
    books.report("a", { needNano: 500 });
    books.report("a", { spentNano: 100, reservedNano: 200 });
    books.nowMs += LEASE_MS + 10_000;
    expect(books.report("b", { needNano: 1000 }).lease.grantedNano).toBe(700);
    expect(books.account).toMatchObject({ spentNano: 300, lentNano: 700 });
    books.report("a", { spentNano: 150, isFinal: true }, null);
    expect(books.account).toMatchObject({ spentNano: 150 });
    books.report("a", { spentNano: 150, isFinal: true }, null);
    expect(books.account).toMatchObject({ spentNano: 150 });
  });

  test("is not taken away before its holder stopped counting on it", () => {
    const books = new Books();
    books.report("a", { needNano: 1000 });
    books.nowMs += LEASE_MS + 9_999;
    expect(books.report("b", { needNano: 1 }).lease.grantedNano).toBe(0);
  });

  test("that lived on while the ledger gave it up has its calls charged as they end", () => {
    const books = new Books();
    books.report("a", { needNano: 500 });
    books.report("a", { reservedNano: 500 });
    books.nowMs += LEASE_MS + 10_000;
    books.report("b");
    expect(books.account.spentNano).toBe(500);
    expect(books.report("a", { spentNano: 80, reservedNano: 200 })).toMatchObject({ usableMs: 0, lease: { state: "expired" } });
    expect(books.account.spentNano).toBe(280);
  });

  test("the ledger does not know is taken at its word: its charges are not lost", () => {
    const books = new Books();
    books.report("a", { seq: 40, spentNano: 700, isFinal: true });
    expect(books.report("b", { needNano: 1000 }).lease.grantedNano).toBe(300);
  });

  test("Q8: that overran owes it: nothing is granted before others' money", () => {
    const books = new Books();
    books.report("a", { needNano: 900 });
    books.report("a", { spentNano: 1200 });
    expect(books.report("a", { spentNano: 1200, needNano: 1 })).toMatchObject({ lease: { grantedNano: 1200 }, leftNano: 0 });
    expect(leftToSpend(books.account)).toBe(0);
  });
});

describe("a limit", () => {
  test("is that of the newest statement: no old one and no replay raises it", () => {
    const books = new Books();
    books.report("a", {}, { dailyNanoUsd: 100, issuedAt: 5 });
    books.report("a", {}, { dailyNanoUsd: 9999, issuedAt: 4 });
    expect(books.account.limitNano).toBe(100);
    books.report("a", {}, { dailyNanoUsd: 9999, issuedAt: 5 });
    expect(books.account.limitNano).toBe(100);
    books.report("a", {}, { dailyNanoUsd: 200, issuedAt: 6 });
    expect(books.account.limitNano).toBe(200);
  });

  test("that is lowered below what was spent grants nothing and makes no debt", () => {
    const books = new Books();
    books.report("a", { needNano: 900 });
    books.report("a", { spentNano: 900 }, { dailyNanoUsd: 100, issuedAt: 2 });
    expect(books.report("a", { spentNano: 900, needNano: 10 }, { dailyNanoUsd: 100, issuedAt: 2 }).leftNano).toBe(0);
    expect(openDay(books.account, books.account.day + 1).debtNano).toBe(0);
  });

  test("is none without a statement: nothing is granted", () => {
    expect(new Books().report("a", { needNano: 10, wantNano: 10 }, null).lease.grantedNano).toBe(0);
  });
});

test("whatever happens, what holders may spend and have spent is within the day, and the books add up", () => {
  const step = fc.record({
    lease: fc.constantFrom("a", "b", "c", "d"),
    spend: fc.integer({ min: 0, max: 100 }),
    reserve: fc.integer({ min: 0, max: 100 }),
    need: fc.integer({ min: 0, max: 400 }),
    want: fc.integer({ min: 0, max: 400 }),
    keep: fc.boolean(),
    final: fc.boolean(),
    repeat: fc.boolean(),
    passMs: fc.constantFrom(0, 1000, LEASE_MS / 2, LEASE_MS + 10_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const books = new Books();
      const holders = new Map<string, { granted: number; spent: number; id: string }>();
      let count = 0;
      let spentTruly = 0;
      for (const { lease, spend, reserve, need, want, keep, final, repeat, passMs } of steps) {
        const holder = holders.get(lease) ?? { granted: 0, spent: 0, id: `${lease}${++count}` };
        holders.set(lease, holder);
        // An honest holder spends and reserves within what it was granted, and is never late.
        const cost = Math.min(spend, holder.granted - holder.spent);
        holder.spent += cost;
        spentTruly += cost;
        const reservedNano = final ? 0 : Math.min(reserve, holder.granted - holder.spent);
        const report = {
          ...{ spentNano: holder.spent, reservedNano, keepNano: keep ? holder.granted : holder.spent + reservedNano },
          ...{ needNano: need, wantNano: want, isFinal: final },
        };
        let grant = books.report(holder.id, report);
        if (repeat) grant = books.report(holder.id, { ...report, seq: books.seqs.get(holder.id) ?? 0 });
        holder.granted = grant.lease.grantedNano;
        if (final || grant.usableMs === 0) holders.delete(lease);
        for (const other of holders.values())
          if (passMs > 1000) books.report(other.id, { spentNano: other.spent, keepNano: other.granted });
        books.nowMs += passMs > 1000 ? 0 : passMs;
        const outstanding = [...books.leases.values()].reduce(
          (sum, { state, grantedNano, spentNano }) => sum + (state === "live" ? grantedNano - spentNano : 0),
          0,
        );
        expect(books.account.lentNano).toBe(outstanding);
        expect(books.account.spentNano).toBe(spentTruly);
        expect(books.account.spentNano + books.account.lentNano).toBeLessThanOrEqual(1000);
      }
    }),
    { numRuns: 300 },
  );
});
