import { SidecarRegistry } from "@agentkeys/contracts";
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { Contract, type JsonRpcProvider } from "ethers";
import { chainWords } from "../chain/provider.ts";

const READS_AT_ONCE = 16;

/** Operators and actors as the registry has them. Faults are `chain_rpc_error`. */
export interface Registered {
  /** Everyone who ever registered; needs an RPC that answers for the chain's whole history. */
  operators(): Promise<Hex[]>;
  /** The actors that ever had a device of the operator, revoked ones too, and the operator itself: all that can own a credential. */
  actorsOf(operatorOmni: Hex): Promise<Hex[]>;
}

/** Reads the registry of a chain. */
export function openRegistered(chain: ChainConfig, provider: JsonRpcProvider): Registered {
  const registry = new Contract(chain.contracts.registry, SidecarRegistry.abi, provider);
  const asked = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new AgentKeysError("chain_rpc_error", { message: `${what} failed: ${chainWords(cause, registry.interface)}`, cause });
    }
  };
  const actorOf = async (device: Hex): Promise<Hex> =>
    ((await registry.getFunction("getDevice").staticCall(device)) as { actorOmni: Hex }).actorOmni;
  return {
    operators: () =>
      asked("Reading which operators there are (name them with --operators instead)", async () => {
        const topic = registry.interface.getEvent("OperatorBootstrapped")?.topicHash ?? "";
        const logs = await provider.getLogs({ address: chain.contracts.registry, topics: [topic], fromBlock: 0, toBlock: "latest" });
        return [...new Set(logs.map((log) => (log.topics[1] ?? "") as Hex))];
      }),
    actorsOf: (operatorOmni) =>
      asked("Reading the operator's devices", async () => {
        const devices = (await registry.getFunction("getOperatorDevices").staticCall(operatorOmni)) as Hex[];
        const actors = new Set<Hex>([operatorOmni]);
        for (let from = 0; from < devices.length; from += READS_AT_ONCE)
          for (const actor of await Promise.all(devices.slice(from, from + READS_AT_ONCE).map(actorOf))) actors.add(actor);
        return [...actors];
      }),
  };
}
