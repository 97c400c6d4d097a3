/**
 * Leases: slices of a day that sidecars spend without asking. All figures of a lease are totals since it was opened, so that a report
 * that arrives twice, or late, changes nothing. Pure.
 */
import { charge, dayOf, leftToGrant, openDay, sum, takeLimit, untilDayEnds, type Account } from "./account.ts";

export interface Lease {
  id: string;
  day: number;
  grantedNano: number;
  spentNano: number;
  /** Of calls under way, as reported last. */
  reservedNano: number;
  seq: number;
  expiresAtMs: number;
  /** `expired`: nobody reported in time; what was reserved counts as spent until its holder says better. */
  state: "live" | "expired" | "closed";
}

/** A report of a lease's holder, and what it wants of the day. */
export interface Report {
  leaseId: string;
  seq: number;
  spentNano: number;
  reservedNano: number;
  /** The holder gives back whatever was granted beyond this. */
  keepNano: number;
  /** For calls that wait. */
  needNano: number;
  /** For calls to come: granted as a whole, and only while far more than it is left. */
  wantNano: number;
  /** The holder is done with the lease, or finds it in its journal. */
  isFinal: boolean;
}

export interface Grant {
  lease: Lease;
  /** Nothing new may begin on the lease after this; 0 for one that has ended. */
  usableMs: number;
  leftNano: number;
  /** What others hold of the day and have not spent. */
  lentElsewhereNano: number;
  /** Nobody else spends or holds anything: the holder may let one call in on less than it asked for. */
  isAlone: boolean;
}

export interface Held {
  account: Account;
  lease: Lease | null;
  /** Live leases of others whose time is up. */
  due: readonly Lease[];
}

export interface Terms {
  nowMs: number;
  leaseMs: number;
  /** Absent: nothing is granted or may be used any longer, the report is only settled. */
  statement?: { dailyNanoUsd: number; issuedAt: number };
}

/** An unasked-for slice is at most this part of what is left, so that several holders leave something for each other. */
const SHARE = 8;
/** The ledger waits longer than a holder counts on, so that no slice is ever used by two. */
const GRACE_MS = 10_000;

const outstanding = ({ state, grantedNano, spentNano }: Lease): number => (state === "live" ? Math.max(0, grantedNano - spentNano) : 0);
/** What a lease has cost as far as is known. */
const costOf = ({ state, spentNano, reservedNano }: Lease): number => spentNano + (state === "expired" ? reservedNano : 0);

/** Accounts for a lease that changed. */
function settle(account: Account, before: Lease | null, after: Lease): Account {
  const cost = costOf(after) - (before === null ? 0 : costOf(before));
  const charged = cost === 0 ? account : charge(account, after.day, cost);
  if (after.day !== account.day) return charged;
  const lent = outstanding(after) - (before === null ? 0 : outstanding(before));
  return { ...charged, lentNano: Math.max(0, sum(charged.lentNano, lent)) };
}

/** A lease nobody reported in time: what was in flight is charged in full, the rest goes back. */
function expire(lease: Lease): Lease {
  const reservedNano = Math.min(lease.reservedNano, Math.max(0, lease.grantedNano - lease.spentNano));
  return { ...lease, reservedNano, state: "expired" };
}

function applyReport(lease: Lease, report: Report): Lease {
  const isOld = report.seq <= lease.seq && !report.isFinal;
  if (isOld || (lease.state === "closed" && !report.isFinal)) return lease;
  const spentNano = Math.max(lease.spentNano, report.spentNano);
  const seq = Math.max(lease.seq, report.seq);
  if (report.isFinal) return { ...lease, spentNano, seq, reservedNano: 0, grantedNano: spentNano, state: "closed" };
  const { reservedNano } = report;
  if (lease.state === "expired") return { ...lease, spentNano, seq, reservedNano };
  // What calls overran is owed in any case: it is granted with hindsight, so that `outstanding` is what is still to come.
  const grantedNano = Math.max(Math.min(lease.grantedNano, report.keepNano), spentNano + reservedNano);
  return { ...lease, spentNano, seq, reservedNano, grantedNano };
}

function grantTo(lease: Lease, left: number, { needNano, wantNano }: Report): number {
  const needed = Math.min(needNano, Math.max(0, left));
  const extra = needed === needNano && wantNano <= (left - needed) / SHARE ? wantNano : 0;
  return lease.grantedNano + needed + extra;
}

/** Settles a report and grants what the day still has; answers the account and every lease that changed. */
export function decide(held: Held, report: Report, terms: Terms): { account: Account; leases: Lease[]; grant: Grant } {
  const { nowMs, leaseMs, statement } = terms;
  let account = openDay(held.account, Math.max(held.account.day, dayOf(nowMs)));
  if (statement !== undefined) account = takeLimit(account, statement);
  const expired = held.due.filter(({ id }) => id !== report.leaseId).map((lease) => ({ before: lease, after: expire(lease) }));
  for (const { before, after } of expired) account = settle(account, before, after);

  const fresh: Lease = {
    ...{ id: report.leaseId, day: account.day, state: "live" as const, expiresAtMs: 0 },
    ...{ grantedNano: 0, spentNano: 0, reservedNano: 0, seq: 0 },
  };
  const before = held.lease ?? fresh;
  const isRepeated = report.seq <= before.seq;
  let lease = applyReport(before, report);
  account = settle(account, held.lease, lease);
  const lentElsewhereNano = Math.max(0, account.lentNano - (lease.day === account.day ? outstanding(lease) : 0));
  const isUsable = lease.state === "live" && lease.day === account.day;
  if (isUsable && statement !== undefined && !isRepeated) {
    const grown = { ...lease, grantedNano: grantTo(lease, leftToGrant(account), report) };
    account = settle(account, lease, grown);
    lease = grown;
  }
  if (lease.state === "live") lease = { ...lease, expiresAtMs: nowMs + leaseMs + GRACE_MS };
  const usableMs = isUsable && statement !== undefined ? Math.max(0, Math.min(leaseMs, untilDayEnds(account.day, nowMs))) : 0;
  const leftNano = Math.max(0, leftToGrant(account));
  const grant = { lease, usableMs, leftNano, lentElsewhereNano, isAlone: lentElsewhereNano === 0 && lease.reservedNano === 0 };
  return { account, leases: [...expired.map(({ after }) => after), lease], grant };
}
