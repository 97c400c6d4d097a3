import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createHttpClient, listen, type Listening } from "@agentkeys/common/http";
import { createMetrics } from "@agentkeys/common/metrics";
import { createTestAuthority, FakeClock, FakeTls } from "@agentkeys/common/testing";
import { fileTls, followingAgent, measureExpiry } from "@agentkeys/common/tls";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { request, type Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

const first = createTestAuthority("first");
const second = createTestAuthority("second");
const serverLeaves = { first: first.issue(), second: second.issue() };

let serverTls: FakeTls;
let clientTls: FakeTls;
let agent: Agent;
let server: Listening;
let ports: number[];
let held: ServerResponse[];

beforeEach(async () => {
  ports = [];
  held = [];
  serverTls = new FakeTls(serverLeaves.first);
  clientTls = new FakeTls(serverLeaves.first);
  agent = followingAgent(clientTls);
  const onRequest = (at: IncomingMessage, response: ServerResponse): void => {
    ports.push(at.socket.remotePort ?? 0);
    if (at.url !== "/held") {
      response.end("done");
      return;
    }
    response.writeHead(200).flushHeaders();
    held.push(response);
  };
  server = await listen(onRequest, { port: 0, host: "127.0.0.1", tls: serverTls });
});
afterEach(async () => {
  agent.destroy();
  await server.close(0);
});

interface Answer {
  text: Promise<string>;
}
/** Resolves at the answer's headers. */
function get(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: server.port, path, agent, servername: "localhost" }, (response) => {
      const text = (async () => {
        let all = "";
        for await (const chunk of response) all += String(chunk);
        return all;
      })();
      resolve({ text });
    })
      .once("error", reject)
      .end();
  });
}
const trusting = (ca: string): { cert: string; key: string; ca: string } => ({ ...serverLeaves.first, ca });

test("an agent keeps one connection while its bundle stays", async () => {
  for (let round = 0; round < 3; round++) expect(await (await get("/")).text).toBe("done");
  expect(new Set(ports).size).toBe(1);
});

test("a rotated bundle is followed: the old CA is refused, the new one taken, without a restart", async () => {
  await (
    await get("/")
  ).text;
  clientTls.rotate(trusting(second.ca));
  await expect(get("/")).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) as unknown });
  serverTls.rotate(serverLeaves.second);
  expect(await (await get("/")).text).toBe("done");
});

test("while both CAs are in the bundle, no request fails and none uses a connection of before", async () => {
  await (
    await get("/")
  ).text;
  clientTls.rotate(trusting(first.ca + second.ca));
  expect(await (await get("/")).text).toBe("done");
  serverTls.rotate(serverLeaves.second);
  clientTls.rotate(trusting(second.ca));
  expect(await (await get("/")).text).toBe("done");
  expect(new Set(ports).size).toBe(3);
});

test("a request under way ends undisturbed on the old connection, which is not used again", async () => {
  const underWay = await get("/held");
  clientTls.rotate(trusting(second.ca));
  serverTls.rotate(serverLeaves.second);
  expect(await (await get("/")).text).toBe("done");
  held[0]?.end("late");
  expect(await underWay.text).toBe("late");
  expect(await (await get("/")).text).toBe("done");
  expect(ports[2]).toBe(ports[1]);
});

test("a closed client ends what a rotation left under way on the old connection", async () => {
  const client = createHttpClient({ tls: clientTls, serverName: "localhost" });
  const { body } = await client.stream(`https://127.0.0.1:${server.port}/held`);
  clientTls.rotate(trusting(first.ca + second.ca));
  expect((await client.json("GET", `https://127.0.0.1:${server.port}/`)).status).toBe(200);
  const broken = new Promise((resolve) => body.once("error", resolve));
  await client.close();
  expect(await broken).toMatchObject({ name: "AbortError" });
});

test("a listener that demands client certificates follows its bundle too", async () => {
  const tls = new FakeTls(serverLeaves.first);
  const guarded = await listen((_request, response) => response.end("{}"), { port: 0, host: "127.0.0.1", tls, requireClientCert: true });
  const asClient = async (identity: { cert: string; key: string }): Promise<number> => {
    const client = createHttpClient({ tls: new FakeTls({ ...identity, ca: first.ca + second.ca }), serverName: "localhost" });
    try {
      return (await client.json("GET", `https://127.0.0.1:${guarded.port}/`)).status;
    } finally {
      await client.close();
    }
  };
  expect(await asClient(serverLeaves.first)).toBe(200);
  await expect(asClient(serverLeaves.second)).rejects.toMatchObject({ code: "upstream_unreachable" });
  tls.rotate(serverLeaves.second);
  expect(await asClient(serverLeaves.second)).toBe(200);
  await expect(asClient(serverLeaves.first)).rejects.toMatchObject({ code: "upstream_unreachable" });
  await guarded.close(0);
});

test("files are followed; a certificate without its key yet keeps the old pair", async () => {
  const dir = mkdtempSync(join(tmpdir(), "agentkeys-tls-"));
  const path = (name: string): string => join(dir, name);
  const write = (name: "cert" | "key" | "ca", of: keyof typeof serverLeaves): void => writeFileSync(path(name), serverLeaves[of][name]);
  for (const name of ["cert", "key", "ca"] as const) write(name, "first");
  const source = fileTls({ certFile: path("cert"), keyFile: path("key"), caFile: path("ca") }, 5);
  const seen: string[] = [];
  const changed = new Promise<void>((resolve) =>
    source.onChange(({ cert }) => {
      seen.push(cert);
      resolve();
    }),
  );
  write("cert", "second");
  // Several rounds of reading, none of which may take the half-written pair.
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(source.current().cert).toBe(serverLeaves.first.cert);
  write("key", "second");
  await changed;
  expect(source.current()).toMatchObject({ cert: serverLeaves.second.cert, key: serverLeaves.second.key });
  expect(seen).toEqual([serverLeaves.second.cert]);
  source.close();
  rmSync(dir, { recursive: true });
});

test("a forwarded port is dialled under the name of the certificate, and under no other", async () => {
  const at = { hostname: "127.0.0.1", port: server.port };
  const client = createHttpClient({ caPem: first.ca, dial: { "localhost:8091": at, "elsewhere.test:8091": at } });
  expect((await client.json("GET", "https://localhost:8091/")).status).toBe(200);
  await expect(client.json("GET", "https://elsewhere.test:8091/")).rejects.toMatchObject({ code: "upstream_unreachable" });
  await client.close();
});

test("the time until the certificate expires is that of the one in use, and negative afterwards", async () => {
  const tls = new FakeTls(serverLeaves.first);
  const lives = first.issue("spiffe://agentkeys/later");
  const ends = (pem: string): number => Date.parse(new X509Certificate(pem).validTo) / 1000;
  const clock = new FakeClock(ends(serverLeaves.first.cert) - 3600);
  const metrics = createMetrics("demo");
  measureExpiry(tls, { metrics, clock });
  const read = async (): Promise<number> =>
    Number(/^agentkeys_demo_certificate_expiry_seconds (.*)$/m.exec(await metrics.registry.metrics())?.[1]);
  expect(await read()).toBe(3600);
  clock.advance(3_700_000);
  expect(await read()).toBe(-100);
  tls.rotate(lives);
  expect(await read()).toBe(ends(lives.cert) - clock.nowSeconds());
});
