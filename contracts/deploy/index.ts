/**
 * Deploys the contracts with one wallet and answers the chain file of the deployment. Must not know any service.
 */
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Contract, ContractFactory, JsonRpcProvider, ZeroAddress, type InterfaceAbi, type Wallet } from "ethers";
import { AgentKeysForwarder, AgentKeysLens, AgentKeysScope, CredentialAudit, K3EpochCounter, SidecarRegistry } from "../generated/index.ts";

/** Deploys a forwarder with the contracts. */
export const NEW_FORWARDER = "new";

/** What a deployment needs: a connected wallet that pays, and what the chain file says besides the addresses. */
export interface DeployOptions {
  wallet: Wallet;
  profile: string;
  rpcUrls: string[];
  explorerTxUrl?: string;
  /** Who may rotate K3; the wallet when left out. */
  governance?: string;
  /** Key epoch to begin at, 1 when left out; a later one needs the wallet as governance. */
  k3Epoch?: number;
  /** ERC-2771 forwarder that the contracts trust for good: an address, or NEW_FORWARDER; none when left out. */
  trustedForwarder?: string;
  onProgress?: (contract: string, address: string) => void;
}

/**
 * Deploys forwarder (when asked for), registry, scope, epoch counter, lens and audit in this order, then moves to the key epoch; throws
 * ethers' error when a transaction fails.
 */
export async function deployContracts(options: DeployOptions): Promise<ChainConfig> {
  const { wallet, profile, rpcUrls, explorerTxUrl } = options;
  if (wallet.provider === null) throw new AgentKeysError("config_invalid", { message: "The wallet must be connected" });
  const { chainId } = await wallet.provider.getNetwork();
  let nonce = await wallet.getNonce();
  const deploy = async (name: string, artifact: { abi: unknown; bytecode: string }, args: unknown[]): Promise<string> => {
    const factory = new ContractFactory(artifact.abi as InterfaceAbi, artifact.bytecode, wallet);
    const contract = await factory.deploy(...args, { nonce: nonce++ });
    await contract.waitForDeployment();
    const address = (await contract.getAddress()).toLowerCase();
    options.onProgress?.(name, address);
    return address;
  };
  const trusted = options.trustedForwarder;
  const forwarder = trusted === NEW_FORWARDER ? await deploy("AgentKeysForwarder", AgentKeysForwarder, []) : trusted?.toLowerCase();
  const registry = await deploy("SidecarRegistry", SidecarRegistry, [forwarder ?? ZeroAddress]);
  const scope = await deploy("AgentKeysScope", AgentKeysScope, [registry, forwarder ?? ZeroAddress]);
  const epoch = await deploy("K3EpochCounter", K3EpochCounter, [options.governance ?? wallet.address]);
  const lens = await deploy("AgentKeysLens", AgentKeysLens, [registry, scope, epoch]);
  const audit = await deploy("CredentialAudit", CredentialAudit, [registry, forwarder ?? ZeroAddress]);
  const counter = new Contract(epoch, K3EpochCounter.abi as InterfaceAbi, wallet);
  for (let at = 1; at < (options.k3Epoch ?? 1); at += 1) {
    const sent = (await counter.getFunction("advanceEpoch").send({ nonce: nonce++ })) as { wait(): Promise<unknown> };
    await sent.wait();
  }
  const explorer = explorerTxUrl === undefined ? {} : { explorerTxUrl };
  const relayed = forwarder === undefined ? {} : { forwarder };
  return { profile, chainId: Number(chainId), rpcUrls, ...explorer, contracts: { registry, scope, epoch, lens, audit, ...relayed } };
}

/** Gives an account `wei` on a local anvil; other chains answer an error, which is thrown. */
export async function fundWithAnvil(rpcUrl: string, address: string, wei = 10n ** 21n): Promise<void> {
  const provider = new JsonRpcProvider(rpcUrl, 31337, { staticNetwork: true, batchMaxCount: 1 });
  try {
    await provider.send("anvil_setBalance", [address, `0x${wei.toString(16)}`]);
  } finally {
    provider.destroy();
  }
}
