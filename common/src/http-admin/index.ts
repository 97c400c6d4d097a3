/**
 * Listeners with live TLS, and the admin port (health, readiness, metrics). Must not import express: the sidecar uses it.
 */
import http, { type RequestListener, type Server } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Metrics } from "../metrics/index.ts";
import type { TlsMaterial, TlsSource } from "../tls/index.ts";

export { READINESS_TOLERANCE_MS, watchReadiness, type Readiness, type ReadinessCheck, type ReadinessOptions } from "./readiness.ts";

export interface Listening {
  port: number;
  url: string;
  /** Stops accepting, waits up to `graceMs` for requests under way, then closes what is left. */
  close(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  port: number;
  host?: string;
  tls?: TlsSource;
  /** Ask for a client certificate and refuse the handshake without one signed by `tls.ca`. */
  requireClientCert?: boolean;
  /** Ask for a client certificate and let callers without one in: a route decides with {@link clientNames}. */
  acceptClientCert?: boolean;
  /** How long a request may take to arrive whole; its answer may take longer. */
  requestTimeoutMs?: number;
}

const CLOSE_GRACE_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** A request that is late is noticed within a sixth of its time more. */
const LOOKS_A_TIMEOUT = 6;

function contextOf(material: TlsMaterial, options: ListenOptions): https.ServerOptions {
  const isAsked = options.requireClientCert === true || options.acceptClientCert === true;
  const client = isAsked ? { requestCert: true, rejectUnauthorized: options.requireClientCert === true, ca: material.ca } : {};
  return { cert: material.cert, key: material.key, minVersion: "TLSv1.3", ...client };
}

function timeLimits({ requestTimeoutMs: limit = REQUEST_TIMEOUT_MS }: ListenOptions): http.ServerOptions {
  return { requestTimeout: limit, headersTimeout: limit, connectionsCheckingInterval: Math.ceil(limit / LOOKS_A_TIMEOUT) };
}

/** URI names on the verified certificate of whoever called; none without one. */
export function clientNames(socket: Socket): string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return [];
  const names = socket.getPeerCertificate().subjectaltname ?? "";
  return names.split(", ").flatMap((name) => (name.startsWith("URI:") ? [name.slice("URI:".length)] : []));
}

/** Serves `handler`; TLS material is swapped live when its source changes. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const server =
    options.tls === undefined ? http.createServer(timeLimits(options), handler) : createTlsServer(handler, options.tls, options);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? "http" : "https";
  return { port, url: `${scheme}://localhost:${port}`, close: (graceMs = CLOSE_GRACE_MS) => close(server, sockets, graceMs) };
}

function createTlsServer(handler: RequestListener, tls: TlsSource, options: ListenOptions): https.Server {
  const server = https.createServer({ ...contextOf(tls.current(), options), ...timeLimits(options) }, handler);
  tls.onChange((material) => server.setSecureContext(contextOf(material, options)));
  return server;
}

function close(server: Server, sockets: Set<Socket>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

export interface AdminOptions {
  metrics: Metrics;
  missing: () => readonly string[];
  /** What else may be read, by path: nothing secret, the port asks nobody who they are. */
  pages?: Readonly<Record<string, () => Promise<object>>>;
}

/** `/healthz`, `/readyz` (503 and the list of what is missing) and `/metrics` on a plain port of their own. */
export function adminHandler(options: AdminOptions): RequestListener {
  const pages = new Map(Object.entries(options.pages ?? {}));
  return (request, response) => {
    const answer = (status: number, type: string, body: string): void =>
      void response.writeHead(status, { "content-type": type }).end(body);
    if (request.method !== "GET") answer(405, "text/plain", "method not allowed\n");
    else if (request.url === "/healthz") answer(200, "application/json", '{"ok":true}\n');
    else if (request.url === "/readyz") {
      const missing = options.missing();
      answer(missing.length === 0 ? 200 : 503, "application/json", `${JSON.stringify({ ready: missing.length === 0, missing })}\n`);
    } else if (request.url === "/metrics") {
      options.metrics.registry.metrics().then(
        (text) => answer(200, options.metrics.registry.contentType, text),
        () => answer(500, "text/plain", "metrics failed\n"),
      );
    } else {
      const page = pages.get(request.url ?? "");
      if (page === undefined) answer(404, "text/plain", "not found\n");
      else
        page().then(
          (content) => answer(200, "application/json", `${JSON.stringify(content)}\n`),
          () => answer(500, "text/plain", "page failed\n"),
        );
    }
  };
}

/** The admin port of a process. What `/readyz` says is also agentkeys_<process>_ready. */
export function adminServer(options: AdminOptions & { port: number; host?: string }): Promise<Listening> {
  const { metrics, missing } = options;
  metrics.reading("ready", "1 when the process has all it needs, as /readyz says", () => (missing().length === 0 ? 1 : 0));
  return listen(adminHandler(options), { port: options.port, ...(options.host === undefined ? {} : { host: options.host }) });
}
