import { ServerResponse, createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Server as TlsServer } from "node:tls";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { CallerGuard, Peer } from "../caller/index.ts";
import { rawRefusal } from "./answers.ts";
import { Bag } from "./bag.ts";
import type { Exchange } from "./call.ts";
import { allowedHosts } from "./guard.ts";
import { isHandshake } from "./handshake.ts";
import type { Entrance } from "./ports.ts";

/** Where a request came in, and from whom. */
export interface Origin {
  readonly peer: Peer;
  /** Values of Host that name the listener. */
  readonly hosts: ReadonlySet<string>;
}

export interface ListenersOptions {
  addresses: readonly string[];
  port: number;
  callerGuard: CallerGuard;
  entrances: readonly Entrance[];
  headersMs: number | undefined;
  /** Takes a request; what it answers is called when the answer is out or the client is gone. */
  onRequest: (exchange: Exchange, origin: Origin) => () => void;
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
const KEEP_ALIVE_MS = 65_000;
/** Far above what an agent opens; what comes on top is closed, so that connections cannot use up the memory. */
const MAX_CONNECTIONS = 1024;
const MISSING_FAMILY = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

function refuseRaw(socket: Duplex, parserCode: string | undefined): void {
  if (socket.writable) socket.end(rawRefusal(parserCode));
  else socket.destroy();
}

/** What is known about one accepted connection. */
interface Connection {
  readonly peer: Peer;
  /** Ends of the requests that are being answered; more than one when they are pipelined. */
  readonly running: Bag<() => void>;
}

/** The answer to a handshake, as for any request, but on a socket that Node's parser has let go of. */
function answerTo(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  socket.setTimeout(0);
  socket.on("error", () => undefined);
  socket.on("drain", () => response.emit("drain"));
  socket.once("end", () => {
    if (!response.headersSent) socket.destroy();
  });
  response.on("finish", () => {
    socket.resume();
    socket.destroySoon();
  });
  return response;
}

interface ListenerDeps extends Pick<ListenersOptions, "headersMs" | "onRequest"> {
  readonly callerGuard: CallerGuard;
  readonly hosts: () => ReadonlySet<string>;
  readonly createServer: NonNullable<Entrance["createServer"]>;
  readonly upgraded: Set<Socket>;
}

function createListener(deps: ListenerDeps): Server {
  const connections = new WeakMap<Duplex, Connection>();
  const headersTimeout = deps.headersMs ?? HEADERS_MS;
  const options: ServerOptions & { optimizeEmptyRequests: boolean } = {
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    // None for the whole: an upload may take as long as it moves (see relay.ts).
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, headersTimeout),
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Anything that is no valid handshake stays a plain request and is refused or, like `h2c`, read without its Upgrade.
    shouldUpgradeCallback: isHandshake,
    // A request without a body is no stream that has to end; types of Node do not know the option yet.
    optimizeEmptyRequests: true,
  };
  const server = deps.createServer(options);
  server.maxConnections = MAX_CONNECTIONS;
  const hand = (exchange: Exchange, { peer, running }: Connection): void => {
    const end = deps.onRequest(exchange, { peer, hosts: deps.hosts() });
    const place = running.put(end);
    exchange.response.on("close", () => {
      running.take(place);
      end();
    });
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const connection = connections.get(request.socket);
    if (connection === undefined) request.socket.destroy();
    else hand({ request, response, isUpgrade: false }, connection);
  };
  // Behind TLS a request's socket is the one inside, which is there once the handshake is over.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    const peer = deps.callerGuard.identify(socket);
    if (peer === null) {
      socket.destroy();
      return;
    }
    const running = new Bag<() => void>();
    connections.set(socket, { peer, running });
    // An answer that waits behind another one is not told that its client is gone.
    socket.on("close", () => {
      for (const end of running.items()) end();
    });
  });
  server.on("request", onRequest);
  // The proxy itself says when the body is wanted, after every check.
  server.on("checkContinue", onRequest);
  server.on("upgrade", (request: IncomingMessage, _stream: Duplex, head: Buffer) => {
    const { socket } = request;
    const connection = connections.get(socket);
    // A handshake behind a request that is still being answered would take that answer's place.
    if (connection === undefined || connection.running.size > 0) {
      socket.destroy();
      return;
    }
    deps.upgraded.add(socket);
    socket.on("close", () => deps.upgraded.delete(socket));
    // Waits in the socket until a 101 has passed; with any other answer it is thrown away.
    if (head.length > 0) socket.unshift(head);
    hand({ request, response: answerTo(request, socket), isUpgrade: true }, connection);
  });
  server.on("connect", (_request, socket) => {
    refuseRaw(socket, "HPE_INVALID_METHOD");
  });
  server.on("clientError", (fault: NodeJS.ErrnoException, socket) => {
    // Bytes after a request that is still being answered: a raw answer here would land inside that one.
    if ((connections.get(socket)?.running.size ?? 0) > 0) socket.destroy();
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

async function openLoopback(options: ListenersOptions, create: (of: Entry) => Server): Promise<{ servers: Server[]; port: number }> {
  const servers: Server[] = [];
  let port = options.addresses.length === 0 ? 0 : options.port;
  let hosts: ReadonlySet<string> = new Set<string>();
  for (const address of options.addresses) {
    const server = create({ callerGuard: options.callerGuard, hosts: () => hosts });
    try {
      port = await bind(server, address, port);
      hosts = allowedHosts(port);
      servers.push(server);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? "";
      if (servers.length > 0 && MISSING_FAMILY.has(code)) continue;
      for (const open of servers) open.close();
      throw new AgentKeysError("internal", { detail: `listen on ${address}: ${code}`, cause });
    }
  }
  return { servers, port };
}

type Entry = Pick<ListenerDeps, "callerGuard" | "hosts"> & Partial<Pick<ListenerDeps, "createServer">>;

/**
 * Opens one strict HTTP server per address, all on one port, and one per entrance. A family the machine lacks is skipped, except
 * for the first address; any other that does not open closes those that did.
 */
export async function openListeners(options: ListenersOptions): Promise<Listeners> {
  const upgraded = new Set<Socket>();
  const create = (of: Entry): Server =>
    createListener({ createServer, upgraded, headersMs: options.headersMs, onRequest: options.onRequest, ...of });
  const { servers, port } = await openLoopback(options, create);
  for (const { callerGuard, hosts, createServer: own, open } of options.entrances) {
    const server = create({ callerGuard, hosts: () => hosts, ...(own === undefined ? {} : { createServer: own }) });
    try {
      await open(server);
    } catch (fault) {
      for (const one of servers) one.close();
      throw fault;
    }
    servers.push(server);
  }
  if (servers.length === 0) throw new AgentKeysError("config_invalid", { detail: "no listen address" });
  return {
    port,
    async stop() {
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
    cut() {
      for (const server of servers) server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    },
  };
}
