import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { KEY, PLACEHOLDER, policyOf, service, startBench, type Bench } from "../proxy/bench.ts";
import { createTestCa } from "../proxy/certificates.ts";
import { openRaw } from "../proxy/raw-client.ts";
import { headerValues, startStubUpstream, type StubUpstream } from "../proxy/stub-upstream.ts";

const ca = createTestCa();
let upstream: StubUpstream;
let bench: Bench;

beforeAll(async () => {
  upstream = await startStubUpstream(ca.issue("upstream.test"));
  bench = await startBench(policyOf([service({ upstream: `https://upstream.test:${upstream.port}`, tls: { caBundle: ca.pem } })]));
});
afterAll(async () => {
  await bench.proxy.close(0);
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

test("S1 a key that is echoed in a header, a Location or a cookie is replaced by the placeholder", async () => {
  const encoded = Buffer.from(`x:${KEY}`).toString("base64");
  upstream.behave((_request, response) => {
    response.writeHead(302, { location: `/next?k=${KEY}`, "set-cookie": [`k=${KEY}; Path=/`, `b=${encoded}`], "x-echo": KEY });
    response.end();
  });
  const { head } = await bench.ask("GET", "/openai/v1/x");
  expect(head).not.toContain(KEY);
  expect(head).toContain(`x-echo: ${PLACEHOLDER}`);
  expect(Buffer.from(/b=(\S+)/.exec(head)?.[1] ?? "", "base64").toString()).not.toContain(KEY);
});

test("S2 a key that is echoed in JSON or an error page is masked, and the length that was told stays true", async () => {
  for (const status of [200, 500]) {
    const body = JSON.stringify({ headers: { authorization: `Bearer ${KEY}` }, hex: Buffer.from(KEY).toString("hex"), after: "x" });
    upstream.behave((_request, response) => {
      response.writeHead(status, { "content-type": "application/json", "content-length": body.length });
      response.end(body);
    });
    const answer = await bench.ask("GET", "/openai/v1/x");
    expect([answer.status, answer.body.length]).toEqual([status, body.length]);
    expect(answer.body).not.toContain(KEY);
    expect(answer.body).not.toContain(Buffer.from(KEY).toString("hex"));
    expect(JSON.parse(answer.body)).toMatchObject({ after: "x" });
  }
});

test("S2 S5 a key split over two chunks of a stream is masked, and events without it go on at once", async () => {
  const stream = new Promise<ServerResponse>((resolve) =>
    upstream.behave((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      resolve(response);
    }),
  );
  const client = await openRaw(bench.proxy.port);
  client.socket.write(`GET /openai/v1/x HTTP/1.1\r\nHost: localhost:${bench.proxy.port}\r\n\r\n`);
  const response = await stream;
  response.write("data: one\n\n");
  await client.until("data: one\n\n");
  response.write(`data: ${KEY.slice(0, 12)}`);
  await client.until("data: \r\n");
  response.write(`${KEY.slice(12)}\n\ndata: ${KEY.slice(0, 5)}`);
  await client.until("\n\ndata: \r\n");
  response.end();
  await client.until("0\r\n\r\n");
  expect(client.text()).not.toContain(KEY);
  expect(client.text()).toContain(KEY.slice(0, 5));
  client.socket.destroy();
});

test("S4 the upstream is asked for an answer that can be searched; one that is compressed all the same passes as it is", async () => {
  const packed = gzipSync("some text");
  upstream.behave((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length });
    response.end(packed);
  });
  const answer = await bench.ask("GET", "/openai/v1/x", ["Accept-Encoding: gzip, br", "accept-encoding: zstd"]);
  expect(headerValues(upstream.requests[0], "accept-encoding")).toEqual(["identity"]);
  expect(Buffer.from(answer.body, "latin1").equals(packed)).toBe(true);
});
