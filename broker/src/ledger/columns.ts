/** How accounts and leases lie in tables: one list for both databases. */
import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32 } from "@agentkeys/common/identity";
import type { Account, Lease } from "../domain/ledger/index.ts";
import type { AccountName } from "./store.ts";

export type Row = Readonly<Record<string, unknown>>;

const ACCOUNT = ["limit_nano", "issued_at", "day", "day_limit_nano", "spent_nano", "debt_nano", "lent_nano"] as const;
const PREVIOUS = ["previous_day", "previous_limit_nano", "previous_spent_nano", "previous_debt_nano"] as const;
const NAME = ["operator_omni", "actor_omni", "service_hash"] as const;
const LEASE_NUMBERS = ["day", "granted_nano", "spent_nano", "reserved_nano", "seq", "expires_at_ms"] as const;

export const NAME_COLUMNS: readonly string[] = NAME;
export const ACCOUNT_COLUMNS: readonly string[] = [...ACCOUNT, ...PREVIOUS];
export const LEASE_COLUMNS: readonly string[] = ["lease_id", ...LEASE_NUMBERS, "state"];

const columns = (names: readonly string[], type: string): string => names.map((name) => `${name} ${type} NOT NULL`).join(", ");

/** Statements that make the tables where they are missing; run again they change nothing. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS agentkeys_ledger_accounts (${columns(NAME, "TEXT")}, ${columns(ACCOUNT_COLUMNS, "BIGINT")}, PRIMARY KEY (${NAME.join(", ")}))`,
  `CREATE TABLE IF NOT EXISTS agentkeys_ledger_leases (${columns(NAME, "TEXT")}, lease_id TEXT NOT NULL, ${columns(LEASE_NUMBERS, "BIGINT")}, state TEXT NOT NULL, PRIMARY KEY (${NAME.join(", ")}, lease_id))`,
  `CREATE INDEX IF NOT EXISTS agentkeys_ledger_leases_due ON agentkeys_ledger_leases (${NAME.join(", ")}, expires_at_ms) WHERE state = 'live'`,
];

function number(row: Row, column: string): number {
  const value = Number(row[column]);
  if (!Number.isSafeInteger(value)) throw new AgentKeysError("ledger_unreachable", { detail: `column ${column} holds no whole number` });
  return value;
}

/** An account's values in the order of {@link ACCOUNT_COLUMNS}. */
export function accountValues({ previous, ...account }: Account): number[] {
  const { limitNano, issuedAt, day, dayLimitNano, spentNano, debtNano, lentNano } = account;
  const past = [previous.day, previous.limitNano, previous.spentNano, previous.debtNano];
  return [limitNano, issuedAt, day, dayLimitNano, spentNano, debtNano, lentNano, ...past];
}

export function accountOf(row: Row): Account {
  return {
    limitNano: number(row, "limit_nano"),
    issuedAt: number(row, "issued_at"),
    day: number(row, "day"),
    dayLimitNano: number(row, "day_limit_nano"),
    spentNano: number(row, "spent_nano"),
    debtNano: number(row, "debt_nano"),
    lentNano: number(row, "lent_nano"),
    previous: {
      day: number(row, "previous_day"),
      limitNano: number(row, "previous_limit_nano"),
      spentNano: number(row, "previous_spent_nano"),
      debtNano: number(row, "previous_debt_nano"),
    },
  };
}

/** A lease's values in the order of {@link LEASE_COLUMNS}. */
export function leaseValues({ id, day, grantedNano, spentNano, reservedNano, seq, expiresAtMs, state }: Lease): (string | number)[] {
  return [id, day, grantedNano, spentNano, reservedNano, seq, expiresAtMs, state];
}

export function leaseOf(row: Row): Lease {
  const state = row["state"];
  if (state !== "live" && state !== "expired" && state !== "closed")
    throw new AgentKeysError("ledger_unreachable", { detail: "a lease is in no state that is known" });
  return {
    id: String(row["lease_id"]),
    day: number(row, "day"),
    grantedNano: number(row, "granted_nano"),
    spentNano: number(row, "spent_nano"),
    reservedNano: number(row, "reserved_nano"),
    seq: number(row, "seq"),
    expiresAtMs: number(row, "expires_at_ms"),
    state,
  };
}

export function nameValues({ operatorOmni, actorOmni, serviceHash }: AccountName): string[] {
  return [operatorOmni, actorOmni, serviceHash];
}

export function nameOf(row: Row): AccountName {
  return {
    operatorOmni: normaliseHex32(row["operator_omni"]),
    actorOmni: normaliseHex32(row["actor_omni"]),
    serviceHash: normaliseHex32(row["service_hash"]),
  };
}
