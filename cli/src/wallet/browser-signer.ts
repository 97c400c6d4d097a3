import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { operatorOmni, type Hex } from "@agentkeys/common/identity";
import { decodeCreation, wordsOfCreation } from "@agentkeys/contracts/calls";
import { getAddress, isAddress, TypedDataEncoder, verifyTypedData } from "ethers";
import type { PageAnswer, WalletPage } from "./page-server.ts";
import type { WalletSigner, WalletTypedData } from "./port.ts";

const USER_REJECTED = 4001;
const UNKNOWN_CHAIN = 4902;
const MAX_WORDS = 300;

/** The chain as far as a wallet program and its owner are told of it. */
export type SigningChain = Pick<ChainConfig, "chainId" | "profile" | "explorerTxUrl">;

/** Who has to sign. */
export interface Wanted {
  /** Whose master wallet it has to be; any account when left out. */
  operator?: Hex | undefined;
  /** That wallet, where the chain knows it. */
  account?: string | undefined;
  /** What an account is chosen for, where any will do. */
  purpose?: string | undefined;
}

/**
 * A wallet in the browser, once it is connected with an account that the page's visitor may sign with. Rejects with `wallet_rejected`
 * when its owner says no, `wallet_page_closed` when the page goes, `call_refused` when what it answers is not what was asked for. It is
 * asked to create no contract but ours, in words that are read from the init code itself.
 */
export async function openBrowserSigner(of: Wanted & { page: WalletPage; chain: SigningChain }): Promise<WalletSigner> {
  const { page, chain } = of;
  const address = await connected(of);
  const job = { kind: "sign", account: address, chain: chain.profile, chainId: chain.chainId, explorer: chain.explorerTxUrl };
  return {
    address,
    sendTransaction: async ({ to, data, words, nonce }) => {
      const creates = to === undefined ? decodeCreation(data) : undefined;
      const shown = creates === undefined ? words : [wordsOfCreation(creates)];
      const hash = resultOf(await page.ask({ ...job, to, creates, data, words: shown, nonce }), chain);
      if (/^0x[0-9a-f]{64}$/i.test(hash)) return hash.toLowerCase();
      throw new AgentKeysError("call_refused", {
        message: "The wallet answered no transaction hash: look at its history before you try again",
      });
    },
    signTypedData: async (data) => {
      const signature = resultOf(await page.ask({ ...job, words: data.words, typedData: payloadOf(data) }), chain);
      if (signerOf(data, signature) === address) return signature;
      throw new AgentKeysError("call_refused", { message: `The wallet's signature is not one of ${address} over what was asked for` });
    },
    close: () => page.close("The result is in your terminal. You can close this page."),
  };
}

async function connected({ page, operator, account, purpose }: Wanted & { page: WalletPage }): Promise<string> {
  let trouble: string | undefined;
  for (;;) {
    const answer = await page.ask({ kind: "connect", operator, account, purpose, trouble });
    throwFault(answer);
    const accounts = (Array.isArray(answer["accounts"]) ? answer["accounts"] : []).filter((one): one is string => isAddress(one));
    const own = accounts.find((one) => operator === undefined || operatorOmni(one) === operator);
    if (own !== undefined) return getAddress(own);
    const wanted = account ?? "the account whose operator is shown above";
    trouble =
      operator === undefined
        ? "Your wallet offered no account. Unlock it and choose one."
        : `${accounts[0] ?? "This wallet"} is not the master wallet. Choose ${wanted} in your wallet.`;
  }
}

function payloadOf({ domain, types, message }: WalletTypedData): unknown {
  return TypedDataEncoder.getPayload(domain, types, message);
}

function signerOf({ domain, types, message }: WalletTypedData, signature: string): string | null {
  try {
    return verifyTypedData(domain, types, message, signature);
  } catch {
    return null;
  }
}

function resultOf(answer: PageAnswer, { chainId, profile }: SigningChain): string {
  const fault = answer["fault"] as { code?: unknown } | undefined;
  if (fault?.code === UNKNOWN_CHAIN)
    throw new AgentKeysError("wallet_rejected", {
      message: `The wallet does not know ${profile} (chain ${chainId}): add this chain to it, then run the command again`,
    });
  throwFault(answer);
  return String(answer["result"]);
}

function throwFault({ fault }: PageAnswer): void {
  if (fault === undefined) return;
  const { code, message } = (fault ?? {}) as { code?: unknown; message?: unknown };
  const words = String(message)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, MAX_WORDS);
  if (code === USER_REJECTED) throw new AgentKeysError("wallet_rejected", { message: `The wallet did not sign: ${words}` });
  throw new AgentKeysError("chain_rpc_error", { message: `The wallet could not send it: ${words}` });
}
