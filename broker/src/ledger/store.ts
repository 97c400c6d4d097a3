import type { Hex } from "@agentkeys/common/identity";
import type { Account, Held, Lease } from "../domain/ledger/index.ts";

export interface AccountName {
  operatorOmni: Hex;
  actorOmni: Hex;
  serviceHash: Hex;
}

export interface Decision<T> {
  account: Account;
  leases: readonly Lease[];
  answer: T;
}

/** Where the books are kept. Every method throws `ledger_unreachable` when it cannot say for sure that it did its work. */
export interface LedgerStore {
  /**
   * Looks at an account, one of its leases and those whose time is up, and stores what is decided, all alone with that account: when
   * the promise resolves the change survives a crash. `decide` must be pure: it may run more than once.
   */
  change<T>(of: { name: AccountName; leaseId: string; nowMs: number }, decide: (held: Held) => Decision<T>): Promise<T>;
  /** Every account of some actors of one operator. */
  read(operatorOmni: Hex, actorOmnis: readonly Hex[]): Promise<{ name: AccountName; account: Account }[]>;
  close(): Promise<void>;
}

/** Leases that expired are taken in this many at a time; the next change takes the rest. */
export const MOST_DUE = 200;
/** A lease that has ended is remembered this long, so that a report that is told again is not charged again. */
export const KEPT_DAYS = 8;
