import { decodeCreation, wordsOfCreation } from "@agentkeys/contracts/calls";
import type { Deployer } from "@agentkeys/contracts/deploy";
import type { FailoverProvider } from "@agentkeys/common/chain";
import { getCreateAddress } from "ethers";
import type { WalletSigner } from "../wallet/port.ts";
import { ADVANCE_DATA, advanceWords } from "./epoch.ts";
import { minedAs } from "./receipt.ts";

/**
 * Deploys with a wallet, one transaction after another. `say` hears each in the words that its bytes make before the wallet is asked;
 * what is mined is held against them.
 */
export function signingDeployer(of: { signer: WalletSigner; provider: FailoverProvider; say: (text: string) => void }): Deployer {
  const { signer, provider, say } = of;
  const { address: from } = signer;
  const carry = async (transaction: { to?: string; data: string }, words: string): Promise<{ nonce: number }> => {
    say(`to sign: ${words}`);
    const hash = await signer.sendTransaction({ ...transaction, words: [words] });
    return await minedAs(provider, hash, { from, ...transaction });
  };
  return {
    address: from,
    create: async (initCode) => {
      const { nonce } = await carry({ data: initCode }, wordsOfCreation(decodeCreation(initCode)));
      const address = getCreateAddress({ from, nonce });
      if ((await provider.getCode(address)) === "0x") throw new TypeError(`there is no contract at ${address} after its transaction`);
      return address;
    },
    advance: async (counter, epoch) => {
      await carry({ to: counter, data: ADVANCE_DATA }, advanceWords(epoch));
    },
  };
}
