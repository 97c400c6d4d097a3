import { FailoverProvider, type ChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { FetchRequest, JsonRpcProvider, Network, type Interface } from "ethers";

const CALL_TIMEOUT_MS = 10_000;
const ANVIL_CHAIN_ID = 31337;
/** 0x and four bytes; a contract may revert with less, which has no name. */
const SELECTOR_DIGITS = 10;

/** A provider of one URL that gives up instead of waiting; close it with `destroy`. */
export function providerFor(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = CALL_TIMEOUT_MS;
  request.setThrottleParams({ maxAttempts: 2 });
  return new JsonRpcProvider(request, chainId, {
    staticNetwork: Network.from(chainId),
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: chainId === ANVIL_CHAIN_ID ? 100 : 2000,
  });
}

/** A provider over all RPCs of a chain: what one cannot answer goes to the next, and one that serves another chain counts as none. */
export function providerOf({ rpcUrls, chainId }: Pick<ChainConfig, "rpcUrls" | "chainId">): JsonRpcProvider {
  return new FailoverProvider({ rpcUrls, chainId, clock: systemClock, timeoutMs: CALL_TIMEOUT_MS, attempts: 2 });
}

/** What a fault of the chain says to people: the contract's own error by name, or the transport's. */
export function chainWords(fault: unknown, contract?: Interface): string {
  if (!(fault instanceof Error)) return String(fault);
  const { shortMessage, code, data } = fault as { shortMessage?: string; code?: string; data?: unknown };
  if (code === "INSUFFICIENT_FUNDS") return "the wallet's balance does not cover it: send it coins";
  const error = typeof data === "string" && data.length >= SELECTOR_DIGITS ? contract?.parseError(data) : undefined;
  return error?.name ?? shortMessage ?? fault.message;
}
