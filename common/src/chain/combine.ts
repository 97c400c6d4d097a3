/**
 * How what several nodes answer to one call becomes one answer. Nodes write the same thing differently: only what a caller decides by
 * is compared. Must not know who is asked, or how.
 */
import { keccak256, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult } from "ethers";

export type Reply = JsonRpcResult | JsonRpcError;

/**
 * `agreed`: what a quorum says alike. `told`: what at least a quorum knows, else nothing. `highest`: the highest number that a
 * quorum has reached. `everywhere`: handed to every node, one that takes it is enough. `first`: of the first node that answers.
 */
export type Combining = "first" | "agreed" | "told" | "highest" | "everywhere";

const COMBINING: Readonly<Record<string, Combining>> = {
  eth_sendRawTransaction: "everywhere",
  eth_getTransactionReceipt: "told",
  eth_getTransactionByHash: "told",
  eth_getTransactionCount: "highest",
  eth_call: "agreed",
  eth_estimateGas: "agreed",
  eth_getBalance: "agreed",
  eth_getCode: "agreed",
  eth_getLogs: "agreed",
};

/** JSON-RPC and rate-limit codes by which a node speaks of itself rather than of what was asked. */
const OWN_FAULTS = new Set([-32_005, -32_600, -32_601, -32_603, -32_700, 429]);

const RECEIPT = ["transactionHash", "blockHash", "blockNumber", "status", "contractAddress"];
const TRANSACTION = ["hash", "from", "to", "input", "value", "nonce"];
const LOG = ["address", "topics", "data", "blockNumber", "transactionHash", "logIndex"];

/** How the answers to a call come together; `first` where one that is well is believed. */
export function combiningOf({ method }: JsonRpcPayload, quorum: number): Combining {
  const combining = Object.hasOwn(COMBINING, method) ? COMBINING[method] : undefined;
  return combining === undefined || (combining === "agreed" && quorum === 1) ? "first" : combining;
}

/** Whether a node refuses for a reason of its own, so that another may answer. */
export function isOwnFault(reply: Reply): boolean {
  if (!("error" in reply)) return false;
  const { code, data } = reply.error as { code: number; data?: unknown };
  return data === undefined && OWN_FAULTS.has(code);
}

/** What a reply says, for comparing it with another node's. */
export function keyOfReply({ method }: JsonRpcPayload, reply: Reply): string {
  if ("error" in reply) {
    const { code, data } = reply.error as { code: number; data?: unknown };
    return `error ${lower(data ?? code)}`;
  }
  const result: unknown = reply.result;
  if (result === null) return "null";
  // Each node estimates for itself; what counts is that it goes through.
  if (method === "eth_estimateGas") return "estimate";
  if (method === "eth_getTransactionByHash") return fields(result, TRANSACTION);
  if (method === "eth_getTransactionReceipt") return `${fields(result, RECEIPT)} ${logs((result as { logs?: unknown }).logs)}`;
  return method === "eth_getLogs" ? logs(result) : lower(result);
}

/** Of replies that say the same the one that is safest to go by. */
export function pick({ method }: JsonRpcPayload, replies: readonly Reply[]): Reply {
  const isSafer = (one: Reply, than: Reply): boolean => method === "eth_estimateGas" && numberOf(one) > numberOf(than);
  return replies.reduce((best, reply) => (isSafer(reply, best) ? reply : best));
}

/** The number in a reply; NaN when it holds none. */
export function numberOf(reply: Reply): number {
  return "result" in reply && typeof reply.result === "string" ? Number(reply.result) : Number.NaN;
}

/** Hash of the signed transaction that a call hands over; null for other calls. */
export function hashOfRaw({ method, params }: JsonRpcPayload): string | null {
  const [raw] = method === "eth_sendRawTransaction" ? (params as string[]) : [];
  return raw === undefined ? null : keccak256(raw);
}

/** The hash of a transaction that a node has now, whether it says so or knew it before; else null. */
export function takenAs(call: JsonRpcPayload, reply: Reply): string | null {
  const hash = hashOfRaw(call);
  if (hash === null) return null;
  if (!("error" in reply)) return lower(reply.result) === lower(hash) ? hash : null;
  return /already known|already imported|known transaction/i.test(reply.error.message ?? "") ? hash : null;
}

function lower(value: unknown): string {
  return JSON.stringify(value ?? null).toLowerCase();
}

function fields(value: unknown, names: readonly string[]): string {
  return lower(names.map((name) => (value as Record<string, unknown>)[name] ?? null));
}

function logs(list: unknown): string {
  return Array.isArray(list) ? list.map((log) => fields(log, LOG)).join(" ") : lower(list);
}
