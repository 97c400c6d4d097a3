import { FetchRequest, JsonRpcProvider, Network } from "ethers";

/** Far above the logs of one range of blocks; what is larger is no answer of ours. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

async function boundedBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new TypeError(`the RPC answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * A provider of one URL that never retries, follows no redirect, reads no more than it must and gives up after `timeoutMs`,
 * however slowly the answer drips.
 */
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
      body: await boundedBody(response),
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
