import { JsonRpcProvider, keccak256, Network, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult } from "ethers";
import { RpcFault } from "./rpc-fault.ts";
import { RpcPool, type RpcCall, type RpcNode, type RpcPoolOptions } from "./rpc-pool.ts";

const ANVIL_CHAIN_ID = 31337;
/** Calls whose answer depends on which block the node has seen. */
const DEPENDS_ON_HEAD = new Set(["eth_call", "eth_estimateGas", "eth_getTransactionCount", "eth_getBalance", "eth_getCode", "eth_getLogs"]);
/** JSON-RPC and rate-limit codes by which a node speaks of itself rather than of what was asked. */
const OWN_FAULTS = new Set([-32_005, -32_600, -32_601, -32_603, -32_700, 429]);

export type FailoverOptions = Omit<RpcPoolOptions, "probe">;
type Reply = JsonRpcResult | JsonRpcError;

function isOwnFault(reply: Reply): boolean {
  if (!("error" in reply)) return false;
  const { code, data } = reply.error as { code: number; data?: unknown };
  return data === undefined && OWN_FAULTS.has(code);
}

/** A node that took a transaction from another, or from us before it fell silent, refuses it as known: it has it, which was wanted. */
function alreadyKnown(payload: JsonRpcPayload | JsonRpcPayload[], replies: readonly Reply[]): JsonRpcResult[] | null {
  const call = Array.isArray(payload) ? payload[0] : payload;
  const [reply] = replies;
  if (call?.method !== "eth_sendRawTransaction" || reply === undefined || !("error" in reply)) return null;
  if (!/already known|already imported|known transaction/i.test(reply.error.message ?? "")) return null;
  const [raw] = call.params as string[];
  return raw === undefined ? null : [{ id: reply.id, result: keccak256(raw) }];
}

/**
 * An ethers provider over all RPC URLs of a chain: what one of them cannot answer goes to the next. A refusal of the chain
 * itself, as a revert, is an answer. After {@link seen} no node counts that has not seen that block.
 */
export class FailoverProvider extends JsonRpcProvider {
  readonly #pool: RpcPool;
  readonly #heads = new Map<number, number>();
  #floor = 0;

  constructor(options: FailoverOptions) {
    const network = Network.from(options.chainId);
    const pollingInterval = options.chainId === ANVIL_CHAIN_ID ? 100 : 2000;
    super(undefined, network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval });
    this.#pool = new RpcPool({ ...options, probe: ({ provider }) => provider.send("eth_blockNumber", []) });
  }

  /** Reads from now on come from nodes that have this block: what was written is seen. */
  seen(block: number): void {
    this.#floor = Math.max(this.#floor, block);
  }

  /** The answers of every node that is well, of all when those are fewer than `least`; and what the others did wrong. */
  async all<T>(least: number, call: RpcCall<T>): Promise<{ answers: T[]; faults: unknown[] }> {
    const settled = await Promise.allSettled(this.#pool.nodes(least).map((node) => this.#pool.ask(node, call)));
    return {
      answers: settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])),
      faults: settled.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : [])),
    };
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    let refusal: JsonRpcResult[] | undefined;
    try {
      return await this.#pool.first(async (node) => {
        const methods = (Array.isArray(payload) ? payload : [payload]).map(({ method }) => method);
        if (methods.some((method) => DEPENDS_ON_HEAD.has(method))) await this.#assertSeen(node);
        const replies = await node.provider._send(payload);
        const known = alreadyKnown(payload, replies);
        if (known !== null) return known;
        const own = (replies as Reply[]).find(isOwnFault);
        if (own === undefined) return replies;
        refusal = replies;
        throw new RpcFault("error", "the RPC refused to answer");
      });
    } catch (fault) {
      if (refusal !== undefined) return refusal;
      throw fault;
    }
  }

  override destroy(): void {
    super.destroy();
    this.#pool.close();
  }

  async #assertSeen({ index, provider }: RpcNode): Promise<void> {
    if (this.#floor === 0 || (this.#heads.get(index) ?? 0) >= this.#floor) return;
    const head = Number(await provider.send("eth_blockNumber", []));
    if (!(head >= this.#floor)) throw new RpcFault("lagging", "the RPC has not seen our own last transaction yet");
    this.#heads.set(index, head);
  }
}
