import type { AgentKeysError } from "@agentkeys/common/errors";
import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { TIER_MASTER, type ChainConfig } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Hex } from "@agentkeys/common/identity";
import { Contract, ZeroAddress } from "ethers";
import { ensNameOf } from "./ens.ts";
import { providerFor, providerOf, unreadable } from "./provider.ts";

export interface RegisteredDevice {
  operatorOmni: Hex;
  actorOmni: Hex;
  isMaster: boolean;
  revoked: boolean;
}

/** One RPC: the chain it serves, or why it does not say. */
export type ServedRpc = { host: string } & ({ chainId: number } | { fault: AgentKeysError });

/** Reads of the chain that concern people rather than caps. Every fault is `chain_rpc_error` and names the RPC. */
export interface ChainView {
  /** What each RPC serves, asked by itself. */
  rpcs(): Promise<ServedRpc[]>;
  blockNumber(): Promise<number>;
  /** The name a wallet has in the chain's ENS; null without one, or without ENS. */
  nameOf(address: string, clock: Clock): Promise<string | null>;
  hasCode(address: string): Promise<boolean>;
  balance(address: string): Promise<bigint>;
  /** Null before the operator's first registration. */
  masterWallet(operatorOmni: Hex): Promise<string | null>;
  device(deviceKeyHash: Hex): Promise<RegisteredDevice | null>;
  scope(operatorOmni: Hex, actorOmni: Hex): Promise<{ services: Hex[]; readOnly: boolean; isSet: boolean }>;
  close(): void;
}

interface RawDevice {
  operatorOmni: Hex;
  actorOmni: Hex;
  tier: bigint;
  registeredAt: bigint;
  revoked: boolean;
}

/** Opens the RPCs of a chain. */
export function openChainView(chain: Pick<ChainConfig, "chainId" | "rpcUrls" | "quorum" | "contracts" | "ens">): ChainView {
  const provider = providerOf(chain);
  const registry = new Contract(chain.contracts.registry, SidecarRegistry.abi, provider);
  const read = async <T>(what: Promise<T>): Promise<T> => {
    try {
      return await what;
    } catch (cause) {
      throw unreadable(chain, cause);
    }
  };
  const scopes = new Contract(chain.contracts.scope, AgentKeysScope.abi, provider);
  const view = (name: string, argument: Hex): Promise<unknown> => read(registry.getFunction(name).staticCall(argument));
  return {
    rpcs: () => Promise.all(chain.rpcUrls.map((url) => servedBy(url, chain.chainId))),
    blockNumber: () => read(provider.getBlockNumber()),
    nameOf: async (address, clock) =>
      chain.ens === undefined ? null : await ensNameOf({ provider, registry: chain.ens.registry, address, clock }),
    hasCode: async (address) => (await read(provider.getCode(address))) !== "0x",
    balance: (address) => read(provider.getBalance(address)),
    masterWallet: async (operatorOmni) => {
      const wallet = (await view("operatorMasterWallet", operatorOmni)) as string;
      return wallet === ZeroAddress ? null : wallet;
    },
    device: async (deviceKeyHash) => {
      const found = (await view("getDevice", deviceKeyHash)) as RawDevice;
      if (found.registeredAt === 0n) return null;
      const { operatorOmni, actorOmni, revoked } = found;
      return { operatorOmni, actorOmni, isMaster: Number(found.tier) === TIER_MASTER, revoked };
    },
    scope: async (operatorOmni, actorOmni) => {
      const answer = read(scopes.getFunction("getScope").staticCall(operatorOmni, actorOmni));
      const [services, readOnly, isSet] = (await answer) as [Iterable<Hex>, boolean, boolean];
      return { services: [...services], readOnly, isSet };
    },
    close: () => provider.destroy(),
  };
}

async function servedBy(url: string, chainId: number): Promise<ServedRpc> {
  const { host } = new URL(url);
  const provider = providerFor(url, chainId);
  try {
    return { host, chainId: Number(await provider.send("eth_chainId", [])) };
  } catch (cause) {
    return { host, fault: unreadable({ rpcUrls: [url] }, cause) };
  } finally {
    provider.destroy();
  }
}
