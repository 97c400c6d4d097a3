import http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** What a fake node answers to a method: a `result`, raw text instead of JSON-RPC, or nothing at all. */
export type Answer = { result: unknown } | { text: string; status?: number } | { silent: true } | { dripping: true };

export type AnswerOf = (method: string, params: unknown[]) => Answer;

export interface FakeRpc {
  url: string;
  calls: string[];
  close(): Promise<void>;
}

/** A JSON-RPC node on a local port that answers what the test says. */
export async function startFakeRpc(answerOf: AnswerOf): Promise<FakeRpc> {
  const calls: string[] = [];
  const server = http.createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: unknown[] };
      calls.push(method);
      const answer = answerOf(method, params);
      if ("silent" in answer) return;
      response.setHeader("content-type", "application/json");
      if ("dripping" in answer) {
        const drip = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drip));
      } else if ("text" in answer) response.writeHead(answer.status ?? 200).end(answer.text);
      else response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answer.result }));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
