import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { FakeClock } from "@agentkeys/common/testing";
import type { ServicePolicy } from "@agentkeys/common/wire";
import { FAILURES_PER_MINUTE } from "../../src/quota/index.ts";
import { KEY, PLACEHOLDER, policyOf, service, startBench, type Bench } from "./bench.ts";
import { createTestCa, type Leaf } from "./certificates.ts";
import { openRaw, sendRaw } from "./raw-client.ts";
import { startStubUpstream, type StubUpstream } from "./stub-upstream.ts";

const ca = createTestCa();
let upstream: StubUpstream;
let bench: Bench;
const at = (overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  service({ upstream: `https://upstream.test:${upstream.port}`, tls: { caBundle: ca.pem }, ...overrides });
const reasonOf = async (method: string, target: string, headers: string[] = []): Promise<[number, string | undefined]> => {
  const answer = await bench.ask(method, target, headers);
  return [answer.status, answer.headers.get("agentkeys-reason")];
};

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
  bench.credentials.asked.length = 0;
  bench.resolved.length = 0;
  bench.setPolicy(policyOf([at()]));
});

describe("target, path and SSRF", () => {
  test.each([
    "/openai/v1/../admin",
    "/openai/v1/%2e%2e/admin",
    "/openai/v1/%2E./admin",
    "/openai/v1/..;/admin",
    "/openai//v1/x",
    "/openai/v1/./x",
    "/openai/v1/x%2fy",
    "/openai/v1/x%5Cy",
    "/openai/v1/x\\y",
    "/openai/v1/%252e%252e/admin",
    "/openai/v1/%00",
    "/openai/v1/%c0%ae",
    "/openai/v1/%zz",
    "/openai/../openai/v1/x",
  ])("P1 %s is refused and nobody behind the proxy hears of it", async (target) => {
    const [status] = await reasonOf("GET", target);
    expect([400, 404]).toContain(status);
    expect(upstream.requests).toHaveLength(0);
    expect(bench.credentials.asked).toEqual([]);
  });

  test("P1 what was matched is what is sent: escapes that need none are decoded", async () => {
    bench.setPolicy(policyOf([at({ paths: ["/v1/models/*"] })]));
    expect((await bench.ask("GET", "/openai/v1/%6Dodels/a%20b%e2%82%ac?q=%2f")).status).toBe(200);
    expect(upstream.requests[0]?.url).toBe("/v1/models/a%20b%E2%82%AC?q=%2f");
  });

  test("both /openai/v1/x and /openai/x reach /v1/x, below the upstream's base path", async () => {
    bench.setPolicy(policyOf([at({ upstream: `https://upstream.test:${upstream.port}/base/` })]));
    await bench.ask("GET", "/openai/v1/x");
    await bench.ask("GET", "/openai/x?");
    expect(upstream.requests.map((seen) => seen.url)).toEqual(["/base/v1/x", "/base/v1/x"]);
  });

  test("P3 a star stays inside its segment, a denied path wins over a wider rule", async () => {
    bench.setPolicy(policyOf([at({ paths: ["/v1/models*", "/v1/files/**"], denyPaths: ["/v1/files/secret"] })]));
    expect(await reasonOf("GET", "/openai/v1/modelsX")).toEqual([200, undefined]);
    expect(await reasonOf("GET", "/openai/v1/models/x")).toEqual([403, "route_refused"]);
    expect(await reasonOf("GET", "/openai/v1/files/a/b")).toEqual([200, undefined]);
    for (const target of ["/openai/v1/files/secret", "/openai/v1/files/Secret", "/openai/v1/files/secret/"])
      expect(await reasonOf("GET", target)).toEqual([403, "route_refused"]);
    expect(await reasonOf("PUT", "/openai/v1/modelsX")).toEqual([403, "route_refused"]);
  });

  test.each([
    ["absolute-form", "GET http://evil.test/openai/v1/x HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400],
    ["userinfo", "GET http://user@localhost:PORT/openai/v1/x HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400],
    ["authority form", "GET evil.test:443 HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n", 400],
    ["two Host headers", "GET /openai/v1/x HTTP/1.1\r\nHost: localhost:PORT\r\nHost: localhost:PORT\r\n\r\n", 400],
    ["no Host", "GET /openai/v1/x HTTP/1.1\r\n\r\n", 400],
    ["Host without port", "GET /openai/v1/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 403],
    ["Host of another service", "GET /openai/v1/x HTTP/1.1\r\nHost: github\r\nConnection: close\r\n\r\n", 403],
    ["Host with a path", "GET /openai/v1/x HTTP/1.1\r\nHost: localhost:PORT/x?#\r\nConnection: close\r\n\r\n", 403],
    ["a rebound Host", "GET /openai/v1/x HTTP/1.1\r\nHost: rebind.test:PORT\r\nConnection: close\r\n\r\n", 403],
  ])("P4 P5 %s is refused", async (_name, bytes, status) => {
    const answer = await sendRaw(bench.proxy.port, bytes.replaceAll("PORT", String(bench.proxy.port)));
    expect(answer.status).toBe(status);
    expect(upstream.requests).toHaveLength(0);
  });

  test("P5 all three names of the listener are accepted", async () => {
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      const bytes = `GET /openai/v1/x HTTP/1.1\r\nHost: ${host}:${bench.proxy.port}\r\nConnection: close\r\n\r\n`;
      expect((await sendRaw(bench.proxy.port, bytes)).status).toBe(200);
    }
  });

  test("P6 H15 an upstream named in the body, the query or a header has no effect: the service's own gets the request and the key", async () => {
    const names = ["api_base", "base_url", "baseURL", "custom_host"];
    const body = JSON.stringify({
      ...Object.fromEntries(names.map((name) => [name, "https://evil.test"])),
      nested: { api_base: "https://evil.test" },
    });
    const headers = ["X-Portkey-Custom-Host", "X-Base-Url", "X-OpenAI-Base", "Forwarded"].map((name) => `${name}: https://evil.test`);
    expect((await bench.ask("POST", "/openai/v1/x?api_base=https://evil.test&base_url=https://evil.test", headers, body)).status).toBe(200);
    expect(bench.resolved.filter((host) => host !== "upstream.test")).toEqual([]);
    expect(upstream.requests.map((seen) => [seen.url, seen.body])).toEqual([
      ["/v1/x?api_base=https://evil.test&base_url=https://evil.test", body],
    ]);
  });

  test("H15 H16 a service that fails is not answered by another one, and its key goes nowhere else", async () => {
    const other = await startStubUpstream(ca.issue("upstream.test"));
    const twin = at({ name: "telemetry", upstream: `https://upstream.test:${other.port}` });
    bench.setPolicy(policyOf([at({ upstream: "https://upstream.test:1" }), twin]));
    bench.credentials.values.set("telemetry", { value: "other-key", version: "v1" });
    expect(await reasonOf("GET", "/openai/v1/x")).toEqual([502, "upstream_unreachable"]);
    expect(bench.logText()).toMatch(/"code":"upstream_unreachable","component":"\w+","detail":"ECONNREFUSED","level":"warn"/);
    expect(other.connections()).toBe(0);
    expect(await reasonOf("GET", "/telemetry/v1/x")).toEqual([200, undefined]);
    bench.setPolicy(policyOf([at(), twin]));
    upstream.behave((_request, response) => response.writeHead(503).end());
    expect((await bench.ask("GET", "/openai/v1/x")).status).toBe(503);
    upstream.behave((_request, response) => response.end("{}"));
    expect(upstream.requests).toHaveLength(1);
    expect(other.requests).toHaveLength(1);
    expect(JSON.stringify(other.requests)).not.toContain(KEY);
    bench.credentials.values.clear();
    await other.close();
  });

  test("P7 CONNECT, TRACE, TRACK, unknown methods and method overrides are refused", async () => {
    for (const method of ["CONNECT", "TRACE", "TRACK", "BREW"])
      expect(await reasonOf(method, method === "CONNECT" ? "evil.test:443" : "/openai/v1/x")).toEqual([405, "method_refused"]);
    for (const name of ["X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL"])
      expect(await reasonOf("POST", "/openai/v1/x", [`${name}: DELETE`, "Content-Length: 0"])).toEqual([405, "method_refused"]);
    expect(upstream.requests).toHaveLength(0);
  });

  test.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:a00:1::1",
    "2001::1",
    "::127.0.0.1",
    "fe80::1%eth0",
  ])("P8 a host that resolves to %s is refused, also next to a public answer", async (address) => {
    const other = await startBench(policyOf([at({ allowPrivateAddresses: false })]), { addresses: ["93.184.216.34", address] });
    const answer = await other.ask("GET", "/openai/v1/x");
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([502, "upstream_address_refused"]);
    await other.proxy.close(0);
  });

  test.each(["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::ffff:7f00:1]", "[::1]"])(
    "P8 the literal %s is refused without a look-up",
    async (host) => {
      bench.setPolicy(policyOf([at({ upstream: `https://${host}:${upstream.port}`, allowPrivateAddresses: false })]));
      expect(await reasonOf("GET", "/openai/v1/x")).toEqual([502, "upstream_address_refused"]);
      expect(bench.resolved).toEqual([]);
    },
  );

  test("P8 the checked address is the one that is dialled, under the host's name", async () => {
    const own = await startBench(policyOf([at()]));
    expect((await own.ask("GET", "/openai/v1/x")).status).toBe(200);
    expect(own.resolved).toEqual(["upstream.test"]);
    await own.proxy.close(0);
  });

  test.each<[string, () => Leaf]>([
    ["for another name", () => ca.issue("other.test")],
    ["expired", () => ca.issue("upstream.test", { expired: true })],
    ["self-signed", () => ca.selfSigned("upstream.test")],
  ])("P10 a certificate %s is refused before a byte of the request is sent", async (_name, leaf) => {
    const bad = await startStubUpstream(leaf());
    bench.setPolicy(policyOf([at({ upstream: `https://upstream.test:${bad.port}` })]));
    expect(await reasonOf("GET", "/openai/v1/x")).toEqual([502, "upstream_tls"]);
    expect(bad.connections()).toBeGreaterThan(0);
    expect(bad.requests).toHaveLength(0);
    expect(bench.logText()).not.toContain(KEY);
    await bad.close();
  });

  test("P12 the proxy's own port and the admin port are refused as a loop", async () => {
    const own = await startBench(policyOf([]), { deps: { adminPort: 9091 } });
    for (const port of [own.proxy.port, 9091]) {
      own.setPolicy(policyOf([at({ upstream: `http://loop.test:${port}`, allowInsecure: true })]));
      const answer = await own.ask("GET", "/openai/v1/x");
      expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([508, "upstream_loop"]);
    }
    await own.proxy.close(0);
  });

  test.each(["Origin: http://localhost", "Sec-Fetch-Dest: empty", "sec-fetch-site: same-origin"])(
    "P14 a browser's request with %s is refused",
    async (header) => {
      expect(await reasonOf("GET", "/openai/v1/x", [header])).toEqual([403, "guard_refused"]);
      expect(bench.credentials.asked).toEqual([]);
    },
  );

  test("C1 a peer that is not on loopback is cut without an answer, whatever the proxy listens on", async () => {
    const outside = Object.values(networkInterfaces()).flatMap((found) =>
      (found ?? []).filter(({ internal, family }) => !internal && family === "IPv4"),
    );
    const own = await startBench(policyOf([at()]), { deps: { listenAddresses: ["0.0.0.0"] } });
    const [address] = outside;
    if (address === undefined) throw new Error("this test needs a network interface besides loopback");
    const client = await openRaw(own.proxy.port, address.address);
    client.socket.write(`GET /openai/v1/x HTTP/1.1\r\nHost: localhost:${own.proxy.port}\r\n\r\n`);
    await client.ended;
    expect([client.text(), own.rows, upstream.requests]).toEqual(["", [], []]);
    await own.proxy.close(0);
  });

  test("C5 many failures of a caller are answered 429, before its key is looked at; successes never count", async () => {
    const clock = new FakeClock();
    const own = await startBench(policyOf([at()], { placeholder: "Required" }), { clock });
    const wrong = (): ReturnType<Bench["ask"]> => own.ask("GET", "/openai/v1/x", ["Authorization: Bearer nope"]);
    const right = (): ReturnType<Bench["ask"]> => own.ask("GET", "/openai/v1/x", [`Authorization: Bearer ${PLACEHOLDER}`]);
    for (let count = 0; count < 2 * FAILURES_PER_MINUTE; count += 1) expect((await right()).status).toBe(200);
    for (let count = 0; count < FAILURES_PER_MINUTE; count += 1) expect((await wrong()).status).toBe(401);
    for (const answer of [await wrong(), await right()]) {
      expect([answer.status, answer.headers.get("agentkeys-reason"), answer.headers.get("retry-after")]).toEqual([
        429,
        "rate_limited",
        "1",
      ]);
    }
    clock.advance(1_000);
    expect((await right()).status).toBe(200);
    expect((await wrong()).status).toBe(401);
    expect((await wrong()).status).toBe(429);
    await own.proxy.close(0);
  });

  test.each(["/metrics", "/healthz", "/readyz", "/livez", "/reload", "/admin", "/-/reload", "/debug/pprof"])(
    "C7 %s on the agent's port is no service, and answers nothing of ours",
    async (target) => {
      const answer = await bench.ask("GET", target);
      expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([404, "unknown_service"]);
      expect(answer.body).not.toContain("agentkeys_sidecar");
    },
  );

  test("C2 a service with callers is refused to another uid and served to the right one", async () => {
    const uid = process.getuid?.() ?? 0;
    bench.setPolicy(policyOf([at({ callers: [{ uid: uid + 1 }] })]));
    expect(await reasonOf("GET", "/openai/v1/x")).toEqual([403, "caller_refused"]);
    bench.setPolicy(policyOf([at({ callers: [{ uid }] })]));
    expect(await reasonOf("GET", "/openai/v1/x")).toEqual([200, undefined]);
    expect(bench.rows.at(-1)?.caller).toBe(`uid:${uid}`);
  });

  test.each(["/github/x", "/", "/OpenAI/v1/x", "/openai%2fv1", "/openai.evil/v1", "/__proto__/x"])(
    "C6 %s is an unknown service, and no other is named",
    async (target) => {
      const answer = await bench.ask("GET", target);
      expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([404, "unknown_service"]);
      expect(answer.body).not.toContain("openai");
    },
  );
});

describe("framing", () => {
  const host = (): string => `Host: localhost:${bench.proxy.port}`;
  test.each([
    ["Content-Length with Transfer-Encoding", "Content-Length: 3\r\nTransfer-Encoding: chunked"],
    ["two Content-Lengths", "Content-Length: 3\r\nContent-Length: 4"],
    ["two equal Content-Lengths", "Content-Length: 0\r\nContent-Length: 0"],
    ["a non-numeric Content-Length", "Content-Length: 3x"],
    ["a signed Content-Length", "Content-Length: +3"],
    ["chunked, identity", "Transfer-Encoding: chunked, identity"],
    ["gzip, chunked", "Transfer-Encoding: gzip, chunked"],
    ["two Transfer-Encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"],
    ["obs-fold", "X-A: 1\r\n 2"],
    ["NUL", "X-A: a\0b"],
    ["space before the colon", "X-A : 1"],
    ["bare LF", "X-A: 1\nX-B: 2"],
    ["bare CR", "X-A: 1\rX-B: 2"],
    ["invalid UTF-8", "Content-Length: 5\r\nX-A: \xff\xfe"],
  ])("F1 F2 %s is answered 400 and the connection closed", async (_name, lines) => {
    const bytes = Buffer.from(`POST /openai/v1/x HTTP/1.1\r\n${host()}\r\n${lines}\r\n\r\n0\r\n\r\n`, "latin1");
    const answer = await sendRaw(bench.proxy.port, bytes);
    expect([answer.status, answer.headers.get("agentkeys-reason"), answer.closed]).toEqual([400, "bad_request", true]);
    expect(upstream.requests).toHaveLength(0);
  });

  test("F4 a body over the limit is refused by its Content-Length before anything is asked for", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxBodyBytes: 10 } })]));
    const answer = await bench.ask("POST", "/openai/v1/x", [], "x".repeat(11));
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([413, "payload_too_large"]);
    expect(bench.credentials.asked).toEqual([]);
  });

  test("F4 a chunked body over the limit is cut while it streams", async () => {
    bench.setPolicy(policyOf([at({ limits: { maxBodyBytes: 10 } })]));
    const head = `POST /openai/v1/x HTTP/1.1\r\n${host()}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await sendRaw(bench.proxy.port, `${head}8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n`);
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([413, "payload_too_large"]);
    expect(upstream.requests).toHaveLength(0);
  });

  test("F4 a huge header block is answered 431, a slow one and a body that stands still 408; a body that moves may take longer", async () => {
    const huge = await sendRaw(bench.proxy.port, `GET /openai/v1/x HTTP/1.1\r\n${host()}\r\nX-A: ${"a".repeat(40_000)}\r\n\r\n`);
    expect([huge.status, huge.headers.get("agentkeys-reason")]).toEqual([431, "header_too_large"]);
    const slow = await startBench(policyOf([at()]), { deps: { timeouts: { headersMs: 400, bodyMs: 400 } } });
    const answer = await sendRaw(slow.proxy.port, "GET /openai/v1/x HTTP/1.1\r\nX-A:");
    expect([answer.status, answer.headers.get("agentkeys-reason")]).toEqual([408, "request_timeout"]);
    const head = `POST /openai/v1/x HTTP/1.1\r\nHost: localhost:${slow.proxy.port}\r\nContent-Length: 9\r\n\r\n`;
    const body = await sendRaw(slow.proxy.port, `${head}four`);
    expect([body.status, body.headers.get("agentkeys-reason"), body.closed]).toEqual([408, "request_timeout", true]);
    const moving = await openRaw(slow.proxy.port);
    moving.socket.write(head);
    for (const byte of "moving on") {
      await new Promise((resolve) => setTimeout(resolve, 100));
      moving.socket.write(byte);
    }
    await moving.until("HTTP/1.1 200");
    expect(upstream.requests.at(-1)?.body).toBe("moving on");
    moving.socket.destroy();
    await slow.proxy.close(0);
  });

  test("F6 100-continue is sent once, after the checks, and the body is not lost", async () => {
    const lines = ["Expect: 100-continue", "Content-Length: 5", "Connection: close"].join("\r\n");
    const allowed = await openRaw(bench.proxy.port);
    allowed.socket.write(`POST /openai/v1/x HTTP/1.1\r\n${host()}\r\n${lines}\r\n\r\n`);
    await allowed.until("100 Continue");
    allowed.socket.write("hello");
    await allowed.ended;
    expect(allowed.text().match(/100 Continue/g)).toHaveLength(1);
    expect(allowed.text()).toContain("HTTP/1.1 200");
    expect(upstream.requests[0]?.body).toBe("hello");
    const refused = await openRaw(bench.proxy.port);
    refused.socket.write(`POST /openai/v1/organization/x HTTP/1.1\r\n${host()}\r\n${lines}\r\n\r\n`);
    await refused.until("route_refused");
    expect(refused.text()).not.toContain("100 Continue");
    refused.socket.destroy();
  });

  test("two requests on one connection are checked one by one", async () => {
    const client = await openRaw(bench.proxy.port);
    client.socket.write(`GET /openai/v1/x HTTP/1.1\r\n${host()}\r\n\r\nGET /openai/v1/organization/x HTTP/1.1\r\n${host()}\r\n\r\n`);
    await client.until("route_refused");
    expect(upstream.requests.map((seen) => seen.url)).toEqual(["/v1/x"]);
    client.socket.destroy();
  });

  test("garbage behind a request that is being answered cuts the connection and is never answered inside that answer", async () => {
    let release: () => void = () => undefined;
    bench.credentials.hold = new Promise((resolve) => (release = resolve));
    const client = await openRaw(bench.proxy.port);
    client.socket.write(`GET /openai/v1/x HTTP/1.1\r\n${host()}\r\n\r\nBAD\0\r\n\r\n`);
    await client.ended;
    expect(client.text()).toBe("");
    release();
  });
});
