import { listen } from "@agentkeys/common/http";

/** An RPC of the test's own: answers a member of the JSON-RPC reply by method. */
export async function startRpc(
  answer: (method: string, body: string) => Promise<object>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const reply = async (body: string): Promise<string> => {
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    return JSON.stringify({ ...(await answer(method, body)), jsonrpc: "2.0", id });
  };
  const server = await listen(
    (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => void reply(body).then((text) => response.end(text)));
    },
    { port: 0, host: "127.0.0.1" },
  );
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.close(0) };
}

/** Hands a call on to a real RPC. */
export async function passOn(url: string, body: string): Promise<object> {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await answer.json()) as object;
}
