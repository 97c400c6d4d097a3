import { FetchRequest, JsonRpcProvider, Network, type JsonRpcPayload, type JsonRpcResult } from "ethers";

import { RpcFault, transportFault } from "./rpc-fault.ts";

/** Blocks whose logs RPCs of public chains answer at once. */
export const LOG_BLOCKS_AT_ONCE = 10_000;
/** Far above the logs of one range of blocks; what is larger is no answer of ours. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

async function boundedBody(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new RpcFault("malformed", `the RPC answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** ethers' faults of a transport hold the whole URL, in which providers of RPCs put their customers' keys. */
class UnnamedProvider extends JsonRpcProvider {
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    try {
      return await super._send(payload);
    } catch (fault) {
      throw transportFault(fault);
    }
  }
}

/**
 * A provider of one URL that follows no redirect, reads no more than it must and gives up after `timeoutMs`, however slowly
 * the answer drips. It asks once, or up to `attempts` times while the RPC says that it is asked too often. No fault of it
 * names the URL.
 */
export function providerFor(url: string, chainId: number, of: { timeoutMs: number; attempts?: number }): JsonRpcProvider {
  const { timeoutMs, attempts = 1 } = of;
  const request = new FetchRequest(url);
  request.timeout = timeoutMs;
  request.retryFunc = (_request, _response, attempt) => Promise.resolve(attempt + 1 < attempts);
  request.setThrottleParams({ maxAttempts: attempts });
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
  return new UnnamedProvider(request, chainId, { staticNetwork: Network.from(chainId), batchMaxCount: 1, cacheTimeout: -1 });
}

/** Throws unless the RPC serves the expected chain. */
export async function assertChainId(provider: JsonRpcProvider, expected: number): Promise<void> {
  const answer: unknown = await provider.send("eth_chainId", []);
  if (typeof answer !== "string" || Number(answer) !== expected) throw new RpcFault("wrong-chain", "the RPC serves another chain");
}
