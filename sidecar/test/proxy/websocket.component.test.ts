import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { FakeClock } from "@agentkeys/common/testing";
import type { ServicePolicy } from "@agentkeys/common/wire";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { WebSocket } from "ws";
import { KEY, PLACEHOLDER, policyOf, service, startBench, type Bench } from "./bench.ts";
import { createTestCa } from "./certificates.ts";
import { openRaw } from "./raw-client.ts";
import { headerValues } from "./stub-upstream.ts";
import { startStubWebSocket, type StubWebSocket } from "./stub-websocket.ts";

const ca = createTestCa();
let upstream: StubWebSocket;
let bench: Bench;
const at = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  service({ upstream: `https://upstream.test:${upstream.port}`, tls: { caBundle: ca.pem }, ...overrides });
const SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const HANDSHAKE = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${SAMPLE_KEY}`];

/** Opens a WebSocket through the proxy as an agent does. */
function dial(options: { path?: string; protocols?: string[]; headers?: Record<string, string>; bench?: Bench } = {}): WebSocket {
  const { port } = (options.bench ?? bench).proxy;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? "/openai/v1/realtime?model=m"}`, options.protocols ?? [], {
    headers: options.headers ?? {},
  });
  socket.on("error", () => undefined);
  return socket;
}

/** Both ends of a WebSocket that is open. */
async function dialBoth(own: Bench = bench): Promise<{ client: WebSocket; server: WebSocket }> {
  const opened = upstream.opened();
  const client = dial({ bench: own });
  const [server] = await Promise.all([opened, once(client, "open")]);
  return { client, server };
}

/** Answer to a handshake that is not accepted. */
async function refusalOf(options: Parameters<typeof dial>[0] = {}): Promise<{ status: number; reason: unknown; body: string }> {
  const socket = dial(options);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  let body = "";
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, reason: response.headers["agentkeys-reason"], body };
}

/** Resolves once no call is left in the proxy. */
async function settled(own: Bench = bench): Promise<void> {
  while (!(await own.metrics()).includes("agentkeys_sidecar_proxy_in_flight 0")) await new Promise((resolve) => setImmediate(resolve));
}

beforeAll(async () => {
  upstream = await startStubWebSocket(ca.issue("upstream.test"));
});
afterAll(() => upstream.close());
beforeEach(async () => {
  upstream.requests.length = 0;
  upstream.behave(null);
  bench = await startBench(policyOf([at()]));
});
afterEach(() => bench.proxy.close(0));

describe("a WebSocket's handshake", () => {
  test("W5 H4 passes with the key in it, without placeholder and hop-by-hop headers; bytes go both ways and are counted", async () => {
    const opened = upstream.opened();
    const client = dial({
      protocols: ["realtime"],
      headers: { authorization: `Bearer ${PLACEHOLDER}`, "openai-beta": "realtime=v1", te: "trailers", "proxy-connection": "keep-alive" },
    });
    const [server] = await Promise.all([opened, once(client, "open")]);
    const [seen] = upstream.requests;
    expect([seen?.method, seen?.url]).toEqual(["GET", "/v1/realtime?model=m"]);
    expect(headerValues(seen, "authorization")).toEqual([`Bearer ${KEY}`]);
    expect(headerValues(seen, "openai-beta")).toEqual(["realtime=v1"]);
    expect(headerValues(seen, "host")).toEqual([`upstream.test:${upstream.port}`]);
    expect([headerValues(seen, "connection"), headerValues(seen, "upgrade")]).toEqual([["upgrade"], ["websocket"]]);
    for (const name of ["te", "proxy-connection"]) expect(headerValues(seen, name)).toEqual([]);
    expect(JSON.stringify(seen)).not.toContain(PLACEHOLDER);
    expect(client.protocol).toBe("realtime");

    const asked = once(server, "message");
    client.send("ask");
    expect(String(((await asked) as [Buffer])[0])).toBe("ask");
    const large = "x".repeat(1_000_000);
    const answered = once(client, "message");
    server.send(large);
    expect(String(((await answered) as [Buffer])[0]) === large).toBe(true);

    client.close(1000);
    await once(client, "close");
    await settled();
    expect(bench.rows).toEqual([
      expect.objectContaining({ status: 101, reason: "ok", decision: "allow", route: "/v1/**", service: "openai" }),
    ]);
    // 3 bytes and the close code, each with 2 bytes of head and 4 of mask; an answer with 10 of head, the close code with 2.
    expect([bench.rows[0]?.bytesIn, bench.rows[0]?.bytesOut]).toEqual([9 + 8, 1_000_010 + 4]);
    const metrics = await bench.metrics();
    expect(metrics).toContain('agentkeys_sidecar_proxy_requests_total{service="openai",outcome="ok"} 1');
    expect(metrics).not.toContain("proxy_request_seconds_count");
  });

  test("W5 H10 a key sent as OpenAI's subprotocol must be the placeholder and is taken out", async () => {
    bench.setPolicy(policyOf([at()], { placeholder: "Required" }));
    const opened = upstream.opened();
    const client = dial({ protocols: ["realtime", `openai-insecure-api-key.${PLACEHOLDER}`, "openai-beta.realtime-v1"] });
    await Promise.all([opened, once(client, "open")]);
    expect(headerValues(upstream.requests[0], "sec-websocket-protocol")).toEqual(["realtime, openai-beta.realtime-v1"]);
    expect(headerValues(upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
    expect([client.protocol, client.readyState]).toEqual(["realtime", WebSocket.OPEN]);
    expect(await refusalOf()).toMatchObject({ status: 401, reason: "placeholder_missing" });
    const wrong = { protocols: ["realtime", "openai-insecure-api-key.sk-proj-0123456789abcdef"] };
    expect(await refusalOf(wrong)).toMatchObject({ status: 401, reason: "real_key_refused" });
    expect(await refusalOf({ protocols: ["realtime", `other.${PLACEHOLDER}`] })).toMatchObject({
      status: 400,
      reason: "placeholder_misplaced",
    });
    expect(upstream.requests).toHaveLength(1);
  });

  test("W5 the official OpenAI SDK speaks realtime through it", async () => {
    const opened = upstream.opened();
    const sdk = new OpenAI({ apiKey: PLACEHOLDER, baseURL: `http://127.0.0.1:${bench.proxy.port}/openai/v1` });
    // The SDK always asks for wss; on loopback the connection it uses for it is plain.
    const plain = (): Socket => connect(bench.proxy.port, "127.0.0.1");
    const realtime = new OpenAIRealtimeWS({ model: "gpt-realtime", options: { createConnection: plain } }, sdk);
    const server = await opened;
    expect(upstream.requests[0]?.url).toBe("/v1/realtime?model=gpt-realtime");
    expect(headerValues(upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
    const created = new Promise((resolve) => realtime.on("session.created", resolve));
    server.send(JSON.stringify({ type: "session.created", event_id: "e1", session: {} }));
    expect(await created).toMatchObject({ event_id: "e1" });
    const closed = once(server, "close");
    realtime.close();
    await closed;
  });

  test("W5 is refused by the same rules as a request, before anybody behind the proxy hears of it", async () => {
    expect(await refusalOf({ path: "/openai/v1/organization/x" })).toMatchObject({ status: 403, reason: "route_refused" });
    expect(await refusalOf({ path: "/github/x" })).toMatchObject({ status: 404, reason: "unknown_service" });
    expect(await refusalOf({ headers: { origin: "http://localhost" } })).toMatchObject({ status: 403, reason: "guard_refused" });
    expect(await refusalOf({ headers: { host: "rebind.test" } })).toMatchObject({ status: 403, reason: "guard_refused" });
    expect(await refusalOf({ headers: { authorization: "Bearer nope" } })).toMatchObject({ status: 401, reason: "placeholder_wrong" });
    bench.setPolicy(policyOf([at({ callers: [{ uid: (process.getuid?.() ?? 0) + 1 }] })]));
    expect(await refusalOf()).toMatchObject({ status: 403, reason: "caller_refused" });
    bench.setPolicy(policyOf([at({ methods: ["POST"] })]));
    expect(await refusalOf()).toMatchObject({ status: 403, reason: "route_refused" });
    expect([bench.credentials.asked, upstream.requests]).toEqual([[], []]);
    bench.setPolicy(policyOf([at({ allowPrivateAddresses: false })]));
    expect(await refusalOf()).toMatchObject({ status: 502, reason: "upstream_address_refused" });
    expect(upstream.requests).toEqual([]);
    expect(bench.rows.map((row) => row.status)).toEqual([403, 404, 403, 403, 401, 403, 403, 502]);
  });

  test.each<[string, string, string[]]>([
    [
      "of another version",
      "GET",
      ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 8", `Sec-WebSocket-Key: ${SAMPLE_KEY}`],
    ],
    ["without a version", "GET", ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Key: ${SAMPLE_KEY}`]],
    ["without a key", "GET", ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]],
    ["with a short key", "GET", ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: c2hvcnQ="]],
    ["with two keys", "GET", [...HANDSHAKE, `Sec-WebSocket-Key: ${SAMPLE_KEY}`]],
    ["by POST", "POST", [...HANDSHAKE, "Content-Length: 0"]],
    ["with a body", "GET", [...HANDSHAKE, "Content-Length: 1"]],
    ["with a second protocol", "GET", [...HANDSHAKE, "Upgrade: h2c"]],
    ["without Connection", "GET", HANDSHAKE.filter((line) => !line.startsWith("Connection"))],
  ])("W5 H4 a handshake %s is refused and not passed on as a plain request", async (_name, method, lines) => {
    const client = await openRaw(bench.proxy.port);
    client.socket.write(
      `${[`${method} /openai/v1/realtime HTTP/1.1`, `Host: localhost:${bench.proxy.port}`, ...lines].join("\r\n")}\r\n\r\n`,
    );
    await client.until("upgrade_refused");
    expect(client.text()).toContain("HTTP/1.1 501");
    expect(upstream.requests).toEqual([]);
    client.socket.destroy();
  });

  test("W5 a refusal of the upstream is passed on whole with its status, and the connection closed", async () => {
    const body = "no".repeat(500_000);
    upstream.behave((_request, socket) => {
      socket.end(`HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    const answer = await refusalOf();
    expect([answer.status, answer.reason, answer.body === body]).toEqual([429, undefined, true]);
    await settled();
    expect(bench.rows).toEqual([expect.objectContaining({ status: 429, reason: "ok", bytesOut: body.length })]);
  });

  test.each([
    ["a wrong Sec-WebSocket-Accept", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
    ["no Sec-WebSocket-Accept", "Upgrade: websocket\r\nConnection: Upgrade"],
    ["another protocol", "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["no Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
  ])("W5 a 101 with %s is no WebSocket: 502, and no byte of the agent passes", async (_name, lines) => {
    const received: Buffer[] = [];
    const closed = new Promise<void>((resolve) => {
      upstream.behave((_request, socket) => {
        socket.on("data", (chunk: Buffer) => received.push(chunk));
        socket.on("close", () => resolve());
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n\r\n`);
      });
    });
    const client = await openRaw(bench.proxy.port);
    const head = ["GET /openai/v1/realtime HTTP/1.1", `Host: localhost:${bench.proxy.port}`, ...HANDSHAKE].join("\r\n");
    client.socket.write(`${head}\r\n\r\nsmuggled`);
    await Promise.all([client.ended, closed]);
    expect(client.text()).toMatch(/^HTTP\/1.1 502 [^]*upstream_unreachable/);
    expect(Buffer.concat(received).toString()).toBe("");
  });

  test("F1 bytes behind a handshake pass only after its 101; behind any other answer they are thrown away", async () => {
    const received: Buffer[] = [];
    const head = ["GET /openai/v1/realtime HTTP/1.1", `Host: localhost:${bench.proxy.port}`, ...HANDSHAKE].join("\r\n");
    const smuggled = `GET /openai/v1/organization/x HTTP/1.1\r\nHost: localhost:${bench.proxy.port}\r\n\r\n`;
    upstream.behave((_request, socket) => {
      socket.on("data", (chunk: Buffer) => received.push(chunk));
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    });
    const refused = await openRaw(bench.proxy.port);
    refused.socket.write(`${head}\r\n\r\n${smuggled}`);
    await refused.ended;
    expect(refused.text()).toMatch(/^HTTP\/1.1 403 Forbidden\r\n[^]*no$/);
    expect(Buffer.concat(received).toString()).toBe("");

    const arrived = new Promise<void>((resolve) => {
      upstream.behave((_request, socket, first) => {
        expect(first).toHaveLength(0);
        socket.on("data", (chunk: Buffer) => {
          received.push(chunk);
          resolve();
        });
        const answer = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${answer}\r\nContent-Length: 5\r\nX-Echo: ${KEY}\r\n\r\nearly`);
      });
    });
    const accepted = await openRaw(bench.proxy.port);
    accepted.socket.write(`${head}\r\n\r\n${smuggled}`);
    await Promise.all([arrived, accepted.until("early")]);
    expect(Buffer.concat(received).toString()).toBe(smuggled);
    expect(accepted.text()).toContain(`X-Echo: ${PLACEHOLDER}\r\n`);
    expect(accepted.text()).not.toContain("Content-Length");
    accepted.socket.destroy();
    await settled();
  });

  test("a handshake behind a request that is still being answered cuts the connection", async () => {
    let release: () => void = () => undefined;
    bench.credentials.hold = new Promise((resolve) => (release = resolve));
    const client = await openRaw(bench.proxy.port);
    const host = `Host: localhost:${bench.proxy.port}`;
    client.socket.write(
      `GET /openai/v1/x HTTP/1.1\r\n${host}\r\n\r\n${["GET /openai/v1/realtime HTTP/1.1", host, ...HANDSHAKE].join("\r\n")}\r\n\r\n`,
    );
    await client.ended;
    release();
    await settled();
    expect([client.text(), upstream.requests]).toEqual(["", []]);
  });

  test("R7 a handshake that is answered 401 is tried once more with a newer key", async () => {
    let count = 0;
    upstream.behave((_request, socket) => {
      count += 1;
      upstream.behave(null);
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    });
    bench.credentials.next = { value: "new-key", version: "v2" };
    await dialBoth();
    expect(count).toBe(1);
    expect(upstream.requests.map((seen) => headerValues(seen, "authorization")[0])).toEqual([`Bearer ${KEY}`, "Bearer new-key"]);
  });
});

describe("an open WebSocket", () => {
  test("W5 Q1 holds its slot until it is closed", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxConcurrent: 1 } })]));
    const { client } = await dialBoth();
    expect(await refusalOf()).toMatchObject({ status: 429, reason: "concurrency_limited" });
    client.close();
    await once(client, "close");
    await settled();
    await dialBoth();
  });

  test.each(["drop", "policy", "suspension", "shutdown"])(
    "R5 R6 is cut at both ends by a %s, and the next handshake refused",
    async (kind) => {
      const { client, server } = await dialBoth();
      const ended = Promise.all([once(client, "close"), once(server, "close")]);
      bench.drop(["github"]);
      const heard = once(server, "message");
      client.send("still here");
      await heard;
      if (kind === "drop") bench.drop(["openai"]);
      else if (kind === "policy") bench.setPolicy(policyOf([]));
      else if (kind === "suspension") bench.setPolicy(policyOf([at()], { suspended: true }));
      else await bench.proxy.close(0);
      await ended;
      await settled();
      expect(bench.rows.at(-1)).toMatchObject({ status: 101, reason: kind === "shutdown" ? "shutting_down" : "revoked" });
      if (kind === "shutdown") return;
      bench.credentials.fault = new AgentKeysError("service_not_in_scope");
      const reason = { drop: "service_not_in_scope", policy: "unknown_service", suspension: "binding_suspended" }[kind];
      expect((await refusalOf()).reason).toBe(reason);
    },
  );

  test("R5 a drop while the upstream has not answered the handshake yet refuses it and closes the connection to the upstream", async () => {
    const closed = new Promise<void>((resolve) => {
      upstream.behave((_request, socket) => {
        socket.on("close", () => resolve());
        bench.drop(["openai"]);
      });
    });
    expect(await refusalOf()).toMatchObject({ status: 403, reason: "revoked" });
    await closed;
  });

  test("an abrupt end of either side ends the other and leaves no socket and no slot", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxConcurrent: 1 } })]));
    const first = await dialBoth();
    (first.client as unknown as { _socket: Socket })._socket.resetAndDestroy();
    await once(first.server, "close");
    await settled();
    expect(bench.rows.at(-1)).toMatchObject({ status: 101, reason: "client_aborted" });
    const second = await dialBoth();
    (second.server as unknown as { _socket: Socket })._socket.destroy();
    await once(second.client, "close");
    await settled();
    const third = await dialBoth();
    third.client.terminate();
    await once(third.server, "close");
    await settled();
    while ((await upstream.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test("a client that leaves before the upstream has answered the handshake gives its slot back", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxConcurrent: 1 } })]));
    const asked = new Promise<Socket>((resolve) => upstream.behave((_request, socket) => resolve(socket)));
    const client = dial();
    const socket = await asked;
    const closed = once(socket, "close");
    client.terminate();
    await closed;
    await settled();
    expect(bench.rows.at(-1)).toMatchObject({ status: 0, reason: "client_aborted" });
    upstream.behave(null);
    await dialBoth();
  });

  test("a side that is done and one that never is: both are closed a while later", async () => {
    const clock = new FakeClock();
    const own = await startBench(policyOf([at()]), { clock });
    const asked = new Promise<Socket>((resolve) => {
      upstream.behave((_request, socket) => {
        const answer = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${answer}\r\n\r\n`);
        resolve(socket);
      });
    });
    const client = await openRaw(own.proxy.port);
    const lines = ["GET /openai/v1/realtime HTTP/1.1", `Host: localhost:${own.proxy.port}`, ...HANDSHAKE];
    client.socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    const socket = await asked;
    await client.until("101 Switching");
    client.socket.allowHalfOpen = true;
    const said = once(client.socket, "end");
    socket.end("bye");
    await Promise.all([said, client.until("bye")]);
    expect(await own.metrics()).toContain("agentkeys_sidecar_proxy_in_flight 1");
    clock.advance(5_000);
    await settled(own);
    client.socket.destroy();
    expect(own.rows.at(-1)).toMatchObject({ status: 101, reason: "ok" });
    await own.proxy.close(0);
  });

  test("silence in both directions ends it after the idle limit", async () => {
    const own = await startBench(policyOf([at()]), { deps: { timeouts: { upstreamMs: 150 } } });
    const { client, server } = await dialBoth(own);
    await Promise.all([once(client, "close"), once(server, "close")]);
    await settled(own);
    expect(own.rows.at(-1)).toMatchObject({ status: 101, reason: "upstream_timeout" });
    await own.proxy.close(0);
  });

  test("W3 an agent that does not read slows the upstream down", async () => {
    const { client, server } = await dialBoth();
    client.pause();
    const raw = (server as unknown as { _socket: Socket })._socket;
    const chunk = Buffer.alloc(1024 * 1024);
    let sent = 0;
    while (sent < 64 && raw.writableLength < 8 * chunk.length) {
      server.send(chunk);
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(64);
    const messages = new Promise<void>((resolve) => {
      let seen = 0;
      client.on("message", () => (seen += 1) === sent && resolve());
    });
    client.resume();
    await messages;
  });
});
