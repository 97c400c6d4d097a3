import { FailoverProvider, openChainReader, providerFor as providerOfUrl, type ChainConfig } from "@agentkeys/common/chain";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Interface, JsonRpcProvider } from "ethers";

const CALL_TIMEOUT_MS = 10_000;
const ATTEMPTS = 2;
/** How far the nodes behind one URL may be apart. */
const BALANCED_BLOCKS = 5;
/** 0x and four bytes; a contract may revert with less, which has no name. */
const SELECTOR_DIGITS = 10;

/** A provider of one URL that gives up instead of waiting; close it with `destroy`. */
export function providerFor(url: string, chainId: number): JsonRpcProvider {
  return providerOfUrl(url, chainId, { timeoutMs: CALL_TIMEOUT_MS, attempts: ATTEMPTS });
}

/**
 * A provider over all RPCs of a chain: what one cannot answer goes to the next, what fewer than the chain's quorum say is not believed,
 * transactions go to all, and one that serves another chain counts as none.
 */
export function providerOf({ rpcUrls, chainId, quorum = 1 }: Pick<ChainConfig, "rpcUrls" | "chainId" | "quorum">): FailoverProvider {
  return new FailoverProvider({ rpcUrls, chainId, quorum, clock: systemClock, timeoutMs: CALL_TIMEOUT_MS, attempts: ATTEMPTS });
}

/**
 * The same, once it is known that the chain is read as it is now: what is older than the chain's age limit is refused, and afterwards
 * so is every node that is behind. Throws `chain_rpc_error`.
 */
export async function recentProviderOf(chain: ChainConfig, clock: Clock): Promise<FailoverProvider> {
  const reader = openChainReader(chain, { clock });
  try {
    const head = await reader.blockNumber();
    const provider = providerOf(chain);
    provider.seen(Math.max(0, head - BALANCED_BLOCKS));
    return provider;
  } catch (cause) {
    throw unreadable(chain, cause);
  } finally {
    reader.close();
  }
}

/** `chain_rpc_error` with the hosts that were asked, and what they did wrong. */
export function unreadable({ rpcUrls }: Pick<ChainConfig, "rpcUrls">, cause: unknown): AgentKeysError {
  const hosts = rpcUrls.map((each) => new URL(each).host).join(", ");
  return new AgentKeysError("chain_rpc_error", {
    message: `The RPC at ${hosts} could not be read (${chainWords(cause)}): check it, or give another with --rpc-url`,
    cause,
  });
}

/** What a fault of the chain says to people: the contract's own error by name, or the transport's. */
export function chainWords(fault: unknown, contract?: Interface): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault instanceof AgentKeysError && fault.code === "chain_rpc_error") return chainWords(fault.cause ?? fault.message, contract);
  if (fault instanceof AggregateError && fault.errors.length > 0)
    return `${fault.message}: ${[...new Set(fault.errors.map((each) => chainWords(each, contract)))].join("; ")}`;
  const { shortMessage, code, data } = fault as { shortMessage?: string; code?: string; data?: unknown };
  if (code === "INSUFFICIENT_FUNDS") return "the wallet's balance does not cover it: send it coins";
  const error = typeof data === "string" && data.length >= SELECTOR_DIGITS ? contract?.parseError(data) : undefined;
  return error?.name ?? shortMessage ?? fault.message;
}
