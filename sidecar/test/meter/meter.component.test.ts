import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { FakeClock, until } from "@agentkeys/common/testing";
import type { ServicePolicy } from "@agentkeys/common/wire";
import OpenAI from "openai";
import type { AuditEntry } from "../../src/audit/index.ts";
import { PRICE_VERSION, createPriceSource } from "../../src/meter/index.ts";
import { DRAIN_BYTES, DRAIN_MS } from "../../src/proxy/drains.ts";
import { PLACEHOLDER, policyOf, service, startBench, type Bench } from "../proxy/bench.ts";
import { createTestCa } from "../proxy/certificates.ts";
import { openRaw } from "../proxy/raw-client.ts";
import { headerValues, startStubUpstream, type StubUpstream } from "../proxy/stub-upstream.ts";
import { FakeBudget } from "./fake-budget.ts";
import { chatAnswer, chatStream, geminiArray, geminiStream, messagesStream, openRouterStream, responsesStream } from "./wire.ts";

const ca = createTestCa();
const prices = createPriceSource();
const DOLLAR = 1_000_000_000;
const USAGE = { prompt_tokens: 100, completion_tokens: 10 };
/** 100 tokens in and 10 out of gpt-4.1, at 2 and 8 dollars a million. */
const COST = 100 * 2000 + 10 * 8000;
let upstream: StubUpstream;
let budget: FakeBudget;
let bench: Bench;
let clock: FakeClock;

const at = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  service({
    upstream: `https://upstream.test:${upstream.port}`,
    tls: { caBundle: ca.pem },
    paths: ["/**"],
    pricing: { provider: "openai", unknownModel: "Refuse" },
    limits: { dailyNanoUsd: 10 * DOLLAR },
    ...overrides,
  });
const anthropic = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  at({
    name: "anthropic",
    errorShape: "anthropic",
    auth: { type: "header", name: "x-api-key" },
    pricing: { provider: "anthropic", unknownModel: "Refuse" },
    ...overrides,
  });
const google = (): ServicePolicy =>
  at({ name: "google", pathPrefix: "", errorShape: "generic", pricing: { provider: "google", unknownModel: "Refuse" } });
const openrouter = (): ServicePolicy =>
  at({ name: "openrouter", pathPrefix: "", pricing: { provider: "openrouter", unknownModel: "Refuse" } });

const CHAT = "/openai/v1/chat/completions";
const ask = (more: object = {}): string =>
  JSON.stringify({ model: "gpt-4.1", max_tokens: 50, messages: [{ role: "user", content: "Hi" }], ...more });
const post = (body: string, target = CHAT, headers: string[] = []): ReturnType<Bench["ask"]> =>
  bench.ask("POST", target, ["Content-Type: application/json", ...headers], body);

/** What is set aside for a body: half its bytes as input, its limit as output, at gpt-4.1's prices. */
const reservedFor = (body: string, output: number): number => Math.ceil(body.length / 2) * 2000 + output * 8000;

function answerWith(text: string, contentType = "text/event-stream", status = 200): void {
  upstream.behave((_request, response) => {
    response.writeHead(status, { "content-type": contentType });
    response.end(text);
  });
}

/** The next answer is driven by the test. */
function hold(contentType = "text/event-stream"): Promise<ServerResponse> {
  return new Promise((resolve) => {
    upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": contentType });
      response.flushHeaders();
      resolve(response);
    });
  });
}

async function rows(count: number): Promise<AuditEntry[]> {
  await until(() => bench.rows.length >= count);
  return bench.rows;
}

/** Closes the proxy at its deadline. */
async function closeNow(): Promise<void> {
  const closed = bench.proxy.close(0);
  clock.advance(0);
  await closed;
}

/** A request on a connection that the test ends. */
async function openCall(body: string, target = CHAT) {
  const client = await openRaw(bench.proxy.port);
  const head = [
    `POST ${target} HTTP/1.1`,
    `Host: localhost:${bench.proxy.port}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  client.socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  return client;
}

beforeAll(async () => {
  upstream = await startStubUpstream(ca.issue("upstream.test"));
});
afterAll(() => upstream.close());
beforeEach(async () => {
  upstream.requests.length = 0;
  upstream.behaveEarly(null);
  budget = new FakeBudget(10 * DOLLAR);
  clock = new FakeClock();
  clock.advance(Date.parse("2026-11-25T12:00:00Z") - clock.nowMs());
  bench = await startBench(policyOf([at(), anthropic(), google(), openrouter()]), { clock, deps: { budget, prices } });
});
afterEach(async () => {
  await bench.proxy.close(0);
  expect(budget.open).toBe(0);
});

describe("charges", () => {
  test("a call is reserved before, charged by its usage after, and its row says so", async () => {
    answerWith(chatAnswer(USAGE), "application/json");
    const body = ask();
    const answer = await post(body, CHAT, ["Accept-Encoding: gzip, br"]);
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining(chatAnswer(USAGE))]);
    expect(budget).toMatchObject({ reserved: [reservedFor(body, 50)], charged: [COST], leftNanoUsd: 10 * DOLLAR - COST });
    expect(bench.rows[0]).toMatchObject({ costNanoDollars: COST, priceVersion: PRICE_VERSION, reason: "ok" });
    expect(headerValues(upstream.requests[0], "accept-encoding")).toEqual(["identity"]);
    expect(headerValues(upstream.requests[0], "content-length")).toEqual([String(body.length)]);
    expect(upstream.requests[0]?.body).toBe(body);
    expect(await bench.metrics()).toContain(`agentkeys_sidecar_cost_nano_dollars_total{service="openai",basis="usage"} ${COST}`);
  });

  test("a path without a price costs nothing and needs no budget", async () => {
    budget.fault = new AgentKeysError("ledger_unreachable");
    expect((await bench.ask("GET", "/openai/v1/models")).status).toBe(200);
    expect((await post("{}", "/anthropic/v1/messages/count_tokens")).status).toBe(200);
    expect(bench.rows.map((row) => [row.costNanoDollars, row.priceVersion])).toEqual([0, 0].map((cost) => [cost, PRICE_VERSION]));
  });

  test.each([
    [
      "Anthropic",
      "/anthropic/v1/messages",
      "claude-sonnet-4-5",
      () => messagesStream(["Hello"], { input_tokens: 100, output_tokens: 1 }, { output_tokens: 10 }),
      100 * 3000 + 10 * 15_000,
    ],
    [
      "OpenAI responses",
      "/openai/v1/responses",
      "gpt-5",
      () => responsesStream(["Hello"], { input_tokens: 100, output_tokens: 10 }),
      100 * 1250 + 10 * 10_000,
    ],
    [
      "OpenRouter",
      "/openrouter/api/v1/chat/completions",
      "openai/gpt-4.1",
      () => openRouterStream(["Hello"], { prompt_tokens: 1, completion_tokens: 1, cost: 0.0001 }),
      100_000,
    ],
    [
      "Gemini",
      "/google/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse",
      undefined,
      () => geminiStream(["a", "b"], { promptTokenCount: 100, candidatesTokenCount: 10 }),
      100 * 1250 + 10 * 10_000,
    ],
    [
      "Gemini's JSON array",
      "/google/v1beta/models/gemini-2.5-pro:streamGenerateContent",
      undefined,
      () => geminiArray(["a", "b"], { promptTokenCount: 100, candidatesTokenCount: 10 }),
      100 * 1250 + 10 * 10_000,
    ],
  ] as const)("a stream of %s passes byte for byte and is charged by its usage", async (_name, target, model, stream, cost) => {
    answerWith(stream(), target.endsWith("streamGenerateContent") ? "application/json" : "text/event-stream");
    const body = JSON.stringify({ ...(model === undefined ? {} : { model }), stream: true, max_tokens: 50 });
    const client = await openCall(body, target);
    await client.until("0\r\n\r\n");
    const [, chunked = ""] = client.text().split(/\r\n\r\n(.*)/s);
    expect(chunked.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, "")).toContain(stream().slice(0, 200));
    client.socket.destroy();
    expect((await rows(1))[0]).toMatchObject({ costNanoDollars: cost, priceVersion: PRICE_VERSION });
    expect(upstream.requests[0]?.body).toBe(body);
    expect(budget.charged).toEqual([cost]);
  });

  test("Q5 a usage of zero is charged zero", async () => {
    answerWith(chatAnswer({ prompt_tokens: 0, completion_tokens: 0 }), "application/json");
    await post(ask());
    expect(budget.charged).toEqual([0]);
  });

  test.each([
    ["no usage", chatAnswer(null), "application/json"],
    ["a usage that cannot be", chatAnswer({ prompt_tokens: -5, completion_tokens: 1e300 }), "application/json"],
    ["a JSON text that breaks off", chatAnswer(USAGE).slice(0, 40), "application/json"],
    ["bytes of another kind", "\u0000\u0001", "application/octet-stream"],
  ])("an answer with %s is charged what was set aside, never nothing", async (_name, text, contentType) => {
    answerWith(text, contentType);
    const body = ask();
    await post(body);
    expect(budget.charged).toEqual([reservedFor(body, 50)]);
  });

  test("an answer in another coding than asked for passes and is charged what was set aside", async () => {
    upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end("not read");
    });
    const body = ask();
    expect((await post(body)).body).toContain("not read");
    expect(budget.charged).toEqual([reservedFor(body, 50)]);
  });

  test.each([400, 404, 429, 500, 503, 302])("Q12 an answer of %d costs nothing", async (status) => {
    answerWith('{"error":{"message":"no"}}', "application/json", status);
    expect((await post(ask())).status).toBe(status);
    expect(budget).toMatchObject({ charged: [], released: 1, leftNanoUsd: 10 * DOLLAR });
    expect(bench.rows[0]).toMatchObject({ costNanoDollars: 0, priceVersion: PRICE_VERSION });
  });

  test("Q12 a call that is refused here, before or after it was reserved, costs nothing", async () => {
    bench.credentials.fault = new AgentKeysError("no_such_credential");
    expect((await post(ask())).status).toBe(503);
    expect(budget).toMatchObject({ charged: [], released: 1 });
    expect((await post(`${ask().slice(0, -1)},"x":"${PLACEHOLDER}"}`)).headers.get("agentkeys-reason")).toBe("placeholder_misplaced");
    expect(upstream.requests).toEqual([]);
    expect(bench.rows.map((row) => row.costNanoDollars)).toEqual([0, 0]);
  });

  test("an upstream that was never reached costs nothing, one that hangs up on the request is charged", async () => {
    const port = upstream.port;
    bench.setPolicy(policyOf([at({ upstream: "https://upstream.test:1" })]));
    expect((await post(ask())).headers.get("agentkeys-reason")).toBe("upstream_unreachable");
    expect(budget).toMatchObject({ charged: [], released: 1 });
    bench.setPolicy(policyOf([at({ upstream: `https://upstream.test:${port}` })]));
    upstream.behave((request) => request.socket.destroy());
    const body = ask({ stream: true });
    expect((await post(body)).headers.get("agentkeys-reason")).toBe("upstream_unreachable");
    expect(budget.charged).toEqual([Math.ceil(body.length / 2) * 2000]);
  });
});

describe("Q6 streams that are asked for their usage by us alone", () => {
  test("the OpenAI SDK sees the stream it asked for, and the provider the option", async () => {
    answerWith(chatStream(["Hel", "lo"], USAGE, true));
    const openai = new OpenAI({ apiKey: PLACEHOLDER, maxRetries: 0, baseURL: `http://127.0.0.1:${bench.proxy.port}/openai/v1` });
    const chunks = [];
    for await (const chunk of await openai.chat.completions.create({ model: "gpt-4.1", stream: true, messages: [] })) chunks.push(chunk);
    expect(chunks.map((chunk) => [chunk.choices[0]?.delta.content, "usage" in chunk])).toEqual([
      ["", false],
      ["Hel", false],
      ["lo", false],
      [undefined, false],
    ]);
    expect(JSON.parse(upstream.requests[0]?.body ?? "")).toMatchObject({ stream_options: { include_usage: true } });
    expect(budget.charged).toEqual([COST]);
  });

  test("an agent that asks itself gets the usage", async () => {
    answerWith(chatStream(["Hello"], USAGE, true));
    const openai = new OpenAI({ apiKey: PLACEHOLDER, maxRetries: 0, baseURL: `http://127.0.0.1:${bench.proxy.port}/openai/v1` });
    const options = { model: "gpt-4.1", stream: true as const, messages: [], stream_options: { include_usage: true } };
    let last;
    for await (const chunk of await openai.chat.completions.create(options)) last = chunk;
    expect(last).toMatchObject({ choices: [], usage: USAGE });
    expect(budget.charged).toEqual([COST]);
  });

  test("W1 each event goes on at once, also where chunks are hidden", async () => {
    const stream = hold();
    const client = await openCall(ask({ stream: true }));
    const response = await stream;
    response.write('data: {"choices":[{"delta":{"content":"one"}}],"usage":null}\n\n');
    await client.until('data: {"choices":[{"delta":{"content":"one"}}]}\n\n');
    expect(response.writableEnded).toBe(false);
    response.write(': comment\n\ndata: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10}}\n\ndata: [DO');
    await client.until(": comment\n\n");
    response.end("NE]\n\n");
    await client.until("0\r\n\r\n");
    expect(client.text()).toContain("data: [DONE]\n\n");
    expect(client.text()).not.toContain("usage");
    expect(budget.charged).toEqual([COST]);
    client.socket.destroy();
  });
});

describe("the real SDKs read what passes unchanged", () => {
  test("Anthropic's stream and OpenAI's responses and embeddings", async () => {
    const base = `http://127.0.0.1:${bench.proxy.port}`;
    answerWith(messagesStream(["Hel", "lo"], { input_tokens: 100, output_tokens: 1 }, { output_tokens: 10 }, "claude-opus-5"));
    const client = new Anthropic({ apiKey: PLACEHOLDER, maxRetries: 0, baseURL: `${base}/anthropic` });
    const message = await client.messages
      .stream({ model: "claude-opus-5", max_tokens: 50, messages: [{ role: "user", content: "Hi" }] })
      .finalMessage();
    expect(message).toMatchObject({ content: [{ text: "Hello" }], usage: { input_tokens: 100, output_tokens: 10 } });
    const openai = new OpenAI({ apiKey: PLACEHOLDER, maxRetries: 0, baseURL: `${base}/openai/v1` });
    answerWith(responsesStream(["Hel", "lo"], { input_tokens: 100, output_tokens: 10 }));
    const response = await openai.responses.stream({ model: "gpt-5", input: "Hi" }).finalResponse();
    expect(response).toMatchObject({ status: "completed", usage: { input_tokens: 100 } });
    answerWith(
      JSON.stringify({
        object: "list",
        model: "text-embedding-3-small",
        data: [{ embedding: [1, 2], index: 0 }],
        usage: { prompt_tokens: 50, total_tokens: 50 },
      }),
      "application/json",
    );
    await openai.embeddings.create({ model: "text-embedding-3-small", input: "Hi", encoding_format: "float" });
    expect(budget.charged).toEqual([100 * 5000 + 10 * 25_000, 100 * 1250 + 10 * 10_000, 1000]);
  });

  test("Gemini's and OpenRouter's streams", async () => {
    // Google's SDK finds no dispatcher for fetch inside the test runner.
    const script = new URL("streaming-clients.ts", import.meta.url).pathname;
    const client = async (which: string): Promise<unknown> => {
      const base = `http://127.0.0.1:${bench.proxy.port}`;
      return JSON.parse((await promisify(execFile)(process.execPath, [script, which, base, PLACEHOLDER], { env: {} })).stdout);
    };
    answerWith(geminiStream(["Hel", "lo"], { promptTokenCount: 100, candidatesTokenCount: 10 }));
    expect(await client("gemini")).toEqual({ text: "Hello", usage: 10 });
    answerWith(openRouterStream(["Hel", "lo"], { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.0001 }));
    expect(await client("openrouter")).toEqual({ text: "Hello", usage: 0.0001 });
    expect(budget.charged).toEqual([100 * 1250 + 10 * 10_000, 100_000]);
  });

  test.each([
    ["budget_exceeded", 429],
    ["ledger_unreachable", 503],
  ] as const)("Q3 Q11 %s is an error that both SDKs understand, with the time to come back", async (code, status) => {
    budget.fault = new AgentKeysError(code, { retryAfterSeconds: 3600 });
    const options = { apiKey: PLACEHOLDER, maxRetries: 0 };
    const base = `http://127.0.0.1:${bench.proxy.port}`;
    const openai = new OpenAI({ ...options, baseURL: `${base}/openai/v1` }).chat.completions.create({ model: "gpt-4.1", messages: [] });
    const fault = await openai.then(() => null).catch((error: unknown) => error);
    expect(fault).toMatchObject({ status, code, headers: expect.anything() });
    expect((fault as InstanceType<typeof OpenAI.APIError>).headers?.get("retry-after")).toBe("3600");
    if (status === 429) expect(fault).toBeInstanceOf(OpenAI.RateLimitError);
    const messages = [{ role: "user" as const, content: "Hi" }];
    const other = await new Anthropic({ ...options, baseURL: `${base}/anthropic` }).messages
      .create({ model: "claude-opus-5", max_tokens: 5, messages })
      .then(() => null)
      .catch((error: unknown) => error);
    expect(other).toMatchObject({ status });
    if (status === 429) expect(other).toMatchObject({ error: { error: { type: "rate_limit_error" } } });
    expect(upstream.requests).toEqual([]);
    expect(bench.rows.map((row) => [row.reason, row.costNanoDollars])).toEqual([code, code].map((reason) => [reason, 0]));
  });
});

describe("what is let in", () => {
  test("Q1 of concurrent calls only as many are let in as fit", async () => {
    answerWith(chatAnswer(USAGE), "application/json");
    const held: ServerResponse[] = [];
    upstream.behave((_request, response) => held.push(response));
    const body = ask();
    budget.leftNanoUsd = 7 * reservedFor(body, 50) + 5;
    const answers = Array.from({ length: 50 }, () => post(body));
    await until(() => held.length >= 7 && bench.rows.length >= 43);
    for (const response of held) response.writeHead(200, { "content-type": "application/json" }).end(chatAnswer(USAGE));
    const statuses = (await Promise.all(answers)).map((answer) => answer.status).sort();
    expect([statuses.filter((status) => status === 200).length, statuses.filter((status) => status === 429).length]).toEqual([7, 43]);
    expect(upstream.requests).toHaveLength(7);
  });

  test("Q2 an unknown model is refused, or charged at the dearest rate of its provider", async () => {
    answerWith(chatAnswer(USAGE, { model: "gpt-99" }), "application/json");
    const body = ask({ model: "gpt-99" });
    const refused = await post(body);
    expect([refused.status, refused.headers.get("agentkeys-reason"), upstream.requests.length]).toEqual([403, "model_unpriced", 0]);
    bench.setPolicy(policyOf([at({ pricing: { provider: "openai", unknownModel: "ChargeDearest" } })]));
    expect((await post(body)).status).toBe(200);
    const dearest = (await prices()).dearest("openai")?.charge({ input_tokens: 100, output_tokens: 10 }, new Date(clock.nowMs()));
    expect(budget.charged).toEqual([dearest]);
    expect(dearest).toBeGreaterThanOrEqual(100 * 150_000 + 10 * 600_000);
  });

  test("Q7 a large limit sets aside no more than its cap, and what it costs more is debt that refuses the next call", async () => {
    const body = ask({ max_tokens: 128_000 });
    const most = reservedFor(body, 4096);
    budget.leftNanoUsd = most;
    answerWith(chatAnswer({ prompt_tokens: 100, completion_tokens: 100_000 }), "application/json");
    expect((await post(body)).status).toBe(200);
    expect(budget.reserved).toEqual([most]);
    expect(budget.leftNanoUsd).toBe(most - 100 * 2000 - 100_000 * 8000);
    expect((await post(ask({ max_tokens: 1 }))).status).toBe(429);
    const pictures = JSON.stringify({ model: "gpt-4.1", input: "x".repeat(3_000_000) });
    budget.leftNanoUsd = DOLLAR;
    answerWith(chatAnswer(USAGE), "application/json");
    await post(pictures);
    expect(budget.reserved.at(-1)).toBe(131_072 * 2000 + 4096 * 8000);
  });

  test("Q8 a stream that crosses the budget ends in peace and the next call is refused", async () => {
    const stream = hold();
    const client = await openCall(ask({ stream: true }));
    const response = await stream;
    budget.leftNanoUsd = -1;
    response.end(chatStream(["Hello"], USAGE, true));
    await client.until("0\r\n\r\n");
    expect(client.text()).toContain("[DONE]");
    expect((await post(ask())).headers.get("agentkeys-reason")).toBe("budget_exceeded");
    client.socket.destroy();
  });

  test.each([
    ["a batch", "POST", "/openai/v1/batches", "{}"],
    ["a background response", "POST", "/openai/v1/responses", '{"model":"gpt-5","background":true}'],
    ["a path that nobody has a price for", "POST", "/openai/v1/audio/speech", "{}"],
    ["a body that is no JSON", "POST", CHAT, "model=gpt-4.1"],
    ["no body", "POST", CHAT, ""],
    ["a model named twice", "POST", CHAT, '{"model":"gpt-4.1-nano","model":"o1-pro"}'],
  ])("Q12 %s is refused where a budget holds", async (_name, method, target, body) => {
    const answer = await bench.ask(method, target, ["Content-Type: application/json"], body);
    expect(["model_unpriced", "body_unreadable"]).toContain(answer.headers.get("agentkeys-reason"));
    expect(upstream.requests).toEqual([]);
    expect(budget.reserved).toEqual([]);
  });

  test("an encoded body and one that is too long to be read are refused", async () => {
    expect((await post(ask(), CHAT, ["Content-Encoding: gzip"])).headers.get("agentkeys-reason")).toBe("body_unreadable");
    const long = await post(JSON.stringify({ model: "gpt-4.1", input: "x".repeat(9_000_000) }));
    expect([long.status, long.headers.get("agentkeys-reason")]).toEqual([413, "payload_too_large"]);
    expect(upstream.requests).toEqual([]);
  });

  test("a WebSocket is refused where a budget holds: what passes through it has no price", async () => {
    const lines = ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="];
    const client = await openRaw(bench.proxy.port);
    client.socket.write(
      `${["GET /openai/v1/realtime HTTP/1.1", `Host: localhost:${bench.proxy.port}`, "Connection: Upgrade", ...lines].join("\r\n")}\r\n\r\n`,
    );
    await client.until("model_unpriced");
    expect((await rows(1))[0]).toMatchObject({ reason: "model_unpriced", costNanoDollars: 0 });
    client.socket.destroy();
  });

  test("a path without a known price is charged at the dearest rate when the policy says so", async () => {
    bench.setPolicy(policyOf([at({ pricing: { provider: "openai", unknownModel: "ChargeDearest" } })]));
    answerWith("sound", "audio/mpeg");
    const answer = await post("some text", "/openai/v1/audio/speech");
    expect([answer.status, upstream.requests[0]?.body]).toEqual([200, "some text"]);
    expect(budget.charged).toEqual([5 * 150_000 + 4096 * 600_000]);
  });
});

describe("Q4 aborts", () => {
  const said = 'data: {"model":"gpt-4.1","choices":[{"delta":{"content":"0123456789"}}],"usage":null}\n\n';
  const body = ask({ stream: true });
  const input = Math.ceil(body.length / 2) * 2000;

  test("while the budget is asked: nothing is sent, nothing is charged", async () => {
    let release = (): void => undefined;
    budget.hold = new Promise((resolve) => (release = resolve));
    const client = await openCall(body);
    await until(() => budget.asked > 0);
    client.socket.destroy();
    await rows(1);
    release();
    await until(() => budget.released > 0);
    expect(upstream.requests).toEqual([]);
    expect(bench.rows[0]).toMatchObject({ reason: "client_aborted", costNanoDollars: 0 });
  });

  test("before the first byte: the input is charged", async () => {
    let gone = (): void => undefined;
    const closed = new Promise<void>((resolve) => (gone = resolve));
    const arrived = new Promise<void>((resolve) =>
      upstream.behave((request) => {
        request.socket.once("close", () => gone());
        resolve();
      }),
    );
    const client = await openCall(body);
    await arrived;
    client.socket.destroy();
    expect((await rows(1))[0]).toMatchObject({ reason: "client_aborted", costNanoDollars: input, status: 0 });
    await closed;
    expect(budget.charged).toEqual([input]);
  });

  test("in mid-stream: the input and what was delivered, and the upstream is cancelled", async () => {
    const stream = hold();
    const client = await openCall(body);
    const response = await stream;
    response.write(said);
    await client.until("0123456789");
    client.socket.destroy();
    await once(response, "close");
    expect((await rows(1))[0]).toMatchObject({ costNanoDollars: input + 5 * 8000, status: 200 });
    expect(budget.charged).toEqual([input + 5 * 8000]);
  });

  test("in mid-stream of Anthropic: the input as it was told, and what was delivered", async () => {
    const stream = hold();
    const client = await openCall(JSON.stringify({ model: "claude-sonnet-4-5", stream: true, max_tokens: 5 }), "/anthropic/v1/messages");
    const response = await stream;
    const whole = messagesStream(["0123456789", "and more"], { input_tokens: 1000, output_tokens: 1 }, { output_tokens: 9 });
    response.write(whole.slice(0, whole.indexOf("event: content_block_delta", whole.indexOf("0123456789"))));
    await client.until("0123456789");
    client.socket.destroy();
    // The name of the delta counts as text of it.
    expect((await rows(1))[0]).toMatchObject({ costNanoDollars: 1000 * 3000 + 10 * 15_000 });
  });

  test("just before the usage: the answer is read on and charged as it was", async () => {
    const stream = hold();
    const client = await openCall(body);
    const response = await stream;
    const whole = chatStream(["Hello"], USAGE, true);
    const end = whole.indexOf("data: {", whole.indexOf('"finish_reason":"stop"'));
    response.write(whole.slice(0, end));
    await client.until('"stop"');
    client.socket.destroy();
    await until(() => clock.sleeping > 0);
    expect(bench.rows).toEqual([]);
    response.end(whole.slice(end));
    expect((await rows(1))[0]).toMatchObject({ reason: "client_aborted", costNanoDollars: COST });
    expect(budget.charged).toEqual([COST]);
  });

  test.each([
    ["time", () => clock.advance(DRAIN_MS)],
    ["bytes", (response: ServerResponse) => void response.write(`: ${"x".repeat(DRAIN_BYTES)}\n\n`)],
    ["a revocation", () => bench.drop(["openai"])],
    ["a new policy", () => bench.setPolicy(policyOf([]))],
    ["the end of the process", () => bench.proxy.close(0)],
  ] as const)("reading on ends with %s, and what was delivered is charged", async (_name, end) => {
    const stream = hold();
    const client = await openCall(body);
    const response = await stream;
    response.write('data: {"choices":[{"delta":{"content":"0123456789"},"finish_reason":"stop"}],"usage":null}\n\n');
    await client.until("0123456789");
    client.socket.destroy();
    await until(() => clock.sleeping > 0);
    await end(response);
    expect((await rows(1))[0]).toMatchObject({ costNanoDollars: input + 5 * 8000 });
    await once(response, "close");
  });

  test("of an answer that is no stream: the provider finishes it anyway, so it is read on", async () => {
    const plain = ask();
    const held = new Promise<ServerResponse>((resolve) => upstream.behave((_request, response) => resolve(response)));
    const client = await openCall(plain);
    const response = await held;
    client.socket.destroy();
    await until(() => clock.sleeping > 0);
    response.writeHead(200, { "content-type": "application/json" }).end(chatAnswer(USAGE));
    expect((await rows(1))[0]).toMatchObject({ reason: "client_aborted", costNanoDollars: COST });
  });

  test.each([
    ["a revocation", "revoked", () => bench.drop(["openai"])],
    ["a reset of the upstream", "upstream_unreachable", (response: ServerResponse) => void response.destroy()],
    ["the end of the process", "shutting_down", () => closeNow()],
  ] as const)("%s in mid-stream: the input and what was delivered", async (_name, reason, end) => {
    const stream = hold();
    const client = await openCall(body);
    const response = await stream;
    response.write(said);
    await client.until("0123456789");
    await end(response);
    await client.ended;
    expect((await rows(1))[0]).toMatchObject({ reason, costNanoDollars: input + 5 * 8000 });
    expect(budget.charged).toEqual([input + 5 * 8000]);
  });
});

describe("a service with prices and without a budget", () => {
  beforeEach(() => {
    bench.setPolicy(policyOf([at({ limits: {} })]));
    budget.fault = new AgentKeysError("internal");
  });

  test("is priced into its rows, and nothing is reserved", async () => {
    answerWith(chatAnswer(USAGE), "application/json");
    expect((await post(ask())).status).toBe(200);
    expect(bench.rows[0]).toMatchObject({ costNanoDollars: COST, priceVersion: PRICE_VERSION });
  });

  test.each([
    ["an unknown model", CHAT, ask({ model: "gpt-99" })],
    ["a batch", "/openai/v1/batches", "{}"],
    ["a background response", "/openai/v1/responses", '{"model":"gpt-5","background":true}'],
    ["a path without a price", "/openai/v1/audio/speech", "text"],
  ])("lets %s pass as it is, unpriced", async (_name, target, body) => {
    answerWith("{}", "application/json");
    expect((await post(body, target)).status).toBe(200);
    expect(upstream.requests[0]?.body).toBe(body);
    expect(bench.rows[0]).toMatchObject({ costNanoDollars: 0, priceVersion: null });
  });

  test("lets a body pass that cannot be read, and prices what the answer tells", async () => {
    answerWith(chatAnswer(USAGE), "application/json");
    const long = JSON.stringify({ model: "gpt-4.1", input: "x".repeat(9_000_000) });
    for (const body of ["model=gpt-4.1", long]) expect((await post(body)).status).toBe(200);
    expect(upstream.requests.map((request) => request.body.length)).toEqual([13, long.length]);
    expect(bench.rows.map((row) => row.costNanoDollars)).toEqual([COST, COST]);
  });
});

test("a price table that cannot be loaded refuses where a budget holds, and stops nobody else", async () => {
  const broken = (): Promise<never> => Promise.reject(new AgentKeysError("internal", { detail: "no table" }));
  const own = await startBench(policyOf([at(), at({ name: "free", limits: {} })]), { deps: { budget, prices: broken } });
  answerWith(chatAnswer(USAGE), "application/json");
  expect((await own.ask("POST", CHAT, [], ask())).status).toBe(500);
  expect((await own.ask("POST", "/free/v1/chat/completions", [], ask())).status).toBe(200);
  expect(own.rows.map((row) => [row.costNanoDollars, row.priceVersion])).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(upstream.requests.map((request) => request.body)).toEqual([ask()]);
  await own.proxy.close(0);
});

test("a daily budget without a ledger is refused", async () => {
  const own = await startBench(policyOf([at()]), { deps: { prices } });
  const answer = await own.ask("POST", CHAT, [], ask());
  expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([503, "ledger_unreachable"]);
  await own.proxy.close(0);
});
