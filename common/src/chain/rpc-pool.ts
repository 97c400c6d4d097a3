/**
 * The RPC URLs of one chain, in the order in which they are preferred. One that fails rests: others are asked first, until it
 * passes a probe in the background, so that no caller waits for a node that hangs and none is asked twice. Must not know what
 * is asked.
 */
import type { JsonRpcProvider } from "ethers";
import type { Clock } from "../clock/index.ts";
import { assertChainId, providerFor } from "./rpc.ts";
import { reasonOf, type RpcFaultReason } from "./rpc-fault.ts";

const REST_MS = 5000;

/** One RPC URL. */
export interface RpcNode {
  /** Its place among the URLs, from 0. */
  readonly index: number;
  readonly provider: JsonRpcProvider;
}

export type RpcCall<T> = (node: RpcNode) => Promise<T>;

export interface RpcPoolOptions {
  rpcUrls: readonly string[];
  chainId: number;
  clock: Clock;
  timeoutMs: number;
  attempts?: number;
  /** What a node that rests must pass to be asked again. */
  probe: RpcCall<unknown>;
  onFault?: (rpc: number, reason: RpcFaultReason) => void;
}

interface Member extends RpcNode {
  isChecked: boolean;
  /** When it is probed next; null while it is well. */
  restsUntilMs: number | null;
}

export class RpcPool {
  readonly #options: RpcPoolOptions;
  readonly #members: Member[];

  constructor(options: RpcPoolOptions) {
    const { rpcUrls, chainId, timeoutMs, attempts = 1 } = options;
    this.#options = options;
    this.#members = rpcUrls.map((url, index) => ({
      index,
      provider: providerFor(url, chainId, { timeoutMs, attempts }),
      isChecked: false,
      restsUntilMs: null,
    }));
  }

  get size(): number {
    return this.#members.length;
  }

  /** Those that are well, when they are at least `least`; otherwise all, the well ones first. */
  nodes(least: number): readonly RpcNode[] {
    for (const member of this.#members) this.#probeWhenDue(member);
    const well = this.#members.filter(({ restsUntilMs }) => restsUntilMs === null);
    return well.length >= least ? well : [...well, ...this.#members.filter(({ restsUntilMs }) => restsUntilMs !== null)];
  }

  /** Asks one node, once it has shown to serve the right chain; a fault is counted and sends it to rest. */
  async ask<T>(node: RpcNode, call: RpcCall<T>): Promise<T> {
    const member = this.#members[node.index];
    try {
      if (member?.isChecked === false) await assertChainId(node.provider, this.#options.chainId);
      if (member !== undefined) member.isChecked = true;
      const answer = await call(node);
      if (member !== undefined) member.restsUntilMs = null;
      return answer;
    } catch (fault) {
      if (member !== undefined) this.#rest(member);
      this.#options.onFault?.(node.index, reasonOf(fault));
      throw fault;
    }
  }

  /** Asks one after another until one answers; throws what each did wrong when none does. */
  async first<T>(call: RpcCall<T>): Promise<T> {
    const causes: unknown[] = [];
    for (const node of this.nodes(this.size))
      try {
        return await this.ask(node, call);
      } catch (fault) {
        causes.push(fault);
      }
    throw causes.length === 1 ? causes[0] : new AggregateError(causes, `none of ${causes.length} RPC URLs could serve`);
  }

  close(): void {
    for (const { provider } of this.#members) provider.destroy();
  }

  #rest(member: Member): void {
    // What comes back may be another node, or another chain, behind the same URL.
    member.isChecked = false;
    member.restsUntilMs = this.#options.clock.nowMs() + REST_MS;
  }

  #probeWhenDue(member: Member): void {
    const now = this.#options.clock.nowMs();
    if (member.restsUntilMs === null || member.restsUntilMs > now) return;
    member.restsUntilMs = now + Math.max(REST_MS, this.#options.timeoutMs * 2);
    void this.ask(member, this.#options.probe).catch(() => undefined);
  }
}
