import { FetchRequest, Interface, JsonRpcProvider, Network, type Log as EvmLog } from "ethers";
import { AgentKeysError } from "../errors/index.ts";
import type { Hex } from "../identity/index.ts";
import { EPOCH_ABI, EVENT_ABI, LENS_ABI } from "./abi.ts";
import type { CapFacts, CapQuestion, ChainConfig, ChainEvent, ChainReader } from "./types.ts";

const CALL_TIMEOUT_MS = 5000;
const LENS = new Interface(LENS_ABI);
const EPOCH = new Interface(EPOCH_ABI);
const EVENTS = new Interface(EVENT_ABI);

interface LensAnswer {
  device: { operatorOmni: Hex; actorOmni: Hex; tier: bigint; roles: bigint; registeredAt: bigint; revoked: boolean };
  inScope: boolean;
  readOnly: boolean;
  epoch: bigint;
  blockNumber: bigint;
  blockTimestamp: bigint;
}

function providerFor(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = CALL_TIMEOUT_MS;
  request.retryFunc = () => Promise.resolve(false);
  request.setThrottleParams({ maxAttempts: 1 });
  // staticNetwork saves a call each time; batching would add ethers' 10 ms stall to every read.
  return new JsonRpcProvider(request, chainId, { staticNetwork: Network.from(chainId), batchMaxCount: 1, cacheTimeout: -1 });
}

/** Opens a reader over the configured RPC URLs; each call falls to the next URL on a fault. */
export function openChainReader(config: ChainConfig): ChainReader {
  const providers = config.rpcUrls.map((url) => ({ provider: providerFor(url, config.chainId), isChecked: false }));
  const read = async <T>(what: string, call: (provider: JsonRpcProvider) => Promise<T>): Promise<T> => {
    let cause: unknown;
    for (const entry of providers) {
      try {
        if (!entry.isChecked) {
          await assertChainId(entry.provider, config.chainId);
          entry.isChecked = true;
        }
        return await call(entry.provider);
      } catch (fault) {
        cause = fault;
      }
    }
    throw new AgentKeysError("chain_rpc_error", { detail: what, cause });
  };
  const { lens, epoch, registry, scope } = config.contracts;
  const view = async (provider: JsonRpcProvider, to: string, abi: Interface, name: string, args: unknown[]): Promise<unknown> => {
    const data = await provider.call({ to, data: abi.encodeFunctionData(name, args) });
    return (abi.decodeFunctionResult(name, data) as unknown as unknown[])[0];
  };
  return {
    capFacts: (question) =>
      read("capFacts", async (provider) => toFacts(await view(provider, lens, LENS, "capFacts", argumentsOf(question)))),
    currentEpoch: () => read("currentEpoch", async (provider) => Number(await view(provider, epoch, EPOCH, "currentEpoch", []))),
    blockNumber: () => read("blockNumber", (provider) => provider.getBlockNumber()),
    events: (fromBlock, toBlock) =>
      read("events", async (provider) => {
        const address = [registry, scope, epoch] as unknown as string;
        const logs = await provider.getLogs({ address, fromBlock, toBlock });
        return logs.flatMap(toEvent);
      }),
    close: () => providers.forEach(({ provider }) => provider.destroy()),
  };
}

async function assertChainId(provider: JsonRpcProvider, expected: number): Promise<void> {
  const answer: unknown = await provider.send("eth_chainId", []);
  if (typeof answer !== "string" || Number(answer) !== expected) throw new TypeError("the RPC serves another chain");
}

function argumentsOf(question: CapQuestion): Hex[] {
  return [question.deviceKeyHash, question.operatorOmni, question.actorOmni, question.serviceHash];
}

function toFacts(answer: unknown): CapFacts {
  const { device, inScope, readOnly, epoch, blockNumber, blockTimestamp } = answer as LensAnswer;
  const registeredAt = Number(device.registeredAt);
  const { operatorOmni, actorOmni, revoked } = device;
  return {
    device:
      registeredAt === 0
        ? null
        : { operatorOmni, actorOmni, tier: Number(device.tier), roles: Number(device.roles), registeredAt, revoked },
    inScope,
    readOnly,
    k3Epoch: Number(epoch),
    blockNumber: Number(blockNumber),
    blockTimestamp: Number(blockTimestamp),
  };
}

function toEvent(log: EvmLog): ChainEvent[] {
  const parsed = EVENTS.parseLog(log);
  if (parsed === null) return [];
  const args = parsed.args.toObject() as Record<string, unknown>;
  const actor = (args["actorOmni"] ?? args["agentOmni"]) as Hex | undefined;
  const operator = args["operatorOmni"] as Hex | undefined;
  const device = args["deviceKeyHash"] as Hex | undefined;
  return [
    {
      kind: parsed.name as ChainEvent["kind"],
      ...(operator === undefined ? {} : { operatorOmni: operator }),
      ...(actor === undefined ? {} : { actorOmni: actor }),
      ...(device === undefined ? {} : { deviceKeyHash: device }),
      ...(args["newEpoch"] === undefined ? {} : { k3Epoch: Number(args["newEpoch"]) }),
      blockNumber: log.blockNumber,
      blockHash: log.blockHash,
      transactionHash: log.transactionHash,
      logIndex: log.index,
    },
  ];
}
