import { listen } from "@agentkeys/common/http";

/** Exactly one thing that an RPC does wrong; `sound` passes everything on. */
export type Misbehaviour =
  | "sound"
  | "down"
  | "error"
  | "html"
  | "short"
  | "wrong-chain"
  | "drips"
  | "hangs"
  | "lies"
  | "lags"
  | "swallows"
  | "is-deaf"
  | "hides-receipts"
  | "hides-events";

export interface MisbehavingRpc {
  readonly url: string;
  does: Misbehaviour;
  /** Methods asked so far. */
  readonly calls: string[];
  close(): Promise<void>;
}

interface Call {
  id: number;
  method: string;
  params: unknown[];
}

const WORD = 64;
/** `inScope` among the lens' fourteen words. */
const IN_SCOPE_WORD = 8;

/** A real HTTP server in front of a real node that misbehaves in one way at a time. */
export async function startMisbehavingRpc(upstream: string): Promise<MisbehavingRpc> {
  let staleBlock = "0x0";
  const ask = async (call: object): Promise<{ result?: unknown }> => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...call });
    const answer = await fetch(upstream, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await answer.json()) as { result?: unknown };
  };
  const calls: string[] = [];
  let does: Misbehaviour = "sound";
  const server = await listen(
    (request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const call = JSON.parse(text) as Call;
        calls.push(call.method);
        const reply = (body: string, status = 200): void =>
          void response.writeHead(status, { "content-type": "application/json" }).end(body);
        const answer = (result: unknown): void => reply(JSON.stringify({ jsonrpc: "2.0", id: call.id, result }));
        if (does === "down") request.socket.destroy();
        else if (does === "hangs") return;
        else if (does === "error") reply("{}", 503);
        else if (does === "html") reply("<html>gateway</html>");
        else if (does === "drips") {
          const drip = setInterval(() => response.write(" "), 20);
          response.on("close", () => clearInterval(drip));
        } else if (does === "wrong-chain" && call.method === "eth_chainId") answer("0x1");
        else if (does === "is-deaf" && call.method === "eth_sendRawTransaction") request.socket.destroy();
        else if (does === "hides-receipts" && call.method === "eth_getTransactionReceipt") answer(null);
        else if (does === "hides-events" && call.method === "eth_getLogs") answer([]);
        else
          void ask(does === "lags" ? staled(call, staleBlock) : call).then((answered) => {
            if (does === "swallows" && call.method === "eth_sendRawTransaction") request.socket.destroy();
            else reply(JSON.stringify(does === "sound" ? answered : bent(does, call, answered)));
          });
      });
    },
    { port: 0, host: "127.0.0.1" },
  );
  return {
    url: server.url.replace("localhost", "127.0.0.1"),
    calls,
    get does() {
      return does;
    },
    set does(next) {
      if (next === "lags") void ask({ id: 1, method: "eth_blockNumber", params: [] }).then(({ result }) => (staleBlock = String(result)));
      does = next;
    },
    close: () => server.close(0),
  };
}

/** The call as a node that stopped at a block would understand it. */
function staled(call: Call, block: string): Call {
  const params = call.params.map((param) => (param === "latest" || param === "pending" ? block : param));
  if (call.method === "eth_getLogs") return { ...call, params: [{ ...(call.params[0] as object), toBlock: block }] };
  if (call.method === "eth_blockNumber") return { ...call, method: "eth_getBlockByNumber", params: [block, false] };
  return { ...call, params };
}

function bent(does: Misbehaviour, { method }: Call, answered: { result?: unknown }): object {
  const { result } = answered;
  if (does === "lags" && method === "eth_blockNumber") return { ...answered, result: (result as { number: string }).number };
  if (does === "lies" && method === "eth_getTransactionReceipt" && result !== null)
    return { ...answered, result: { ...(result as object), status: "0x0" } };
  if (does === "lies" && method === "eth_getTransactionCount") return { ...answered, result: "0xffff" };
  if (method !== "eth_call" || typeof result !== "string") return answered;
  if (does === "short") return { ...answered, result: result.slice(0, -WORD) };
  return does === "lies" ? { ...answered, result: flipped(result) } : answered;
}

/** The lens' answer with another `inScope`; any other one with another last word. */
function flipped(result: string): string {
  const at = Math.min(2 + IN_SCOPE_WORD * WORD, result.length - WORD);
  if (at < 2) return result;
  const word = BigInt(`0x${result.slice(at, at + WORD)}`) === 0n ? "1" : "0";
  return `${result.slice(0, at)}${word.padStart(WORD, "0")}${result.slice(at + WORD)}`;
}
