import { FetchRequest, JsonRpcProvider, Network } from "ethers";

/** A provider of one URL that never retries, follows no redirect and gives up after `timeoutMs`, however slowly the answer drips. */
export function providerFor(url: string, chainId: number, timeoutMs: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = timeoutMs;
  request.retryFunc = () => Promise.resolve(false);
  request.setThrottleParams({ maxAttempts: 1 });
  // ethers' own transport bounds the silence between bytes, not the whole exchange.
  request.getUrlFunc = async ({ url: target, method, headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(target, { method, headers, body: body === null ? null : Buffer.from(body), redirect: "error", signal });
    return {
      statusCode: response.status,
      statusMessage: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    };
  };
  // staticNetwork saves a call each time; batching would add ethers' 10 ms stall to every read.
  return new JsonRpcProvider(request, chainId, { staticNetwork: Network.from(chainId), batchMaxCount: 1, cacheTimeout: -1 });
}

/** Throws unless the RPC serves the expected chain. */
export async function assertChainId(provider: JsonRpcProvider, expected: number): Promise<void> {
  const answer: unknown = await provider.send("eth_chainId", []);
  if (typeof answer !== "string" || Number(answer) !== expected) throw new TypeError("the RPC serves another chain");
}
