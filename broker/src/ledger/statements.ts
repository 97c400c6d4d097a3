/** The ledger's statements; `$1` is written by the database's own rule. */
import { ACCOUNT_COLUMNS, LEASE_COLUMNS, NAME_COLUMNS } from "./columns.ts";
import { MOST_DUE } from "./store.ts";

type Place = (index: number) => string;

const where = (place: Place): string => NAME_COLUMNS.map((name, index) => `${name} = ${place(index + 1)}`).join(" AND ");
const places = (place: Place, count: number): string => Array.from({ length: count }, (_unused, index) => place(index + 1)).join(", ");
const excluded = (columns: readonly string[]): string => columns.map((column) => `${column} = excluded.${column}`).join(", ");

/** Each takes the three parts of the account's name first. */
export interface Statements {
  /** name, account: does nothing when it is there. */
  open: string;
  /** name */
  account: string;
  /** name, lease id, now: the lease and those whose time is up. */
  leases: string;
  /** name, account */
  saveAccount: string;
  /** name, lease */
  saveLease: string;
  /** name, day: ended leases of before that day. */
  forget: string;
}

/** `lock` ends the reading of an account where rows can be locked. */
export function statementsFor(place: Place, lock: string): Statements {
  const accountColumns = [...NAME_COLUMNS, ...ACCOUNT_COLUMNS];
  const leaseColumns = [...NAME_COLUMNS, ...LEASE_COLUMNS];
  const insertAccount = `INSERT INTO agentkeys_ledger_accounts (${accountColumns.join(", ")}) VALUES (${places(place, accountColumns.length)}) ON CONFLICT (${NAME_COLUMNS.join(", ")}) DO`;
  return {
    open: `${insertAccount} NOTHING`,
    account: `SELECT * FROM agentkeys_ledger_accounts WHERE ${where(place)}${lock}`,
    leases: `SELECT * FROM agentkeys_ledger_leases WHERE ${where(place)} AND (lease_id = ${place(4)} OR (state = 'live' AND expires_at_ms <= ${place(5)})) ORDER BY CASE WHEN lease_id = ${place(4)} THEN 0 ELSE 1 END, expires_at_ms LIMIT ${MOST_DUE}`,
    saveAccount: `${insertAccount} UPDATE SET ${excluded(ACCOUNT_COLUMNS)}`,
    saveLease: `INSERT INTO agentkeys_ledger_leases (${leaseColumns.join(", ")}) VALUES (${places(place, leaseColumns.length)}) ON CONFLICT (${NAME_COLUMNS.join(", ")}, lease_id) DO UPDATE SET ${excluded(LEASE_COLUMNS)}`,
    forget: `DELETE FROM agentkeys_ledger_leases WHERE ${where(place)} AND state <> 'live' AND day < ${place(4)}`,
  };
}
