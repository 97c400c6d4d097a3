import { keyHex } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { Wallet, type JsonRpcProvider } from "ethers";
import type { WalletSigner } from "./port.ts";

/** Another writer with this wallet was faster: the next attempt takes the chain's new count. */
const NONCE_FAULTS = ["NONCE_EXPIRED", "REPLACEMENT_UNDERPRICED"];
const ATTEMPTS = 3;

/** Signs with a key in this process. */
export function keySigner(key: Secret, provider: JsonRpcProvider): WalletSigner {
  const wallet = new Wallet(keyHex(key), provider);
  return {
    address: wallet.address,
    sendTransaction: async ({ to = null, data, nonce }) => {
      if (nonce !== undefined) return (await wallet.sendTransaction({ to, data, nonce })).hash;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return (await wallet.sendTransaction({ to, data })).hash;
        } catch (fault) {
          if (attempt === ATTEMPTS || !NONCE_FAULTS.includes((fault as { code?: string }).code ?? "")) throw fault;
        }
      }
    },
    signTypedData: ({ domain, types, message }) => wallet.signTypedData(domain, types, message),
    close: () => Promise.resolve(),
  };
}
