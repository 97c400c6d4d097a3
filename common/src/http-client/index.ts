/**
 * JSON calls and event streams to our own services by undici: no redirects, one CA bundle, bounded answers. Must not import express.
 */
import { Agent, buildConnector, request, type Dispatcher } from "undici";
import type { Readable } from "node:stream";
import { AgentKeysError } from "../errors/index.ts";

/** Whom to trust and, when the other side asks, who we are: PEM. Read again when it says that it changed. */
export interface CaSource {
  current(): { ca: string; cert?: string; key?: string };
  onChange(listener: () => void): void;
}

export interface HttpRequest {
  headers?: Record<string, string>;
  body?: unknown;
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

type Answer = Awaited<ReturnType<typeof request>>;

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
function dialling(dial: NonNullable<HttpClientOptions["dial"]>, connector: buildConnector.connector): buildConnector.connector {
  return (target, done) => {
    const name = `${target.hostname}:${target.port}`;
    const instead = Object.hasOwn(dial, name) ? dial[name] : undefined;
    connector(instead === undefined ? target : { ...target, hostname: instead.hostname, port: String(instead.port) }, done);
  };
}

/** A client with its own connection pool. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  let agent = agentOf(options);
  options.tls?.onChange(() => {
    const old = agent;
    agent = agentOf(options);
    void old.close();
  });
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const send = async (url: string, init: Partial<Dispatcher.RequestOptions>): Promise<Answer> => {
    try {
      return await request(url, { ...init, dispatcher: agent });
    } catch (cause) {
      throw new AgentKeysError("upstream_unreachable", { detail: new URL(url).host, cause });
    }
  };
  return {
    async json(method, url, { headers = {}, body, signal } = {}) {
      const payload = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const answer = await send(url, {
        method,
        headers: { accept: "application/json", ...type, ...headers },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        ...payload,
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: await readJson(answer, options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES),
      };
    },
    async stream(url, { headers = {}, signal } = {}) {
      const answer = await send(url, {
        method: "GET",
        headers: { accept: "text/event-stream", ...headers },
        headersTimeout: timeoutMs,
        bodyTimeout: 0,
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: answer.statusCode, body: answer.body };
    },
    close: () => agent.destroy(),
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
