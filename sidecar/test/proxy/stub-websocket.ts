import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Leaf } from "./certificates.ts";
import type { Recorded } from "./stub-upstream.ts";

/** What the upstream does with a handshake; the bytes that came right behind it are `head`. */
export type Upgrading = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

export interface StubWebSocket {
  port: number;
  /** Handshakes in the order they came. */
  requests: Recorded[];
  /** The next WebSocket that is opened. */
  opened: () => Promise<WebSocket>;
  /** Connections that are open now. */
  connections: () => Promise<number>;
  /** Answers handshakes some other way; null: accepts them again. */
  behave(upgrading: Upgrading | null): void;
  close(): Promise<void>;
}

/** A real WebSocket server behind TLS. It picks `realtime` when it is offered, and compresses nothing. */
export async function startStubWebSocket(leaf: Leaf): Promise<StubWebSocket> {
  const requests: Recorded[] = [];
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has("realtime") ? "realtime" : false),
  });
  let upgrading: Upgrading | null = null;
  const server = createServer({ cert: leaf.cert, key: leaf.key }, (request, response) => {
    requests.push({ method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders, body: "" });
    response.end("plain");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    requests.push({ method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders, body: "" });
    socket.on("error", () => undefined);
    if (upgrading !== null) upgrading(request, socket, head);
    else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit("connection", opened, request));
  });
  sockets.on("connection", (opened: WebSocket) => opened.on("error", () => undefined));
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    opened: async () => ((await once(sockets, "connection")) as [WebSocket])[0],
    connections: () => new Promise((resolve) => server.getConnections((_fault, count) => resolve(count))),
    behave: (next) => (upgrading = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
