/**
 * What one actor spent on one service, day by day (UTC). Days only go forward: a clock that steps back opens none again. Amounts
 * are integer nano-dollars.
 */
import type { BudgetStatement } from "@agentkeys/common/budget-token";

const DAY_MS = 86_400_000;
/** No sum of ours grows beyond what a number holds exactly, whatever is reported. */
const MOST_NANO = Number.MAX_SAFE_INTEGER;

/** A day that has ended: late charges still count on it. */
export interface PastDay {
  day: number;
  limitNano: number;
  spentNano: number;
  debtNano: number;
}

export interface Account {
  /** Limit of the newest statement, and its `issuedAt`; both 0 before the first. */
  limitNano: number;
  issuedAt: number;
  /** Days since 1970-01-01 UTC. */
  day: number;
  /** The most that was allowed at any time of the day: a limit that is lowered makes no debt of what was spent before. */
  dayLimitNano: number;
  spentNano: number;
  /** What earlier days overran, to be paid out of this one. */
  debtNano: number;
  /** Granted to live leases of the day and not yet spent. */
  lentNano: number;
  previous: PastDay;
}

const NEVER: PastDay = { day: 0, limitNano: 0, spentNano: 0, debtNano: 0 };
export const NEW_ACCOUNT: Account = { ...{ limitNano: 0, issuedAt: 0, dayLimitNano: 0, lentNano: 0 }, ...NEVER, previous: NEVER };

/** Adds without ever leaving what a number holds exactly. */
export function sum(left: number, right: number): number {
  return Math.min(left + right, MOST_NANO);
}

/** The UTC day of a moment, as days since 1970-01-01. */
export function dayOf(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS);
}

/** Milliseconds until a day is over. */
export function untilDayEnds(day: number, nowMs: number): number {
  return (day + 1) * DAY_MS - nowMs;
}

/** A day as `YYYY-MM-DD`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function overrun({ limitNano, spentNano, debtNano }: PastDay): number {
  return Math.max(0, sum(spentNano, debtNano) - limitNano);
}

/** The account on a later day: nothing is spent or lent yet, what was overrun is debt, less what the days between allowed. */
export function openDay(account: Account, day: number): Account {
  if (day <= account.day) return account;
  const { limitNano, dayLimitNano, spentNano, debtNano } = account;
  const ended: PastDay = { day: account.day, limitNano: dayLimitNano, spentNano, debtNano };
  const paid = (day - account.day - 1) * limitNano;
  const debt = Math.max(0, overrun(ended) - paid);
  return { ...account, day, dayLimitNano: limitNano, spentNano: 0, debtNano: debt, lentNano: 0, previous: ended };
}

/** Adds what a lease of some day cost, or takes back what had been assumed of it. */
export function charge(account: Account, day: number, amountNano: number): Account {
  if (day === account.day) return { ...account, spentNano: Math.max(0, sum(account.spentNano, amountNano)) };
  const { previous } = account;
  if (day !== previous.day) return { ...account, debtNano: Math.max(0, sum(account.debtNano, amountNano)) };
  const corrected = { ...previous, spentNano: Math.max(0, sum(previous.spentNano, amountNano)) };
  const debtNano = Math.max(0, sum(account.debtNano, overrun(corrected) - overrun(previous)));
  return { ...account, previous: corrected, debtNano };
}

/** Takes the limit of a statement that is newer than the one before; of two of the same age the lower one holds. */
export function takeLimit(account: Account, { dailyNanoUsd, issuedAt }: Pick<BudgetStatement, "dailyNanoUsd" | "issuedAt">): Account {
  if (issuedAt < account.issuedAt) return account;
  const limitNano = issuedAt === account.issuedAt ? Math.min(account.limitNano, dailyNanoUsd) : dailyNanoUsd;
  return { ...account, limitNano, issuedAt, dayLimitNano: Math.max(account.dayLimitNano, limitNano) };
}

/** What may still be granted; negative while more was spent and lent than is allowed. */
export function leftToGrant({ limitNano, spentNano, debtNano, lentNano }: Account): number {
  return limitNano - debtNano - spentNano - lentNano;
}

/** What is left of the day as people see it: money that is lent is not spent. */
export function leftToSpend({ limitNano, spentNano, debtNano }: Account): number {
  return Math.max(0, limitNano - debtNano - spentNano);
}
