import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Caller, CallerGuard } from "../caller/index.ts";
import { rawRefusal } from "./answers.ts";

export interface ListenersOptions {
  addresses: readonly string[];
  port: number;
  callerGuard: CallerGuard;
  headersMs: number | undefined;
  requestMs: number | undefined;
  onRequest: (request: IncomingMessage, response: ServerResponse, caller: Caller) => void;
}

export interface Listeners {
  readonly port: number;
  /** Stops accepting and closes idle connections; resolves when the last connection is closed. */
  stop(): Promise<void>;
  /** Closes every connection. */
  cut(): void;
}

const MAX_HEADER_BYTES = 32 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 300_000;
const KEEP_ALIVE_MS = 65_000;
const MISSING_FAMILY = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

function refuseRaw(socket: Duplex, parserCode: string | undefined): void {
  if (socket.writable) socket.end(rawRefusal(parserCode));
  else socket.destroy();
}

function createListener(options: ListenersOptions): Server {
  const callers = new WeakMap<Socket, Caller>();
  const answering = new WeakSet<Duplex>();
  const headersTimeout = options.headersMs ?? HEADERS_MS;
  const requestTimeout = options.requestMs ?? REQUEST_MS;
  const server = createServer({
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(1000, headersTimeout),
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const caller = callers.get(request.socket);
    if (caller === undefined) {
      request.destroy();
      return;
    }
    const { socket } = request;
    answering.add(socket);
    response.on("close", () => answering.delete(socket));
    options.onRequest(request, response, caller);
  };
  server.on("connection", (socket: Socket) => {
    const caller = options.callerGuard.identify(socket);
    if (caller === null) socket.destroy();
    else callers.set(socket, caller);
  });
  server.on("request", onRequest);
  // The proxy itself says when the body is wanted, after every check.
  server.on("checkContinue", onRequest);
  server.on("connect", (_request, socket) => {
    refuseRaw(socket, "HPE_INVALID_METHOD");
  });
  server.on("clientError", (fault: NodeJS.ErrnoException, socket) => {
    // Bytes after a request that is still being answered: a raw answer here would land inside that one.
    if (answering.has(socket)) socket.destroy();
    else refuseRaw(socket, fault.code);
  });
  return server;
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Opens one strict HTTP server per address, all on one port. A family the machine lacks is skipped, except for the first address. */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const servers: Server[] = [];
  let { port } = options;
  for (const address of options.addresses) {
    const server = createListener(options);
    try {
      port = await bind(server, address, port);
      servers.push(server);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? "";
      if (servers.length > 0 && MISSING_FAMILY.has(code)) continue;
      for (const open of servers) open.close();
      throw new AgentKeysError("internal", { detail: `listen on ${address}: ${code}`, cause });
    }
  }
  if (servers.length === 0) throw new AgentKeysError("config_invalid", { detail: "no listen address" });
  return {
    port,
    async stop() {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
    cut() {
      for (const server of servers) server.closeAllConnections();
    },
  };
}
