/**
 * Deploys the contracts with one wallet and answers their addresses. Must not know any service.
 */
import { ContractFactory, JsonRpcProvider, ZeroAddress, type Wallet } from "ethers";
import { AgentKeysLens, AgentKeysScope, K3EpochCounter, SidecarRegistry } from "../generated/index.ts";

/** Addresses of one deployment, lower-case. */
export interface ContractAddresses {
  registry: string;
  scope: string;
  epoch: string;
  lens: string;
}

/** What a deployment needs: a connected wallet that pays, and who may rotate K3 (default: the same wallet). */
export interface DeployOptions {
  wallet: Wallet;
  governance?: string;
  trustedForwarder?: string;
  onProgress?: (contract: string, address: string) => void;
}

/** Deploys registry, scope, epoch counter and lens in this order; throws ethers' error when a transaction fails. */
export async function deployContracts(options: DeployOptions): Promise<ContractAddresses> {
  const forwarder = options.trustedForwarder ?? ZeroAddress;
  let nonce = await options.wallet.getNonce();
  const deploy = async (name: string, artifact: { abi: unknown; bytecode: string }, args: unknown[]): Promise<string> => {
    const factory = new ContractFactory(
      artifact.abi as ConstructorParameters<typeof ContractFactory>[0],
      artifact.bytecode,
      options.wallet,
    );
    const contract = await factory.deploy(...args, { nonce: nonce++ });
    await contract.waitForDeployment();
    const address = (await contract.getAddress()).toLowerCase();
    options.onProgress?.(name, address);
    return address;
  };
  const registry = await deploy("SidecarRegistry", SidecarRegistry, [forwarder]);
  const scope = await deploy("AgentKeysScope", AgentKeysScope, [registry, forwarder]);
  const epoch = await deploy("K3EpochCounter", K3EpochCounter, [options.governance ?? options.wallet.address]);
  const lens = await deploy("AgentKeysLens", AgentKeysLens, [registry, scope, epoch]);
  return { registry, scope, epoch, lens };
}

/** Gives an account `wei` on a local anvil; other chains answer an error, which is thrown. */
export async function fundOnAnvil(rpcUrl: string, address: string, wei = 10n ** 21n): Promise<void> {
  const provider = new JsonRpcProvider(rpcUrl);
  try {
    await provider.send("anvil_setBalance", [address, `0x${wei.toString(16)}`]);
  } finally {
    provider.destroy();
  }
}
