import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { ROLE_CAP_MINT, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { Contract, Wallet, type ContractTransactionResponse } from "ethers";
import { chainWords, providerFor } from "./provider.ts";

const MINED_WITHIN_MS = 180_000;
const ATTEMPTS = 3;
/** Another writer with this wallet was faster: the next attempt takes the chain's new count. */
const NONCE_FAULTS = ["NONCE_EXPIRED", "REPLACEMENT_UNDERPRICED"];

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
  /** A device that may mint caps for every actor of this operator, and nothing else. */
  registerMasterDevice(deviceKeyHash: Hex): Promise<Sent>;
  close(): void;
}

/** Opens the wallet that writes for an operator; msg.sender of every transaction is this wallet. */
export function openMasterWallet(chain: ChainConfig, privateKey: Secret): MasterWallet {
  const provider = providerFor(chain.rpcUrls[0] ?? "", chain.chainId);
  const wallet = new Wallet(keyHex(privateKey), provider);
  const operator = operatorOmni(wallet.address);
  const registry = new Contract(chain.contracts.registry, SidecarRegistry.abi, wallet);
  const scope = new Contract(chain.contracts.scope, AgentKeysScope.abi, wallet);
  const once = async (contract: Contract, name: string, args: readonly unknown[]): Promise<Sent> => {
    const sent = (await contract.getFunction(name).send(...args)) as ContractTransactionResponse;
    const receipt = await sent.wait(1, MINED_WITHIN_MS);
    if (receipt?.status !== 1) throw new TypeError(`transaction ${sent.hash} was reverted`);
    return { hash: sent.hash, block: receipt.blockNumber };
  };
  const send = async (contract: Contract, name: string, args: readonly unknown[]): Promise<Sent> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(contract, name, args);
      } catch (cause) {
        if (attempt < ATTEMPTS && NONCE_FAULTS.includes((cause as { code?: string }).code ?? "")) continue;
        throw new AgentKeysError("chain_rpc_error", {
          message: `The chain did not take ${name} of ${wallet.address}: ${chainWords(cause, contract.interface)}`,
          cause,
        });
      }
    }
  };
  return {
    address: wallet.address,
    operatorOmni: operator,
    setScope: (actor, services, readOnly) => send(scope, "setScope", [operator, actor, services.map(serviceHash), readOnly]),
    revokeScope: (actor) => send(scope, "revokeScope", [operator, actor]),
    revokeDevice: (deviceKeyHash) => send(registry, "revokeDevice", [deviceKeyHash]),
    registerMasterDevice: (deviceKeyHash) =>
      send(registry, "registerMasterDevice", [deviceKeyHash, operator, operator, ROLE_CAP_MINT, "0x"]),
    close: () => provider.destroy(),
  };
}
