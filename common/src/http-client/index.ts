/**
 * JSON calls and event streams to our own services by undici: no redirects, one CA bundle, bounded answers. Must not import express.
 */
import type { Readable } from "node:stream";
import { AgentKeysError } from "../errors/index.ts";
import { Agent, buildConnector, type Connector, type Dispatcher } from "../undici/index.ts";

/** Whom to trust and, when the other side asks, who we are: PEM. Read again when it says that it changed. */
export interface CaSource {
  current(): { ca: string; cert?: string; key?: string };
  onChange(listener: () => void): void;
}

export interface HttpRequest {
  headers?: Record<string, string>;
  body?: unknown;
  /** Sent as it is in place of a JSON body: lines of JSON. */
  lines?: string;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON, or null when the answer was not JSON. */
  body: unknown;
}

export interface HttpClient {
  /** One JSON exchange; throws `upstream_unreachable` when no answer arrives. Statuses are the caller's business. */
  json(method: "GET" | "POST", url: string, options?: HttpRequest): Promise<HttpAnswer>;
  /** A streaming GET; the caller reads `body`. No body time-out: the caller watches heartbeats. */
  stream(url: string, options?: HttpRequest): Promise<{ status: number; body: Readable }>;
  /** Ends every exchange and stream, those begun before a change of certificates too. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** CA, and own certificate if there is one; followed while it changes. */
  tls?: CaSource;
  /** CA bundle alone, PEM. */
  caPem?: string;
  /** TLS server name when the address dialled is not the name on the certificate. */
  serverName?: string;
  /** Where a `host:port` is dialled instead, as through a forwarded port; its name on certificate and proofs stays. */
  dial?: Readonly<Record<string, { hostname: string; port: number }>>;
  timeoutMs?: number;
  maxAnswerBytes?: number;
}

type Answer = Dispatcher.ResponseData;

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_ANSWER_BYTES = 1_048_576;

function agentOf(options: HttpClientOptions): Agent {
  const own = options.tls?.current();
  const ca = own?.ca ?? options.caPem;
  const identity = own?.cert === undefined || own.key === undefined ? {} : { cert: own.cert, key: own.key };
  const name = options.serverName === undefined ? {} : { servername: options.serverName };
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const connect = { timeout, ...(ca === undefined ? {} : { ca }), ...identity, ...name };
  return new Agent({ connect: options.dial === undefined ? connect : dialling(options.dial, buildConnector(connect)) });
}

/** `host` is left as it is: the TLS server name is taken from it. */
function dialling(dial: NonNullable<HttpClientOptions["dial"]>, connector: Connector): Connector {
  return (target, done) => {
    const name = `${target.hostname}:${target.port}`;
    const instead = Object.hasOwn(dial, name) ? dial[name] : undefined;
    connector(instead === undefined ? target : { ...target, hostname: instead.hostname, port: String(instead.port) }, done);
  };
}

/** A client with its own connection pool. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  let agent = agentOf(options);
  // Reaches exchanges on agents of before a change as well: an undici agent that is closing cannot be destroyed any more.
  const closed = new AbortController();
  options.tls?.onChange(() => {
    const old = agent;
    agent = agentOf(options);
    void old.close();
  });
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  type Init = Omit<Dispatcher.RequestOptions, "origin" | "path">;
  const send = async (url: string, init: Init, own: AbortSignal | undefined): Promise<Answer> => {
    const signal = own === undefined ? closed.signal : AbortSignal.any([own, closed.signal]);
    const { origin, pathname, search, host } = new URL(url);
    try {
      return await agent.request({ ...init, signal, origin, path: pathname + search });
    } catch (cause) {
      throw new AgentKeysError("upstream_unreachable", { detail: host, cause });
    }
  };
  return {
    async json(method, url, { headers = {}, body, lines, signal } = {}) {
      const text = lines ?? (body === undefined ? undefined : JSON.stringify(body));
      const payload = text === undefined ? {} : { body: text };
      const type = text === undefined ? {} : { "content-type": lines === undefined ? "application/json" : "application/x-ndjson" };
      const accepting = { accept: "application/json", ...type, ...headers };
      const answer = await send(url, { method, headers: accepting, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, ...payload }, signal);
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: await readJson(answer, options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES),
      };
    },
    async stream(url, { headers = {}, signal } = {}) {
      const accepting = { accept: "text/event-stream", ...headers };
      const answer = await send(url, { method: "GET", headers: accepting, headersTimeout: timeoutMs, bodyTimeout: 0 }, signal);
      return { status: answer.statusCode, body: answer.body };
    },
    close: async () => {
      closed.abort();
      await agent.destroy();
    },
  };
}

async function readJson(answer: Answer, limit: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new AgentKeysError("upstream_unreachable", { detail: "the answer is too large" });
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof AgentKeysError ? cause : new AgentKeysError("upstream_unreachable", { detail: "the answer broke off", cause });
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return null;
  }
}
