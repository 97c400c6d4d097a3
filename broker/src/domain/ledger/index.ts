/**
 * The ledger's rules: days, leases, charges, debt. No I/O, no clock, no randomness; must not know HTTP or where books are kept.
 */
export { dayText, leftToSpend, NEW_ACCOUNT, openDay, type Account, type PastDay } from "./account.ts";
export { dayOf } from "./account.ts";
export { decide, type Grant, type Held, type Lease, type Report, type Terms } from "./lease.ts";
