import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Leaf } from "./certificates.ts";

export interface Recorded {
  method: string;
  url: string;
  rawHeaders: string[];
  body: string;
}
export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface StubUpstream {
  port: number;
  requests: Recorded[];
  /** TLS connections that were fully set up. */
  secured: () => number;
  /** TCP connections that arrived. */
  connections: () => number;
  behave(behaviour: Behaviour): void;
  /** Answers before the body is read. */
  behaveEarly(behaviour: ((request: IncomingMessage, response: ServerResponse) => void) | null): void;
  close(): Promise<void>;
}

export function headerValues(recorded: Recorded | undefined, name: string): string[] {
  const raw = recorded?.rawHeaders ?? [];
  return raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);
}

const ok: Behaviour = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end('{"ok":true}');
};

/** A real TLS server that keeps what it received. */
export async function startStubUpstream(leaf: Leaf): Promise<StubUpstream> {
  const requests: Recorded[] = [];
  let behaviour = ok;
  let early: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  let secured = 0;
  let connections = 0;
  const server: Server = createServer({ cert: leaf.cert, key: leaf.key }, (request, response) => {
    if (early !== null) {
      early(request, response);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      requests.push({ method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders, body: body.toString() });
      behaviour(request, response, body);
    });
  });
  server.on("connection", () => (connections += 1));
  server.on("secureConnection", () => (secured += 1));
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    secured: () => secured,
    connections: () => connections,
    behave: (next) => (behaviour = next),
    behaveEarly: (next) => (early = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
