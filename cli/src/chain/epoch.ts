import { K3EpochCounter } from "@agentkeys/contracts";
import type { ChainConfig, FailoverProvider } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Contract, Interface } from "ethers";
import type { WalletSigner } from "../wallet/port.ts";
import { chainWords } from "./provider.ts";
import { minedAs } from "./receipt.ts";

/** The epoch of K3 on chain. Every fault is `chain_rpc_error`. */
export interface EpochCounter {
  current(): Promise<number>;
  /** The epoch at the chain's finality tag, which no reorganisation takes back. */
  final(): Promise<number>;
  /** Address of the wallet that may advance it. */
  governance(): Promise<string>;
  /** Advances from `from` to the next and waits until it is mined; does nothing when somebody has done so already. */
  advance(signer: WalletSigner, from: number): Promise<void>;
}

/** Calldata of the transaction that advances it. */
export const ADVANCE_DATA = new Interface(K3EpochCounter.abi).encodeFunctionData("advanceEpoch");

/** What advancing from an epoch does. */
export function advanceWords(from: number): string {
  return `advance the key epoch from ${from} to ${from + 1}: new credentials are written under key ${from + 1}`;
}

/** The transaction that advances it, for wallets that are kept elsewhere. */
export function advanceCall(chain: ChainConfig): { to: string; data: string } {
  return { to: chain.contracts.epoch, data: ADVANCE_DATA };
}

/** Opens the counter of a chain. */
export function openEpochCounter(chain: ChainConfig, provider: FailoverProvider): EpochCounter {
  const contract = new Contract(chain.contracts.epoch, K3EpochCounter.abi, provider);
  const asked = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof AgentKeysError) throw cause;
      throw new AgentKeysError("chain_rpc_error", { message: `${what} failed: ${chainWords(cause, contract.interface)}`, cause });
    }
  };
  const epochAt = (blockTag: string): Promise<number> =>
    asked("Reading the key epoch", async () => Number(await contract.getFunction("currentEpoch").staticCall({ blockTag })));
  const current = (): Promise<number> => epochAt("latest");
  return {
    current,
    final: () => epochAt(chain.finality ?? "latest"),
    governance: () => asked("Reading the governance", async () => String(await contract.getFunction("signerGovernance").staticCall())),
    advance: (signer, from) =>
      asked("Advancing the key epoch", async () => {
        // The count before the epoch: a transaction of ours that is still under way has this very count, so that one of the two wins.
        const nonce = await provider.getTransactionCount(signer.address, "latest");
        if ((await current()) !== from) return;
        const hash = await signer.sendTransaction({ ...advanceCall(chain), words: [advanceWords(from)], nonce });
        await minedAs(provider, hash, { from: signer.address, ...advanceCall(chain) });
      }),
  };
}
