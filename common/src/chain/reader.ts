import type { JsonRpcProvider } from "ethers";
import type { Clock } from "../clock/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import type { Hex } from "../identity/index.ts";
import { decodeCapFacts, decodeEvent, encodeCapFacts } from "./decode.ts";
import { combineFinality } from "./finality.ts";
import { firstAgreeing } from "./quorum.ts";
import { RpcFault, type RpcFaultReason } from "./rpc-fault.ts";
import { RpcPool, type RpcNode } from "./rpc-pool.ts";
import type { CapFacts, CapQuestion, ChainConfig, ChainEvent, ChainReader } from "./types.ts";
import { createViews } from "./views.ts";

const CALL_TIMEOUT_MS = 5000;
const ZERO: Hex = `0x${"0".repeat(64)}`;
/** Asks for nobody's facts: what counts is the block and the epoch in the answer. */
const NO_QUESTION: CapQuestion = { deviceKeyHash: ZERO, operatorOmni: ZERO, actorOmni: ZERO, serviceHash: ZERO };

/** How often a node that is asked alone is compared with another one. */
const COMPARE_MS = 5000;

type Call<T> = (node: RpcNode) => Promise<T>;

/** How a chain is read. */
export interface ChainReaderOptions {
  clock: Clock;
  timeoutMs?: number;
  /** Each fault of an RPC, by its place among the URLs. */
  onFault?: (rpc: number, reason: RpcFaultReason) => void;
}

/**
 * Opens a reader over the configured RPC URLs. With quorum 1 a call that fails goes to the next URL, until the one before is
 * well again; with more, all that are well are asked at once and the first that agree are believed.
 */
export function openChainReader(config: ChainConfig, of: ChainReaderOptions): ChainReader {
  const { finality = "latest", quorum = 1, maxAgeSeconds, chainId, rpcUrls } = config;
  const { lens, epoch, registry, scope } = config.contracts;
  const views = createViews(rpcUrls.length, maxAgeSeconds, of.clock);
  const factsAt = async ({ provider }: RpcNode, question: CapQuestion, blockTag: string): Promise<CapFacts> =>
    decodeCapFacts(await provider.call({ to: lens, data: encodeCapFacts(question), blockTag }));
  const latestFacts = async (node: RpcNode, question: CapQuestion): Promise<CapFacts> => {
    const facts = await factsAt(node, question, "latest");
    views.assertCurrent(node, facts);
    return facts;
  };
  const headOf = async (node: RpcNode): Promise<number> => (await latestFacts(node, NO_QUESTION)).blockNumber;
  const pool = new RpcPool({
    rpcUrls,
    chainId,
    clock: of.clock,
    timeoutMs: of.timeoutMs ?? CALL_TIMEOUT_MS,
    probe: headOf,
    ...faultsOf(of),
  });

  const orFault = async <T>(what: string, answers: Promise<T>): Promise<T> =>
    answers.catch((cause: unknown) => {
      views.forget();
      throw new AgentKeysError("chain_rpc_error", { detail: what, cause });
    });
  const compare = comparing(pool, of.clock, headOf);
  const first = <T>(what: string, call: Call<T>): Promise<T> => {
    compare();
    return orFault(what, pool.first(call));
  };
  const read = async <T>(what: string, call: Call<T>, keyOf: (answer: T) => string): Promise<T[]> => {
    if (quorum === 1) return [await first(what, call)];
    const answers = pool.nodes(quorum).map((node) => pool.ask(node, call));
    return orFault(what, firstAgreeing(answers, quorum, keyOf));
  };
  const facts = async (node: RpcNode, question: CapQuestion): Promise<CapFacts> => {
    if (finality === "latest") return latestFacts(node, question);
    return combineFinality(...(await Promise.all([latestFacts(node, question), factsAt(node, question, finality)])));
  };
  const eventsOf = async (node: RpcNode, fromBlock: number, toBlock: number): Promise<ChainEvent[]> => {
    // A node that has not seen the last block yet would pass over its events in silence.
    if (views.headOf(node) < toBlock && (await headOf(node)) < toBlock) throw new RpcFault("lagging", "the RPC has not seen the block yet");
    return readEvents(node.provider, [registry, scope, epoch], fromBlock, toBlock);
  };

  return {
    capFacts: async (question) => oldestOf(await read("capFacts", (node) => facts(node, question), keyOfFacts)),
    // By the lens, whose answer says how old it is; the counter's own says only a number.
    currentEpoch: async () =>
      Math.min(...(await read("currentEpoch", async (node) => (await latestFacts(node, NO_QUESTION)).k3Epoch, String))),
    blockNumber: () => (quorum === 1 ? first("blockNumber", headOf) : orFault("blockNumber", commonHead(pool, quorum, headOf))),
    events: async (fromBlock, toBlock) => {
      const [events = []] = await read("events", (node) => eventsOf(node, fromBlock, toBlock), JSON.stringify);
      return events;
    },
    close: () => pool.close(),
  };
}

function faultsOf({ onFault }: ChainReaderOptions): Pick<ChainReaderOptions, "onFault"> {
  return onFault === undefined ? {} : { onFault };
}

/** Hears another node now and then: one that is asked alone would show nobody that it is behind. */
function comparing(pool: RpcPool, clock: Clock, headOf: Call<number>): () => void {
  let comparedAtMs = clock.nowMs();
  let turn = 0;
  return () => {
    if (pool.size === 1 || clock.nowMs() - comparedAtMs < COMPARE_MS) return;
    comparedAtMs = clock.nowMs();
    const [, ...others] = pool.nodes(1);
    const other = others[turn % Math.max(1, others.length)];
    turn += 1;
    if (other !== undefined) void pool.ask(other, headOf).catch(() => undefined);
  };
}

/** The highest block that at least `quorum` nodes have seen. */
async function commonHead(pool: RpcPool, quorum: number, headOf: Call<number>): Promise<number> {
  const settled = await Promise.allSettled(pool.nodes(quorum).map((node) => pool.ask(node, headOf)));
  const heads = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])).sort((a, b) => b - a);
  const head = heads[quorum - 1];
  if (head !== undefined) return head;
  const causes = settled.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  throw new AggregateError(causes, `only ${heads.length} of ${settled.length} RPC URLs answered, ${quorum} are needed`);
}

/** Two nodes say the same when they differ in nothing but the block they say it at. */
function keyOfFacts({ device, actorOperator, inScope, readOnly, k3Epoch }: CapFacts): string {
  return JSON.stringify([device, actorOperator, inScope, readOnly, k3Epoch]);
}

/** Of answers that agree, the one of the earliest block: no later one is promised. */
function oldestOf(answers: readonly CapFacts[]): CapFacts {
  return answers.reduce((oldest, facts) => (facts.blockNumber < oldest.blockNumber ? facts : oldest));
}

async function readEvents(provider: JsonRpcProvider, contracts: string[], fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
  // ethers' type of a filter omits the list of addresses that its code and every node accept.
  const logs = await provider.getLogs({ address: contracts as unknown as string, fromBlock, toBlock });
  const known = new Set(contracts.map((address) => address.toLowerCase()));
  const isAsked = logs.every((log) => known.has(log.address.toLowerCase()) && log.blockNumber >= fromBlock && log.blockNumber <= toBlock);
  if (!isAsked) throw new TypeError("the RPC answered logs that were not asked for");
  const events = logs.map(decodeEvent).filter((event) => event !== null);
  return events.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
}
