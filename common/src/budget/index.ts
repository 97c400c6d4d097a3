/**
 * Budget statements signed by a device key K10 with EIP-712, in the domain of delegations: who may mint for an actor says what the
 * actor may spend. Knows the EVM signature, not what was spent.
 */
import { TypedDataEncoder, verifyTypedData, SigningKey } from "ethers";
import { decodeStatement, encodeStatement, type BudgetStatement } from "../budget-token/index.ts";
import { domainOf, type DelegationDomain } from "../delegation/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import { deviceKeyHash, keyHex } from "../identity/index.ts";
import type { Secret } from "../secret/index.ts";

export { decodeStatement, MAX_DAILY_NANO_USD, MAX_STATEMENT_CHARS, type BudgetStatement } from "../budget-token/index.ts";

/** Any device key makes valid tokens, so what is remembered of them is bounded. */
const MEMO_LIMIT = 4096;

const TYPES = {
  Budget: [
    { name: "deviceKeyHash", type: "bytes32" },
    { name: "operatorOmni", type: "bytes32" },
    { name: "actorOmni", type: "bytes32" },
    { name: "serviceHash", type: "bytes32" },
    { name: "dailyNanoUsd", type: "uint64" },
    { name: "issuedAt", type: "uint64" },
  ],
};

/** Signs a statement with K10. Equal statements give equal tokens, whichever replica signs. */
export function signBudget(privateKey: Secret, domain: DelegationDomain, statement: BudgetStatement): string {
  const digest = TypedDataEncoder.hash(domainOf(domain), TYPES, statement);
  return encodeStatement(statement, new SigningKey(keyHex(privateKey)).sign(digest).serialized);
}

/** Opens tokens for one domain; the signature of a token is recovered once. Throws `budget_refused`. */
export function createBudgetOpener(domain: DelegationDomain): (token: string) => BudgetStatement {
  const verified = new Map<string, BudgetStatement>();
  return (token) => {
    const known = verified.get(token);
    if (known !== undefined) return known;
    const opened = verify(token, domain);
    const oldest = verified.keys().next();
    if (verified.size >= MEMO_LIMIT && oldest.done !== true) verified.delete(oldest.value);
    verified.set(token, opened);
    return opened;
  };
}

function verify(token: string, domain: DelegationDomain): BudgetStatement {
  const { message, signature } = decodeStatement(token);
  let address: string;
  try {
    address = verifyTypedData(domainOf(domain), TYPES, message, signature).toLowerCase();
  } catch (cause) {
    throw new AgentKeysError("budget_refused", { detail: "signature", cause });
  }
  if (deviceKeyHash(address) !== message.deviceKeyHash) throw new AgentKeysError("budget_refused", { detail: "signed by another device" });
  return message;
}
