import { once } from "node:events";
import http, { type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider whose answers the test holds back, or that answers at once. */
export class Provider {
  readonly held: ServerResponse[] = [];
  isHolding = false;
  calls = 0;
  readonly #server = http.createServer((request, response) => {
    request.resume().on("end", () => {
      this.calls += 1;
      if (this.isHolding) this.held.push(response);
      else this.#answer(response);
    });
  });

  /** Answers its origin. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  release(): void {
    this.isHolding = false;
    for (const response of this.held.splice(0)) this.#answer(response);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(response: ServerResponse): void {
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
    const body = { id: "x", object: "chat.completion", model: "gpt-4.1", choices: [], usage };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}
