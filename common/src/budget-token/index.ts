/**
 * Wire form of a budget statement: base64url of the canonical JSON `{message, signature}`, as that of a delegation. Decodes only;
 * whoever needs to trust one verifies it with `budget/`. Must not import an EVM library.
 */
import { AgentKeysError } from "../errors/index.ts";
import { normaliseHex32, type Hex } from "../identity/index.ts";

/** What one actor may spend on one service in a UTC day, over all its sessions. */
export interface BudgetStatement {
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
  serviceHash: Hex;
  /** Nano-dollars (10⁻⁹ US$). */
  dailyNanoUsd: number;
  /** Milliseconds. Of two statements the one with the larger value counts; it need not be a time at which anything was signed. */
  issuedAt: number;
}

/** A million dollars: sums of days stay far below what a JSON number holds exactly. */
export const MAX_DAILY_NANO_USD = 1_000_000_000_000_000;
/** Longer than any statement with its signature. */
export const MAX_STATEMENT_CHARS = 1024;

function refuse(detail: string): AgentKeysError {
  return new AgentKeysError("budget_refused", { detail });
}

/** Canonical JSON of a statement: fixed member order, no white space. */
export function encodeStatement(statement: BudgetStatement, signature: string): string {
  const { deviceKeyHash, operatorOmni, actorOmni, serviceHash, dailyNanoUsd, issuedAt } = statement;
  const message = { deviceKeyHash, operatorOmni, actorOmni, serviceHash, dailyNanoUsd, issuedAt };
  return Buffer.from(JSON.stringify({ message, signature }), "utf8").toString("base64url");
}

/** Reads a token without trusting it: shape only. Throws `budget_refused`. */
export function decodeStatement(token: string): { message: BudgetStatement; signature: string } {
  if (token.length > MAX_STATEMENT_CHARS) throw refuse("too long");
  const { message: raw, signature } = parse(token);
  if (typeof signature !== "string" || !/^0x[0-9a-f]{130}$/.test(signature)) throw refuse("signature");
  const message: BudgetStatement = {
    deviceKeyHash: hex(raw["deviceKeyHash"], "deviceKeyHash"),
    operatorOmni: hex(raw["operatorOmni"], "operatorOmni"),
    actorOmni: hex(raw["actorOmni"], "actorOmni"),
    serviceHash: hex(raw["serviceHash"], "serviceHash"),
    dailyNanoUsd: integer(raw["dailyNanoUsd"], "dailyNanoUsd", MAX_DAILY_NANO_USD),
    issuedAt: integer(raw["issuedAt"], "issuedAt", Number.MAX_SAFE_INTEGER),
  };
  if (encodeStatement(message, signature) !== token) throw refuse("not canonical");
  return { message, signature };
}

function parse(token: string): { message: Record<string, unknown>; signature: unknown } {
  try {
    const value = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as { message?: unknown; signature?: unknown } | null;
    const message = value?.message;
    if (typeof message === "object" && message !== null)
      return { message: message as Record<string, unknown>, signature: value?.signature };
  } catch {
    // refused below
  }
  throw refuse("not a token");
}

function hex(value: unknown, name: string): Hex {
  try {
    return normaliseHex32(value);
  } catch {
    throw refuse(name);
  }
}

function integer(value: unknown, name: string, most: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > most) throw refuse(name);
  return value;
}
