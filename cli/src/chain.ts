import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { Contract, JsonRpcProvider, Network, Wallet } from "ethers";
import type { Kubectl } from "./kubectl.ts";

/** The chain of a cluster's installation, or of a file; `rpcUrl` replaces the addresses only the cluster can reach. */
export async function chainOf(of: { kubectl: Kubectl; namespace: string; chainText?: string; rpcUrl?: string }): Promise<ChainConfig> {
  const map = of.chainText === undefined ? await of.kubectl.get(["configmap", "agentkeys-chain", "-n", of.namespace]) : null;
  const text = of.chainText ?? (map?.["data"] as Record<string, string> | undefined)?.["chain.json"];
  if (text === undefined)
    throw new AgentKeysError("config_invalid", {
      message: `No ConfigMap agentkeys-chain in ${of.namespace}: is agentkeys installed there? Else give --chain-file`,
    });
  const config = parseChainConfig(text);
  return of.rpcUrl === undefined ? config : { ...config, rpcUrls: [of.rpcUrl] };
}

/** What a transaction came to. */
export interface Sent {
  hash: string;
  block: number;
}

/** The master wallet on one chain. */
export interface MasterWallet {
  address: string;
  operatorOmni: Hex;
  setScope(actorOmni: Hex, services: readonly string[], readOnly: boolean): Promise<Sent>;
  revokeScope(actorOmni: Hex): Promise<Sent>;
  revokeDevice(deviceKeyHash: Hex): Promise<Sent>;
  close(): void;
}

/** Opens the wallet that writes for an operator; msg.sender of every transaction is this wallet. */
export function openMasterWallet(chain: ChainConfig, privateKey: Secret): MasterWallet {
  const provider = new JsonRpcProvider(chain.rpcUrls[0], chain.chainId, {
    staticNetwork: Network.from(chain.chainId),
    batchMaxCount: 1,
    pollingInterval: 200,
  });
  const wallet = new Wallet(keyHex(privateKey), provider);
  const operator = operatorOmni(wallet.address);
  const registry = new Contract(chain.contracts.registry, SidecarRegistry.abi, wallet);
  const scope = new Contract(chain.contracts.scope, AgentKeysScope.abi, wallet);
  const send = async (contract: Contract, name: string, args: readonly unknown[]): Promise<Sent> => {
    try {
      const sent = await contract.getFunction(name).send(...args);
      const receipt = await sent.wait();
      return { hash: sent.hash, block: receipt?.blockNumber ?? 0 };
    } catch (cause) {
      const words = cause instanceof Error ? ((cause as { shortMessage?: string }).shortMessage ?? cause.message) : String(cause);
      throw new AgentKeysError("chain_rpc_error", { message: `The chain refused ${name}: ${words}`, cause });
    }
  };
  return {
    address: wallet.address,
    operatorOmni: operator,
    setScope: (actor, services, readOnly) => send(scope, "setScope", [operator, actor, services.map(serviceHash), readOnly]),
    revokeScope: (actor) => send(scope, "revokeScope", [operator, actor]),
    revokeDevice: (deviceKeyHash) => send(registry, "revokeDevice", [deviceKeyHash]),
    close: () => provider.destroy(),
  };
}
