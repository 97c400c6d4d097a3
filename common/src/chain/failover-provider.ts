import { JsonRpcProvider, Network, type JsonRpcPayload, type JsonRpcResult } from "ethers";
import { combiningOf, hashOfRaw, isOwnFault, keyOfReply, numberOf, pick, takenAs, type Reply } from "./combine.ts";
import { firstAgreeing } from "./quorum.ts";
import { RpcFault } from "./rpc-fault.ts";
import { RpcPool, type RpcCall, type RpcNode, type RpcPoolOptions } from "./rpc-pool.ts";

const ANVIL_CHAIN_ID = 31337;
/** Calls whose answer depends on which block the node has seen. */
const DEPENDS_ON_HEAD = new Set(["eth_call", "eth_estimateGas", "eth_getTransactionCount", "eth_getBalance", "eth_getCode", "eth_getLogs"]);

export interface FailoverOptions extends Omit<RpcPoolOptions, "probe"> {
  /** How many RPC URLs must say the same; 1 when absent. */
  quorum?: number;
}

/** What nodes said to one call. A node's refusal for a reason of its own counts only where no other says anything. */
interface Heard {
  replies: Reply[];
  refusals: Reply[];
  faults: unknown[];
}

/**
 * An ethers provider over all RPC URLs of a chain: what one of them cannot answer goes to the next, and state counts when `quorum`
 * of them say the same. A refusal of the chain itself, as a revert, is an answer. Transactions go to every node; their receipts are
 * asked of all. After {@link seen} no node counts that has not seen that block.
 */
export class FailoverProvider extends JsonRpcProvider {
  readonly #pool: RpcPool;
  readonly #heads = new Map<number, number>();
  readonly #quorum: number;
  #floor = 0;

  constructor(options: FailoverOptions) {
    const network = Network.from(options.chainId);
    const pollingInterval = options.chainId === ANVIL_CHAIN_ID ? 100 : 2000;
    super(undefined, network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval });
    this.#quorum = options.quorum ?? 1;
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
    // One call at a time: `batchMaxCount` is 1.
    const call = Array.isArray(payload) ? payload[0] : payload;
    if (call === undefined) return [];
    return [(await this.#answer(call)) as JsonRpcResult];
  }

  override destroy(): void {
    super.destroy();
    this.#pool.close();
  }

  #answer(call: JsonRpcPayload): Promise<Reply> {
    switch (combiningOf(call, this.#quorum)) {
      case "first":
        return this.#first(call);
      case "agreed":
        return this.#agreed(call);
      case "told":
        return this.#told(call);
      case "highest":
        return this.#highest(call);
      case "everywhere":
        return this.#everywhere(call);
    }
  }

  async #first(call: JsonRpcPayload): Promise<Reply> {
    const refusals: Reply[] = [];
    try {
      return await this.#pool.first((node) => this.#ask(node, call, refusals));
    } catch (fault) {
      if (refusals[0] !== undefined) return refusals[0];
      throw fault;
    }
  }

  async #agreed(call: JsonRpcPayload): Promise<Reply> {
    const refusals: Reply[] = [];
    const nodes = this.#pool.nodes(this.#quorum);
    const answers = nodes.map((node) => this.#pool.ask(node, (asked) => this.#ask(asked, call, refusals)));
    try {
      return pick(call, await firstAgreeing(answers, this.#quorum, (reply) => keyOfReply(call, reply)));
    } catch (fault) {
      if (refusals.length === nodes.length && refusals[0] !== undefined) return refusals[0];
      throw fault;
    }
  }

  async #told(call: JsonRpcPayload): Promise<Reply> {
    const heard = await this.#hear(call);
    const counts = new Map<string, number>();
    for (const reply of heard.replies) {
      if (!("result" in reply) || reply.result === null) continue;
      const key = keyOfReply(call, reply);
      const count = (counts.get(key) ?? 0) + 1;
      if (count >= this.#quorum) return reply;
      counts.set(key, count);
    }
    // Told by too few is as good as not told: it may be asked again.
    return heard.replies.length > 0 ? { id: call.id, result: null } : lost(heard);
  }

  async #highest(call: JsonRpcPayload): Promise<Reply> {
    const heard = await this.#hear(call);
    const numbers = heard.replies.filter((reply) => Number.isSafeInteger(numberOf(reply)));
    const reply = numbers.sort((a, b) => numberOf(b) - numberOf(a))[this.#quorum - 1];
    return reply ?? lost(heard);
  }

  async #everywhere(call: JsonRpcPayload): Promise<Reply> {
    const heard = await this.#hear(call);
    const refusals: Reply[] = [];
    for (const reply of heard.replies) {
      const hash = takenAs(call, reply);
      if (hash !== null) return { id: call.id, result: hash };
      if ("error" in reply) refusals.push(reply);
    }
    // A node that fell silent may have taken it, and may have had it mined since: the others then refuse its nonce.
    const hash = hashOfRaw(call);
    if (heard.faults.length > 0 && hash !== null && (await this.#isKnown(hash))) return { id: call.id, result: hash };
    return lost({ ...heard, refusals: [...refusals, ...heard.refusals] });
  }

  async #isKnown(hash: string): Promise<boolean> {
    const { replies } = await this.#hear({ method: "eth_getTransactionByHash", params: [hash], id: 0, jsonrpc: "2.0" });
    return replies.some((reply) => "result" in reply && (reply.result as { hash?: unknown } | null)?.hash === hash);
  }

  /** Asks every node that is well, of all when those are fewer than a quorum. */
  async #hear(call: JsonRpcPayload): Promise<Heard> {
    const refusals: Reply[] = [];
    const { answers, faults } = await this.all(this.#quorum, (node) => this.#ask(node, call, refusals));
    return { replies: answers, refusals, faults };
  }

  async #ask(node: RpcNode, call: JsonRpcPayload, refusals: Reply[]): Promise<Reply> {
    if (DEPENDS_ON_HEAD.has(call.method)) await this.#assertSeen(node);
    const [reply] = (await node.provider._send(call)) as Reply[];
    if (reply === undefined) throw new RpcFault("malformed", "the RPC answered nothing");
    if (!isOwnFault(reply) || takenAs(call, reply) !== null) return reply;
    refusals.push(reply);
    throw new RpcFault("error", "the RPC refused to answer");
  }

  async #assertSeen({ index, provider }: RpcNode): Promise<void> {
    if (this.#floor === 0 || (this.#heads.get(index) ?? 0) >= this.#floor) return;
    const head = Number(await provider.send("eth_blockNumber", []));
    if (!(head >= this.#floor)) throw new RpcFault("lagging", `the RPC has not seen block ${this.#floor} yet`);
    this.#heads.set(index, head);
  }
}

/** No answer came of it: a refusal is handed on for what it is. */
function lost({ replies, refusals, faults }: Heard): Reply {
  if (refusals[0] !== undefined) return refusals[0];
  if (replies.length === 0 && faults.length === 1) throw faults[0];
  throw new AggregateError(faults, `only ${replies.length} of ${replies.length + faults.length} RPC URLs told it`);
}
