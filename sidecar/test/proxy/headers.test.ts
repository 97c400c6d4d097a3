import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ServicePolicy } from "@agentkeys/common/wire";
import { KEY, PLACEHOLDER, policyOf, service, startBench, type Bench } from "./bench.ts";
import { createTestCa } from "./certificates.ts";
import { headerValues, startStubUpstream, type StubUpstream } from "./stub-upstream.ts";

const ca = createTestCa();
let upstream: StubUpstream;
let bench: Bench;
const at = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  service({ upstream: `https://upstream.test:${upstream.port}`, tls: { caBundle: ca.pem }, ...overrides });

beforeAll(async () => {
  upstream = await startStubUpstream(ca.issue("upstream.test"));
  bench = await startBench(policyOf([at()]));
});
afterAll(async () => {
  await bench.proxy.close(0);
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
  bench.credentials.values.clear();
  bench.credentials.asked.length = 0;
  bench.setPolicy(policyOf([at()]));
});

describe("injection and headers", () => {
  test("H1 the agent's own Authorization, twice and in odd case, is replaced by exactly one of ours", async () => {
    const answer = await bench.ask("GET", "/openai/v1/models", [`aUTHORization: Bearer ${PLACEHOLDER}`, `AUTHORIZATION: ${PLACEHOLDER}`]);
    expect(answer.status).toBe(200);
    expect(headerValues(upstream.requests[0], "authorization")).toEqual([`Bearer ${KEY}`]);
  });

  test("H2 every known slot is taken out and only the service's is sent", async () => {
    const names = ["Authorization", "x-api-key", "x-goog-api-key", "api-key", "PRIVATE-TOKEN"];
    await bench.ask(
      "GET",
      `/openai/v1/models?key=${PLACEHOLDER}&limit=2`,
      names.map((name) => `${name}: ${PLACEHOLDER}`),
    );
    const [seen] = upstream.requests;
    expect(seen?.url).toBe("/v1/models?limit=2");
    for (const name of names.slice(1)) expect(headerValues(seen, name.toLowerCase())).toEqual([]);
    expect(headerValues(seen, "authorization")).toEqual([`Bearer ${KEY}`]);
    expect(JSON.stringify(seen)).not.toContain(PLACEHOLDER);
  });

  test("H4 hop-by-hop and Connection-named headers pass in neither direction, Alt-Svc does not come back", async () => {
    upstream.behave((_request, response) => {
      response.writeHead(200, [
        "Alt-Svc",
        'h3=":443"',
        "X-Named",
        "1",
        "Connection",
        "X-Named",
        "Proxy-Authenticate",
        "Basic",
        "X-Kept",
        "yes",
      ]);
      response.end("ok");
    });
    const answer = await bench.ask("GET", "/openai/v1/models", [
      "Connection: x-secret-hop",
      "X-Secret-Hop: 1",
      "Keep-Alive: timeout=5",
      "TE: trailers",
      "Trailer: x",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABkAAQ",
      "Proxy-Connection: keep-alive",
      "X-Forwarded-Host: evil.test",
    ]);
    const sent = upstream.requests[0]?.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()) ?? [];
    expect(sent.sort()).toEqual(["accept-encoding", "authorization", "connection", "host"]);
    expect(headerValues(upstream.requests[0], "host")).toEqual([`upstream.test:${upstream.port}`]);
    expect([...answer.headers.keys()]).not.toEqual(expect.arrayContaining(["alt-svc"]));
    expect(answer.headers.has("x-named")).toBe(false);
    expect(answer.headers.has("proxy-authenticate")).toBe(false);
    expect(answer.headers.get("x-kept")).toBe("yes");
    upstream.behave((_request, response) => response.end("{}"));
  });

  test("H5 vendor headers pass unchanged and in order", async () => {
    const lines = ["anthropic-version: 2023-06-01", "OpenAI-Beta: assistants=v2", "Idempotency-Key: a-1", "Accept-Language: de"];
    await bench.ask("GET", "/openai/v1/models", lines);
    const raw = upstream.requests[0]?.rawHeaders ?? [];
    for (const line of lines) {
      const [name = "", value] = line.split(": ");
      expect(raw[raw.indexOf(name) + 1]).toBe(value);
    }
  });

  test.each(["line\r\nX-Evil: 1", "nul\0", "feed\n", "", "ümlaut"])("H6 a key value of %j is refused before dialling", async (value) => {
    bench.credentials.values.set("openai", { value, version: "v1" });
    const connections = upstream.connections();
    const answer = await bench.ask("GET", "/openai/v1/models");
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([502, "credential_malformed"]);
    expect(upstream.requests).toHaveLength(0);
    expect(upstream.connections()).toBe(connections);
  });

  test.each([
    ["basic pair", { type: "basic" }, "user:pass", "/x", [`Basic ${Buffer.from("user:pass").toString("base64")}`]],
    ["basic with the user in the policy", { type: "basic", name: "api" }, "p", "/x", [`Basic ${Buffer.from("api:p").toString("base64")}`]],
    ["basic with the key as user", { type: "basic", format: "{secret}:" }, "k", "/x", [`Basic ${Buffer.from("k:").toString("base64")}`]],
    ["query", { type: "query", name: "key" }, "a/b?c#d&e..", "/x?key=a%2Fb%3Fc%23d%26e..", []],
    ["path", { type: "path", format: "/bot{secret}" }, "12:AB/../?#", "/bot12:AB%2F..%2F%3F%23/x", []],
    ["header", { type: "header", name: "PRIVATE-TOKEN" }, "glpat", "/x", []],
  ] as const)("H8 %s slot: the value never changes the target", async (_name, auth, value, url, authorization) => {
    bench.setPolicy(policyOf([at({ auth, paths: ["/x"], pathPrefix: "" })]));
    bench.credentials.values.set("openai", { value, version: "v1" });
    expect((await bench.ask("GET", "/openai/x")).status).toBe(200);
    expect(upstream.requests[0]?.url).toBe(url);
    expect(headerValues(upstream.requests[0], "authorization")).toEqual(authorization);
  });

  test("H8 a path-slot value that would be a dot segment is refused", async () => {
    bench.setPolicy(policyOf([at({ auth: { type: "path" }, paths: ["/x"], pathPrefix: "" })]));
    bench.credentials.values.set("openai", { value: "..", version: "v1" });
    expect((await bench.ask("GET", "/openai/x")).headers.get("agentkeys-reason")).toBe("credential_malformed");
    expect(upstream.requests).toHaveLength(0);
  });

  test("H10 the placeholder in a Telegram path segment is replaced by the key", async () => {
    bench.setPolicy(policyOf([at({ auth: { type: "path", format: "/bot{secret}" }, paths: ["/getMe"], pathPrefix: "" })]));
    bench.credentials.values.set("openai", { value: "1:real", version: "v1" });
    expect((await bench.ask("GET", `/openai/bot${PLACEHOLDER}/getMe`)).status).toBe(200);
    expect(upstream.requests[0]?.url).toBe("/bot1:real/getMe");
  });

  test.each([
    ["cookie", "/openai/v1/models", [`Cookie: a=${PLACEHOLDER}`], undefined],
    ["other header", "/openai/v1/models", [`X-Note: ${PLACEHOLDER}`], undefined],
    ["query", `/openai/v1/models?note=${PLACEHOLDER}`, [], undefined],
    ["percent-encoded query", `/openai/v1/models?note=${PLACEHOLDER.replaceAll("-", "%2D")}`, [], undefined],
    ["path", `/openai/v1/models/${PLACEHOLDER}`, [], undefined],
    ["body", "/openai/v1/chat", [], `{"api_key":"${PLACEHOLDER}"}`],
  ])("H10 H11 the placeholder in a %s is refused with an explanation and not forwarded", async (_name, target, headers, body) => {
    const answer = await bench.ask(body === undefined ? "GET" : "POST", target, headers, body);
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([400, "placeholder_misplaced"]);
    expect(answer.body).toContain("only accepted where the key would go");
    expect(JSON.stringify(upstream.requests)).not.toContain(PLACEHOLDER);
  });

  test("H12 a placeholder where it belongs does not excuse a second one elsewhere", async () => {
    const own = `Authorization: Bearer ${PLACEHOLDER}`;
    for (const [target, headers, body] of [
      ["/openai/v1/chat", [own], `{"note":"${PLACEHOLDER}"}`],
      ["/openai/v1/chat", [own, `X-Note: ${PLACEHOLDER}`], "{}"],
      [`/openai/v1/chat?note=${PLACEHOLDER}`, [own], "{}"],
    ] as const) {
      const answer = await bench.ask("POST", target, [...headers], body);
      expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([400, "placeholder_misplaced"]);
    }
    expect(JSON.stringify(upstream.requests)).not.toContain(PLACEHOLDER);
  });

  test("H13 a placeholder in Basic or percent-encoded in a slot is replaced whole", async () => {
    const pair = Buffer.from(`user:${PLACEHOLDER}`).toString("base64");
    const encoded = PLACEHOLDER.replaceAll("-", "%2d").replace("sk", "%73k");
    expect((await bench.ask("GET", `/openai/v1/models?api_key=${encoded}`, [`Authorization: Basic ${pair}`])).status).toBe(200);
    expect([upstream.requests[0]?.url, headerValues(upstream.requests[0], "authorization")]).toEqual(["/v1/models", [`Bearer ${KEY}`]]);
    expect((await bench.ask("GET", `/openai/v1/models?note=${encoded}`)).headers.get("agentkeys-reason")).toBe("placeholder_misplaced");
    expect((await bench.ask("GET", `/openai/v1/${encoded}`)).headers.get("agentkeys-reason")).toBe("placeholder_misplaced");
    expect(upstream.requests).toHaveLength(1);
  });

  test("C4 with placeholder Required: missing, wrong and real-looking values are refused, the right one passes", async () => {
    bench.setPolicy(policyOf([at()], { placeholder: "Required" }));
    const reason = async (...headers: string[]): Promise<(string | number | undefined)[]> => {
      const answer = await bench.ask("GET", "/openai/v1/models", headers);
      return [answer.status, answer.headers.get("agentkeys-reason")];
    };
    expect(await reason()).toEqual([401, "placeholder_missing"]);
    expect(await reason("Authorization: Bearer nope")).toEqual([401, "placeholder_wrong"]);
    expect(await reason("x-api-key: sk-ant-api03-abcdefghijklmnopqrstuvwxyz")).toEqual([401, "real_key_refused"]);
    expect(bench.credentials.asked).toEqual([]);
    expect(await reason(`Authorization: Basic ${Buffer.from(`${PLACEHOLDER}:`).toString("base64")}`)).toEqual([200, undefined]);
  });

  test("P11 a redirect is passed on, not followed, and a Location that echoes the key carries the placeholder", async () => {
    upstream.behave((_request, response) => {
      response.writeHead(307, { location: `https://elsewhere.test/?key=${KEY}` });
      response.end();
    });
    const answer = await bench.ask("GET", "/openai/v1/models");
    expect([answer.status, answer.headers.get("location")]).toEqual([307, `https://elsewhere.test/?key=${PLACEHOLDER}`]);
    expect(upstream.requests).toHaveLength(1);
    upstream.behave((_request, response) => response.end("{}"));
  });

  test("W2 an answer whose length is told passes byte for byte, in one piece and in many, and the connection goes on", async () => {
    for (const length of [0, 1, 256, 16 * 1024, 16 * 1024 + 1, 300_000]) {
      const body = Buffer.from(Uint8Array.from({ length }, (_, index) => index % 256));
      upstream.behave((_request, response) => {
        response.writeHead(200, { "content-length": length, "x-length": String(length) });
        response.end(body);
      });
      const answer = await bench.ask("GET", "/openai/v1/x");
      expect([answer.headers.get("content-length"), answer.body.length]).toEqual([String(length), length]);
      expect(Buffer.from(answer.body, "latin1").equals(body)).toBe(true);
      expect(bench.rows.at(-1)).toMatchObject({ reason: "ok", status: 200, bytesOut: length });
    }
  });
});
