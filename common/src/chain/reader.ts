import type { JsonRpcProvider } from "ethers";
import { AgentKeysError } from "../errors/index.ts";
import { decodeCapFacts, decodeCurrentEpoch, decodeEvent, ENCODED_CURRENT_EPOCH, encodeCapFacts } from "./decode.ts";
import { assertChainId, providerFor } from "./rpc.ts";
import type { ChainConfig, ChainEvent, ChainReader } from "./types.ts";

const CALL_TIMEOUT_MS = 5000;

/** Opens a reader over the configured RPC URLs; a call that fails goes to the next URL, and later calls start there. */
export function openChainReader(config: ChainConfig, { timeoutMs = CALL_TIMEOUT_MS }: { timeoutMs?: number } = {}): ChainReader {
  const providers = config.rpcUrls.map((url) => ({ provider: providerFor(url, config.chainId, timeoutMs), isChecked: false }));
  let preferred = 0;
  const read = async <T>(what: string, call: (provider: JsonRpcProvider) => Promise<T>): Promise<T> => {
    const causes: unknown[] = [];
    const first = preferred;
    for (let step = 0; step < providers.length; step += 1) {
      const index = (first + step) % providers.length;
      const entry = providers[index];
      if (entry === undefined) continue;
      try {
        if (!entry.isChecked) {
          await assertChainId(entry.provider, config.chainId);
          entry.isChecked = true;
        }
        const answer = await call(entry.provider);
        preferred = index;
        return answer;
      } catch (fault) {
        causes.push(fault);
      }
    }
    throw new AgentKeysError("chain_rpc_error", { detail: what, cause: causes.length === 1 ? causes[0] : new AggregateError(causes) });
  };
  const { lens, epoch, registry, scope } = config.contracts;
  return {
    capFacts: (question) =>
      read("capFacts", async (provider) => decodeCapFacts(await provider.call({ to: lens, data: encodeCapFacts(question) }))),
    currentEpoch: () =>
      read("currentEpoch", async (provider) => decodeCurrentEpoch(await provider.call({ to: epoch, data: ENCODED_CURRENT_EPOCH }))),
    blockNumber: () => read("blockNumber", (provider) => provider.getBlockNumber()),
    events: (fromBlock, toBlock) => read("events", (provider) => eventsOf(provider, [registry, scope, epoch], fromBlock, toBlock)),
    close: () => providers.forEach(({ provider }) => provider.destroy()),
  };
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
