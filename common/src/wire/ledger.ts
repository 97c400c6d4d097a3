import { MAX_DAILY_NANO_USD, MAX_STATEMENT_CHARS } from "../budget-token/index.ts";

/**
 * POST `/v1/ledger/lease` (DPoP delegation). Amounts are integer nano-dollars and totals of the lease since it was opened, so that a
 * report told twice changes nothing. A lease that the ledger does not know is opened.
 */
export interface LeaseRequest {
  /** Budget statement; absent when nothing is wanted, only settled. */
  budget?: string;
  service: string;
  /** Made up by the sidecar, unguessable. */
  lease_id: string;
  /** Grows with every report. */
  seq: number;
  spent_nano: number;
  /** Of calls under way. */
  reserved_nano: number;
  /** Gives back what was granted beyond it. */
  keep_nano: number;
  /** More for calls that wait. */
  need_nano: number;
  /** More for calls to come, or nothing. */
  want_nano: number;
  /** The last report of the lease; what is in flight is over. */
  final: boolean;
}
export interface LeaseAnswer {
  /** Total of the lease. */
  granted_nano: number;
  /** Nothing new may begin on the lease after this; 0: open another. */
  usable_ms: number;
  /** What may still be granted to anybody. */
  left_nano: number;
  lent_elsewhere_nano: number;
  /** No other call of the binding is under way. */
  alone: boolean;
  /** UTC day the lease counts on, `YYYY-MM-DD`. */
  day: string;
}
const amount = { type: "integer", minimum: 0, maximum: MAX_DAILY_NANO_USD } as const;
const total = { type: "integer", minimum: 0, maximum: 8 * MAX_DAILY_NANO_USD } as const;
export const leaseRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["service", "lease_id", "seq", "spent_nano", "reserved_nano", "keep_nano", "need_nano", "want_nano", "final"],
  properties: {
    budget: { type: "string", maxLength: MAX_STATEMENT_CHARS },
    service: { type: "string", pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" },
    lease_id: { type: "string", pattern: "^[A-Za-z0-9_-]{16,64}$" },
    seq: { type: "integer", minimum: 1, maximum: 9_007_199_254_740_991 },
    spent_nano: total,
    reserved_nano: amount,
    keep_nano: total,
    need_nano: amount,
    want_nano: amount,
    final: { type: "boolean" },
  },
} as const;
export const leaseAnswerSchema = {
  type: "object",
  additionalProperties: true,
  required: ["granted_nano", "usable_ms", "left_nano", "lent_elsewhere_nano", "alone", "day"],
  properties: {
    granted_nano: { type: "integer", minimum: 0 },
    usable_ms: { type: "integer", minimum: 0, maximum: 86_400_000 },
    left_nano: { type: "integer", minimum: 0 },
    lent_elsewhere_nano: { type: "integer", minimum: 0 },
    alone: { type: "boolean" },
    day: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
  },
} as const;

/** POST `/v1/ledger/spend` by a master device: the day of every account of some actors. */
export interface SpendRequest {
  operator_omni: string;
  actor_omnis: string[];
}
export interface AccountSpend {
  actor_omni: string;
  service_hash: string;
  limit_nano: number;
  spent_nano: number;
  /** What earlier days overran, paid out of this one. */
  debt_nano: number;
  /** What remains of the day after debt of earlier ones. */
  left_nano: number;
}
export interface SpendAnswer {
  day: string;
  accounts: AccountSpend[];
}
/** Actors asked for at once. */
export const MOST_SPEND_ACTORS = 256;
export const spendRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["operator_omni", "actor_omnis"],
  properties: {
    operator_omni: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
    actor_omnis: { type: "array", minItems: 1, maxItems: MOST_SPEND_ACTORS, items: { type: "string", pattern: "^0x[0-9a-f]{64}$" } },
  },
} as const;
const omni = { type: "string", pattern: "^0x[0-9a-f]{64}$" } as const;
const nano = { type: "integer", minimum: 0 } as const;
export const spendAnswerSchema = {
  type: "object",
  additionalProperties: true,
  required: ["day", "accounts"],
  properties: {
    day: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    accounts: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: true,
        required: ["actor_omni", "service_hash", "limit_nano", "spent_nano", "debt_nano", "left_nano"],
        properties: { actor_omni: omni, service_hash: omni, limit_nano: nano, spent_nano: nano, debt_nano: nano, left_nano: nano },
      },
    },
  },
} as const;
