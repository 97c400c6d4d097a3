import { expect, test } from "@jest/globals";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { inspect } from "node:util";
import { loadConfig } from "@agentkeys/common/config";
import type { AgentKeysError } from "@agentkeys/common/errors";
import { adminServer, createApp, createHttpClient, finishApp, listen } from "@agentkeys/common/http";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, compileCheck } from "@agentkeys/common/testing";
import { countCodePoints, validator } from "@agentkeys/common/validator";

const definition = {
  service: "demo",
  required: ["brokerUrl"],
  properties: {
    brokerUrl: { type: "string", description: "d", pattern: "^https://" },
    pollMs: { type: "integer", description: "d", default: 500, minimum: 100 },
    isOpen: { type: "boolean", description: "d", default: false },
  },
} as const;
const { required, properties } = definition;
const check = compileCheck({ type: "object", additionalProperties: false, required, properties });
const readFile = (): string => '{"pollMs": 700, "isOpen": true}';

test("flags beat environment beat file beat defaults", () => {
  const env = { AGENTKEYS_DEMO_BROKER_URL: "https://env", AGENTKEYS_DEMO_POLL_MS: "800" };
  const config = loadConfig(definition, check, { argv: ["--config", "f", "--broker-url=https://flag"], env, readFile });
  expect(config).toEqual({ brokerUrl: "https://flag", pollMs: 800, isOpen: true });
});

test("every problem is listed at once, without a value", () => {
  const env = { AGENTKEYS_DEMO_POLL_MS: "canary-7", AGENTKEYS_DEMO_IS_OPEN: "1" };
  try {
    loadConfig(definition, check, { argv: ["--what", "x"], env, readFile });
    expect("a refusal").toBe("thrown");
  } catch (fault) {
    const { message, code } = fault as AgentKeysError;
    expect(code).toBe("config_invalid");
    for (const part of ["--what", "brokerUrl: required; set AGENTKEYS_DEMO_BROKER_URL", "pollMs", "isOpen"])
      expect(message).toContain(part);
    expect(message).not.toContain("canary-7");
  }
});

test("a secret prints [redacted] everywhere and is empty after a wipe", () => {
  const secret = Secret.of("canary");
  const { log, text } = captureLog();
  log.info("shown", { secret, nested: { secret } });
  for (const shown of [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ a: [secret] }), text()]) {
    expect(shown).toContain("[redacted]");
    expect(shown).not.toContain("canary");
  }
  secret.wipe();
  expect(secret.reveal()).toBe("");
});

test("a text is as long as it has code points, halves of pairs included", () => {
  for (const text of ["", "a", "é", "😀", "a😀b", "\ud83d", "\ude00", "\ude00\ud83d", "😀".repeat(3)])
    expect(countCodePoints(text)).toBe(Array.from(text).length);
});

test("a fault of several causes is logged with each of them", () => {
  const { log, lines } = captureLog();
  log.warn("failed", { cause: new AggregateError([new TypeError("one is short"), new TypeError("two differ")], "no quorum") });
  expect(lines.at(-1)).toMatchObject({ cause: { message: "no quorum", errors: [{ message: "one is short" }, { message: "two differ" }] } });
});

test("an app answers coded faults in their wire shape and hides unknown ones", async () => {
  const { log, lines } = captureLog();
  const metrics = createMetrics("demo");
  const app = createApp({ log, metrics, maxBodyBytes: 100 });
  const schema = { type: "object", required: ["a"], additionalProperties: false, properties: { a: { type: "integer" } } };
  const body = validator<{ a: number }>(compileCheck(schema));
  app.post("/v1/a", (request, response) => void response.json(body(request.body)));
  app.post("/v1/bug", () => {
    throw new TypeError("canary in a bug");
  });
  finishApp(app, { log });
  const server = await listen(app, { port: 0, host: "127.0.0.1" });
  const client = createHttpClient();
  const url = `http://127.0.0.1:${server.port}`;
  expect(await client.json("POST", `${url}/v1/a`, { body: { a: 1 } })).toMatchObject({ status: 200, body: { a: 1 } });
  expect(await client.json("POST", `${url}/v1/a`, { body: { b: 1 } })).toMatchObject({ status: 400, body: { reason: "invalid_input" } });
  expect(await client.json("POST", `${url}/v1/a`, { body: { a: "x".repeat(200) } })).toMatchObject({
    status: 413,
    body: { reason: "payload_too_large" },
  });
  expect(await client.json("GET", `${url}/nowhere`)).toMatchObject({ status: 404, body: { reason: "not_found" } });
  const bug = await client.json("POST", `${url}/v1/bug`, { body: {} });
  expect(bug).toMatchObject({ status: 500, body: { reason: "internal" } });
  expect(JSON.stringify(bug.body)).not.toContain("canary");
  expect(lines.filter((line) => line["level"] === "error")).toHaveLength(1);
  await client.close();
  await server.close();
});

test("the admin port says what is missing until nothing is, and its metrics say the same", async () => {
  const missing = ["chain"];
  const admin = await adminServer({ port: 0, host: "127.0.0.1", metrics: createMetrics("demo"), missing: () => missing });
  const client = createHttpClient();
  const url = `http://127.0.0.1:${admin.port}`;
  const metrics = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
  expect(await client.json("GET", `${url}/readyz`)).toMatchObject({ status: 503, body: { missing: ["chain"] } });
  expect(await metrics()).toMatch(/^agentkeys_demo_ready 0$/m);
  missing.pop();
  expect(await client.json("GET", `${url}/readyz`)).toMatchObject({ status: 200 });
  expect(await metrics()).toMatch(/^agentkeys_demo_ready 1$/m);
  await client.close();
  await admin.close();
});

/** A connection to a demo app with one JSON route, and what it logs. */
async function rawPost(
  requestTimeoutMs: number,
): Promise<{ socket: Socket; lines: Record<string, unknown>[]; close: () => Promise<void> }> {
  const { log, lines } = captureLog();
  const app = createApp({ log, metrics: createMetrics("demo") });
  app.post("/", (_request, response) => void response.json({ ok: true }));
  finishApp(app, { log });
  const server = await listen(app, { port: 0, host: "127.0.0.1", requestTimeoutMs });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
  return { socket, lines, close: () => server.close(0) };
}

test("a body that does not arrive in time ends with 408 and its connection", async () => {
  const { socket, close } = await rawPost(100);
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  await once(socket, "close");
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  await close();
});

test("a client that goes away in mid-body is no error of ours", async () => {
  const { socket, lines, close } = await rawPost(5000);
  socket.end();
  while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toMatchObject([{ level: "info", message: "request refused", code: "client_aborted" }]);
  await close();
});
