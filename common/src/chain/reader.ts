import type { JsonRpcProvider } from "ethers";
import type { Clock } from "../clock/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import type { Hex } from "../identity/index.ts";
import { decodeCapFacts, decodeEvent, encodeCapFacts } from "./decode.ts";
import { combineFinality } from "./finality.ts";
import { createFreshnessCheck } from "./freshness.ts";
import { firstAgreeing } from "./quorum.ts";
import { assertChainId, providerFor } from "./rpc.ts";
import type { CapFacts, CapQuestion, ChainConfig, ChainEvent, ChainReader } from "./types.ts";

const CALL_TIMEOUT_MS = 5000;
const ZERO: Hex = `0x${"0".repeat(64)}`;
/** Asks for nobody's facts: what counts is the block and the epoch in the answer. */
const NO_QUESTION: CapQuestion = { deviceKeyHash: ZERO, operatorOmni: ZERO, actorOmni: ZERO, serviceHash: ZERO };

interface Node {
  provider: JsonRpcProvider;
  assertFresh: (facts: CapFacts) => void;
  isChecked: boolean;
}

type Call<T> = (node: Node) => Promise<T>;

/**
 * Opens a reader over the configured RPC URLs. With quorum 1 a call that fails goes to the next URL, and later calls start
 * there; with more, all are asked at once and the first that agree are believed.
 */
export function openChainReader(config: ChainConfig, of: { clock: Clock; timeoutMs?: number }): ChainReader {
  const { finality = "latest", quorum = 1, maxAgeSeconds } = config;
  const { lens, epoch, registry, scope } = config.contracts;
  const nodes: Node[] = config.rpcUrls.map((url) => ({
    provider: providerFor(url, config.chainId, { timeoutMs: of.timeoutMs ?? CALL_TIMEOUT_MS }),
    assertFresh: createFreshnessCheck(maxAgeSeconds, of.clock),
    isChecked: false,
  }));

  const ask = async <T>(node: Node, call: Call<T>): Promise<T> => {
    if (!node.isChecked) await assertChainId(node.provider, config.chainId);
    node.isChecked = true;
    return call(node);
  };
  const readOne = failingOver(nodes, ask);
  const read = async <T>(what: string, call: Call<T>, keyOf: (answer: T) => string): Promise<T[]> => {
    if (quorum === 1) return [await readOne(what, call)];
    const answers = nodes.map((node) => ask(node, call));
    return await firstAgreeing(answers, quorum, keyOf).catch((cause: unknown) => {
      throw new AgentKeysError("chain_rpc_error", { detail: what, cause });
    });
  };
  const factsAt = async ({ provider }: Node, question: CapQuestion, blockTag: string): Promise<CapFacts> =>
    decodeCapFacts(await provider.call({ to: lens, data: encodeCapFacts(question), blockTag }));
  const latestFacts = async (node: Node, question: CapQuestion): Promise<CapFacts> => {
    const facts = await factsAt(node, question, "latest");
    node.assertFresh(facts);
    return facts;
  };
  const facts = async (node: Node, question: CapQuestion): Promise<CapFacts> => {
    if (finality === "latest") return latestFacts(node, question);
    return combineFinality(...(await Promise.all([latestFacts(node, question), factsAt(node, question, finality)])));
  };
  // By the lens, whose answer says how old it is; the counter's own says only a number.
  const epochOf = async (node: Node): Promise<number> => (await latestFacts(node, NO_QUESTION)).k3Epoch;

  return {
    capFacts: async (question) => oldestOf(await read("capFacts", (node) => facts(node, question), keyOfFacts)),
    currentEpoch: async () => Math.min(...(await read("currentEpoch", epochOf, String))),
    blockNumber: async () => (await readOne("blockNumber", (node) => latestFacts(node, NO_QUESTION))).blockNumber,
    events: (fromBlock, toBlock) => readOne("events", ({ provider }) => eventsOf(provider, [registry, scope, epoch], fromBlock, toBlock)),
    close: () => nodes.forEach(({ provider }) => provider.destroy()),
  };
}

function failingOver(
  nodes: readonly Node[],
  ask: <T>(node: Node, call: Call<T>) => Promise<T>,
): <T>(what: string, call: Call<T>) => Promise<T> {
  let preferred = 0;
  return async (what, call) => {
    const causes: unknown[] = [];
    const first = preferred;
    for (let step = 0; step < nodes.length; step += 1) {
      const index = (first + step) % nodes.length;
      const node = nodes[index];
      if (node === undefined) continue;
      try {
        const answer = await ask(node, call);
        preferred = index;
        return answer;
      } catch (fault) {
        causes.push(fault);
      }
    }
    throw new AgentKeysError("chain_rpc_error", { detail: what, cause: causes.length === 1 ? causes[0] : new AggregateError(causes) });
  };
}

/** Two nodes say the same when they differ in nothing but the block they say it at. */
function keyOfFacts({ device, actorOperator, inScope, readOnly, k3Epoch }: CapFacts): string {
  return JSON.stringify([device, actorOperator, inScope, readOnly, k3Epoch]);
}

/** Of answers that agree, the one of the earliest block: no later one is promised. */
function oldestOf(answers: readonly CapFacts[]): CapFacts {
  return answers.reduce((oldest, facts) => (facts.blockNumber < oldest.blockNumber ? facts : oldest));
}

async function eventsOf(provider: JsonRpcProvider, contracts: string[], fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
  // ethers' type of a filter omits the list of addresses that its code and every node accept.
  const logs = await provider.getLogs({ address: contracts as unknown as string, fromBlock, toBlock });
  const known = new Set(contracts.map((address) => address.toLowerCase()));
  const isAsked = logs.every((log) => known.has(log.address.toLowerCase()) && log.blockNumber >= fromBlock && log.blockNumber <= toBlock);
  if (!isAsked) throw new TypeError("the RPC answered logs that were not asked for");
  const events = logs.map(decodeEvent).filter((event) => event !== null);
  return events.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
}
