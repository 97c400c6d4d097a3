import { once } from "node:events";
import type { ServerResponse } from "node:http";
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { FakeClock } from "@agentkeys/common/testing";
import type { ServicePolicy } from "@agentkeys/common/wire";
import OpenAI from "openai";
import { KEY, PLACEHOLDER, policyOf, service, startBench, type Bench } from "./bench.ts";
import { createTestCa } from "./certificates.ts";
import { openRaw } from "./raw-client.ts";
import { headerValues, startStubUpstream, type StubUpstream } from "./stub-upstream.ts";

const ca = createTestCa();
let upstream: StubUpstream;
let bench: Bench;
const at = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  service({ upstream: `https://upstream.test:${upstream.port}`, tls: { caBundle: ca.pem }, ...overrides });
const get = (target: string, ...headers: string[]): string =>
  `${[`GET ${target} HTTP/1.1`, `Host: localhost:${bench.proxy.port}`, ...headers].join("\r\n")}\r\n\r\n`;

/** Lets the upstream answer with an event stream that the test drives. */
function openStream(): Promise<ServerResponse> {
  return new Promise((resolve) => {
    upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      resolve(response);
    });
  });
}

beforeAll(async () => {
  upstream = await startStubUpstream(ca.issue("upstream.test"));
});
afterAll(() => upstream.close());
beforeEach(async () => {
  upstream.requests.length = 0;
  upstream.behaveEarly(null);
  upstream.behave((_request, response) => response.end('{"ok":true}'));
  bench = await startBench(policyOf([at()]));
});

describe("streaming", () => {
  test("W1 the head and the first event arrive while the upstream is still open", async () => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    await client.until("text/event-stream");
    response.write("data: one\n\n");
    await client.until("data: one\n\n");
    expect(response.writableEnded).toBe(false);
    response.end();
    await client.until("0\r\n\r\n");
    client.socket.destroy();
    await bench.proxy.close(0);
  });

  test("W2 comments, CRLF, multi-line data, a large event and no final newline are byte-identical", async () => {
    const events = [": ping\r\n\r\n", "event: a\r\ndata: 1\r\ndata: 2\r\n\r\n", `data: ${"x".repeat(1_000_000)}\n\n`, "data: end"];
    upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "content-length": String(events.join("").length) });
      for (const event of events) response.write(event);
      response.end();
    });
    const answer = await bench.ask("GET", "/openai/v1/chat");
    expect(answer.body === events.join("")).toBe(true);
    await bench.proxy.close(0);
  });

  test("W3 a client that does not read slows the upstream down", async () => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    client.socket.pause();
    const chunk = Buffer.alloc(256 * 1024, "x");
    const total = 200;
    let written = 0;
    while (written < total && response.write(chunk)) written += 1;
    for (; written < total; written += 1) {
      response.write(chunk);
      const drained = await Promise.race([
        once(response, "drain").then(() => true),
        new Promise<false>((resolve) => setTimeout(resolve, 300, false)),
      ]);
      if (!drained) break;
    }
    expect(written).toBeLessThan(total);
    client.socket.destroy();
    await bench.proxy.close(0);
  });

  test("W4 a client that leaves cancels the upstream and its slot is given back", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxConcurrent: 1 } })]));
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    await client.until("text/event-stream");
    expect((await bench.ask("GET", "/openai/v1/x")).headers.get("agentkeys-reason")).toBe("concurrency_limited");
    const closed = once(response, "close");
    client.socket.destroy();
    await closed;
    expect(bench.rows.at(-1)).toMatchObject({ reason: "client_aborted", decision: "allow", status: 200 });
    upstream.behave((_request, next) => next.end("{}"));
    expect((await bench.ask("GET", "/openai/v1/x")).status).toBe(200);
    await bench.proxy.close(0);
  });

  test("an upload streams through while it is still being sent", async () => {
    const got: string[] = [];
    let wake: () => void = () => undefined;
    upstream.behaveEarly((request, response) => {
      request.on("data", (chunk: Buffer) => {
        got.push(chunk.toString());
        wake();
      });
      request.on("end", () => response.end("done"));
    });
    const client = await openRaw(bench.proxy.port);
    const first = new Promise<void>((resolve) => (wake = resolve));
    client.socket.write(get("/openai/v1/chat", "Transfer-Encoding: chunked").replace("GET", "POST"));
    client.socket.write("5\r\nhello\r\n");
    await first;
    expect(got.join("")).toBe("hello");
    client.socket.write("6\r\n world\r\n0\r\n\r\n");
    await client.until("done");
    expect(got.join("")).toBe("hello world");
    client.socket.destroy();
    await bench.proxy.close(0);
  });

  test("H13 a placeholder split across body chunks never leaves whole", async () => {
    const got: string[] = [];
    upstream.behaveEarly((request) => {
      request.on("data", (chunk: Buffer) => got.push(chunk.toString()));
      request.on("error", () => undefined);
    });
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat", "Transfer-Encoding: chunked").replace("GET", "POST"));
    const [head, tail] = [PLACEHOLDER.slice(0, 9), PLACEHOLDER.slice(9)];
    client.socket.write(`${(2 + head.length).toString(16)}\r\na ${head}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.write(`${tail.length.toString(16)}\r\n${tail}\r\n0\r\n\r\n`);
    await client.until("placeholder_misplaced");
    expect(got.join("")).not.toContain("sk-");
    client.socket.destroy();
    await bench.proxy.close(0);
  });

  test("an upstream that breaks off cuts the client's stream instead of ending it", async () => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    response.write("data: one\n\n");
    await client.until("data: one");
    response.destroy();
    await client.ended;
    expect(client.text().endsWith("0\r\n\r\n")).toBe(false);
    await bench.proxy.close(0);
    expect(bench.rows.at(-1)?.reason).toBe("upstream_unreachable");
  });
});

describe("revocation and rotation", () => {
  test.each([["drop"], ["policy"]])("R5 a running stream is cut by a %s of its service, and the upstream with it", async (kind) => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    response.write("data: one\n\n");
    await client.until("data: one");
    bench.drop(["github"]);
    response.write("data: two\n\n");
    await client.until("data: two");
    const closed = once(response, "close");
    if (kind === "drop") bench.drop(["openai"]);
    else bench.setPolicy(policyOf([]));
    await Promise.all([client.ended, closed]);
    await bench.proxy.close(0);
    expect(bench.rows.at(-1)?.reason).toBe("revoked");
  });

  test.each([
    ["device_revoked", "device_revoked"],
    ["policy_changed", "revoked"],
  ])("R5 a drop by %s while the key is being fetched refuses the request with %s and never dials", async (dropped, reason) => {
    let release: () => void = () => undefined;
    bench.credentials.hold = new Promise((resolve) => (release = resolve));
    const answer = bench.ask("GET", "/openai/v1/x");
    while (bench.credentials.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    bench.drop("all", dropped);
    const { status, headers } = await answer;
    expect([status, headers.get("agentkeys-reason")]).toEqual([403, reason]);
    release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(upstream.requests).toHaveLength(0);
    await bench.proxy.close(0);
  });

  test("R6 after a revocation the next request of a kept-alive connection is refused", async () => {
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/x"));
    await client.until('{"ok":true}');
    bench.drop("all");
    bench.credentials.fault = new AgentKeysError("service_not_in_scope");
    client.socket.write(get("/openai/v1/x"));
    await client.until("service_not_in_scope");
    expect(client.text()).toContain("HTTP/1.1 403");
    bench.setPolicy(policyOf([at()], { suspended: true }));
    client.socket.write(get("/openai/v1/x"));
    await client.until("binding_suspended");
    expect(upstream.requests).toHaveLength(1);
    client.socket.destroy();
    await bench.proxy.close(0);
  });

  test("R4 a credential that is missing is never replaced by a request without the key", async () => {
    bench.credentials.fault = new AgentKeysError("no_such_credential");
    const answer = await bench.ask("GET", "/openai/v1/x");
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([503, "no_such_credential"]);
    expect(upstream.requests).toHaveLength(0);
    await bench.proxy.close(0);
  });

  test("R7 a 401 is tried once more with a newer key for GET, and passed on for POST or when the key is the same", async () => {
    upstream.behave((request, response) => {
      const isNew = request.headers.authorization === "Bearer new-key";
      response.writeHead(isNew ? 200 : 401);
      response.end(isNew ? "fresh" : "stale");
    });
    expect(await bench.ask("GET", "/openai/v1/x")).toMatchObject({ status: 401, body: expect.stringContaining("stale") });
    expect([bench.credentials.refetched, upstream.requests.length]).toEqual([1, 1]);
    bench.credentials.next = { value: "new-key", version: "v2" };
    expect((await bench.ask("POST", "/openai/v1/x", [], "{}")).status).toBe(401);
    expect(bench.credentials.refetched).toBe(1);
    const answer = await bench.ask("GET", "/openai/v1/x");
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("fresh");
    expect(answer.body).not.toContain("stale");
    expect(upstream.requests.map((seen) => headerValues(seen, "authorization")[0]).slice(-2)).toEqual([`Bearer ${KEY}`, "Bearer new-key"]);
    await bench.proxy.close(0);
  });

  test("R1 no policy yet: every call is refused", async () => {
    bench.setPolicy(null);
    expect((await bench.ask("GET", "/openai/v1/x")).headers.get("agentkeys-reason")).toBe("policy_missing");
    await bench.proxy.close(0);
  });
});

describe("quota, answers, audit and shutdown", () => {
  test.each([
    ["openai", { error: { type: "rate_limit_error", code: "rate_limited", param: null } }],
    ["anthropic", { type: "error", error: { type: "rate_limit_error" } }],
    ["generic", { reason: "rate_limited" }],
  ] as const)("Q11 a 429 has Retry-After, what is left, and the body of %s", async (errorShape, body) => {
    const clock = new FakeClock();
    const own = await startBench(policyOf([at({ errorShape, limits: { requestsPerMinute: 2 } })]), { clock });
    for (const status of [200, 200, 429]) expect((await own.ask("GET", "/openai/v1/x")).status).toBe(status);
    const answer = await own.ask("GET", "/openai/v1/x");
    expect(answer.headers.get("retry-after")).toBe("30");
    expect(answer.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(answer.headers.get("x-ratelimit-limit-requests")).toBe("2");
    expect(JSON.parse(answer.body)).toMatchObject(body);
    expect(own.credentials.asked).toHaveLength(2);
    clock.advance(30_000);
    expect((await own.ask("GET", "/openai/v1/x")).status).toBe(200);
    await Promise.all([own.proxy.close(0), bench.proxy.close(0)]);
  });

  test("Q11 the official OpenAI and Anthropic SDKs read a 429 as their RateLimitError", async () => {
    const limits = { requestsPerMinute: 0 };
    bench.setPolicy(policyOf([at({ limits }), at({ name: "anthropic", errorShape: "anthropic", limits })]));
    const base = `http://127.0.0.1:${bench.proxy.port}`;
    const options = { apiKey: PLACEHOLDER, maxRetries: 0 };
    const openai = new OpenAI({ ...options, baseURL: `${base}/openai/v1` }).models.list();
    const fault = await openai.then(() => null).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(OpenAI.RateLimitError);
    expect(fault).toMatchObject({ status: 429, code: "rate_limited", type: "rate_limit_error" });
    const anthropic = new Anthropic({ ...options, baseURL: `${base}/anthropic` }).models.list();
    const other = await anthropic.then(() => null).catch((error: unknown) => error);
    expect(other).toBeInstanceOf(Anthropic.RateLimitError);
    expect(other).toMatchObject({ status: 429, error: { error: { type: "rate_limit_error" } } });
    expect(upstream.requests).toEqual([]);
    await bench.proxy.close(0);
  });

  test("a request that waits behind another one on its connection gives its slot back when the client leaves", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxConcurrent: 2 } })]));
    let release: () => void = () => undefined;
    bench.credentials.hold = new Promise((resolve) => (release = resolve));
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/x") + get("/openai/v1/x"));
    while (bench.credentials.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect((await bench.ask("GET", "/openai/v1/x")).headers.get("agentkeys-reason")).toBe("concurrency_limited");
    client.socket.destroy();
    while (bench.rows.length < 3) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(bench.rows.slice(1).map((row) => row.reason)).toEqual(["client_aborted", "client_aborted"]);
    for (let count = 0; count < 2; count += 1) expect((await bench.ask("GET", "/openai/v1/x")).status).toBe(200);
    await bench.proxy.close(0);
  });

  test("each call leaves one row that holds no header, query value, body or key", async () => {
    await bench.ask("POST", "/openai/v1/files/my-private-path?q=query-value", ["X-Note: header-value"], "body-value");
    await bench.ask("GET", "/github/x");
    expect(bench.rows[0]).toMatchObject({
      service: "openai",
      namespace: "team",
      binding: "agent-a",
      pod: "pod-1",
      method: "POST",
      route: "/v1/**",
      status: 200,
      bytesIn: 10,
      bytesOut: 11,
      decision: "allow",
      reason: "ok",
      credentialVersion: "v1",
    });
    expect(bench.rows[1]).toMatchObject({ service: "", status: 404, decision: "deny", reason: "unknown_service" });
    const text = JSON.stringify(bench.rows) + bench.logText() + (await bench.metrics());
    for (const word of ["my-private-path", "query-value", "header-value", "body-value", KEY, "github"]) expect(text).not.toContain(word);
    expect(await bench.metrics()).toContain('agentkeys_sidecar_proxy_requests_total{service="openai",outcome="ok"} 1');
    await bench.proxy.close(0);
  });

  test("R13 shutting down lets a running stream end, refuses new requests, then closes", async () => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    const idle = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    const response = await stream;
    await client.until("text/event-stream");
    const closed = bench.proxy.close(10_000);
    idle.socket.write(get("/openai/v1/x"));
    await idle.until("shutting_down");
    response.end("data: last\n\n");
    await Promise.all([closed, client.ended]);
    expect(client.text()).toContain("data: last");
    expect(bench.rows.at(-1)?.reason).toBe("ok");
  });

  test("R13 the deadline cuts what still runs", async () => {
    const stream = openStream();
    const client = await openRaw(bench.proxy.port);
    client.socket.write(get("/openai/v1/chat"));
    await stream;
    await client.until("text/event-stream");
    await Promise.all([bench.proxy.close(20), client.ended]);
    expect(bench.rows.at(-1)?.reason).toBe("shutting_down");
  });
});
