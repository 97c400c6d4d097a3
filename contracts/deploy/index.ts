/**
 * Deploys the contracts with one wallet and answers the chain file of the deployment. Must not know any service.
 */
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { getCreateAddress, Interface, JsonRpcProvider, ZeroAddress, type Wallet } from "ethers";
import { encodeCreation, type ContractName } from "../calls/index.ts";
import { K3EpochCounter } from "../generated/index.ts";
import { mined } from "./mined.ts";

export { mined } from "./mined.ts";

/** Deploys a forwarder with the contracts. */
export const NEW_FORWARDER = "new";

/** Who signs and pays for a deployment; each of its transactions is waited for until it is mined. */
export interface Deployer {
  address: string;
  /** Answers where the contract of this init code is. */
  create(initCode: string): Promise<string>;
  /** Advances the epoch counter from `epoch` to the next. */
  advance(counter: string, epoch: number): Promise<void>;
}

/** What the chain file of a deployment says besides the addresses, and what the contracts are told. */
export interface Deployment {
  profile: string;
  rpcUrls: string[];
  explorerTxUrl?: string;
  /** Who may rotate K3; the deployer when left out. */
  governance?: string;
  /** Key epoch to begin at, 1 when left out; a later one needs the deployer as governance. */
  k3Epoch?: number;
  /** ERC-2771 forwarder that the contracts trust for good: an address, or NEW_FORWARDER; none when left out. */
  trustedForwarder?: string;
  onProgress?: (contract: string, address: string) => void;
}

/** A deployment by a connected wallet. */
export interface DeployOptions extends Deployment {
  wallet: Wallet;
}

/** Deploys with a connected wallet; throws ethers' error when a transaction fails. See {@link deployWith}. */
export async function deployContracts({ wallet, ...of }: DeployOptions): Promise<ChainConfig> {
  if (wallet.provider === null) throw new AgentKeysError("config_invalid", { message: "The wallet must be connected" });
  const { chainId } = await wallet.provider.getNetwork();
  return await deployWith(await walletDeployer(wallet), { ...of, chainId: Number(chainId) });
}

/** Deploys forwarder (when asked for), registry, scope, epoch counter, lens and audit in this order, then moves to the key epoch. */
export async function deployWith(deployer: Deployer, of: Deployment & { chainId: number }): Promise<ChainConfig> {
  const { profile, chainId, rpcUrls, explorerTxUrl } = of;
  const create = async (contract: ContractName, args: readonly string[]): Promise<string> => {
    const address = (await deployer.create(encodeCreation(contract, args))).toLowerCase();
    of.onProgress?.(contract, address);
    return address;
  };
  const trusted = of.trustedForwarder;
  const forwarder = trusted === NEW_FORWARDER ? await create("AgentKeysForwarder", []) : trusted?.toLowerCase();
  const registry = await create("SidecarRegistry", [forwarder ?? ZeroAddress]);
  const scope = await create("AgentKeysScope", [registry, forwarder ?? ZeroAddress]);
  const epoch = await create("K3EpochCounter", [of.governance ?? deployer.address]);
  const lens = await create("AgentKeysLens", [registry, scope, epoch]);
  const audit = await create("CredentialAudit", [registry, forwarder ?? ZeroAddress]);
  for (let at = 1; at < (of.k3Epoch ?? 1); at += 1) await deployer.advance(epoch, at);
  const explorer = explorerTxUrl === undefined ? {} : { explorerTxUrl };
  const relayed = forwarder === undefined ? {} : { forwarder };
  return { profile, chainId, rpcUrls, ...explorer, contracts: { registry, scope, epoch, lens, audit, ...relayed } };
}

async function walletDeployer(wallet: Wallet): Promise<Deployer> {
  let nonce = await wallet.getNonce();
  const send = async (of: { to?: string; data: string }): Promise<void> => {
    const sent = await wallet.sendTransaction({ ...of, nonce });
    nonce += 1;
    await mined(sent);
  };
  return {
    address: wallet.address,
    create: async (data) => {
      const address = getCreateAddress({ from: wallet.address, nonce });
      await send({ data });
      return address;
    },
    advance: (to) => send({ to, data: new Interface(K3EpochCounter.abi).encodeFunctionData("advanceEpoch") }),
  };
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
