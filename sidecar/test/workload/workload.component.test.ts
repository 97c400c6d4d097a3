import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { systemClock } from "@agentkeys/common/clock";
import { createMetrics, type Metrics } from "@agentkeys/common/metrics";
import { captureLog, until } from "@agentkeys/common/testing";
import type { Caller, ServicePolicy } from "@agentkeys/common/wire";
import { WebSocket } from "ws";
import { compilePolicy, type CompiledPolicy } from "../../src/policy/index.ts";
import type { PolicySource } from "../../src/proxy/index.ts";
import { createWorkloads, type Workloads } from "../../src/workload/index.ts";
import { policyOf, service, startBench, type Bench } from "../proxy/bench.ts";
import { createTestCa } from "../proxy/certificates.ts";
import { headerValues, startStubUpstream, type StubUpstream } from "../proxy/stub-upstream.ts";
import { startStubWebSocket } from "../proxy/stub-websocket.ts";
import { CANARY, startReadyWorld } from "../world/index.ts";
import { TestVerifier } from "./eat.ts";
import { MtlsClient, publicKeySha256, type MtlsAnswer } from "./https-client.ts";
import { Spire, type ClientSvid } from "./spire.ts";

const PROXY_UID = process.getuid?.() ?? 0;
const AGENT_UID = 41_001;
const OTHER_UID = 41_002;
const MEASUREMENT = "sha256:6d2f";
const START_MS = 60_000;

const spire = new Spire("agents.test");
const stranger = new Spire("elsewhere.test");
const verifier = new TestVerifier();
const upstreamCa = createTestCa();
const { log, text: logText } = captureLog();
const running = new AbortController();
let upstream: StubUpstream;
let metrics: Metrics;
let workloads: Workloads;
let bench: Bench;
let agent: ClientSvid;
let current: CompiledPolicy | null = null;
const policy: PolicySource = { current: () => current, onChange: () => () => undefined };
const clients: MtlsClient[] = [];

const serviceFor = (name: string, callers?: Caller[]): ServicePolicy =>
  service({
    name,
    upstream: `https://upstream.test:${upstream.port}`,
    tls: { caBundle: upstreamCa.pem },
    ...(callers === undefined ? {} : { callers }),
  });

/** What the binding says of its callers, and whose measurements count. */
function setPolicy(of: { keyPin?: string; measurement?: string; verifierPem?: string } = {}): void {
  const id = spire.id("agent");
  const services = [
    serviceFor("openai", [{ spiffeId: id }, { spiffeId: spire.id("brief") }]),
    serviceFor("pinned", [{ spiffeId: id, publicKeySha256: of.keyPin ?? publicKeySha256(agent.cert).toString("hex") }]),
    serviceFor("measured", [{ spiffeId: id, measurement: of.measurement ?? MEASUREMENT }]),
    serviceFor("unnamed"),
  ];
  const attestation = {
    issuer: "https://verifier.test",
    keys: [of.verifierPem ?? verifier.publicPem],
    measurementClaim: "/submods/container/image_digest",
    maxAgeSeconds: 300,
  };
  current = compilePolicy(policyOf(services, { attestation }));
}

/** Verifies the proxy with its own bundle, or with that of the proxy's trust domain when it has none. */
function clientOf(svid: ClientSvid | null): MtlsClient {
  const client = new MtlsClient(workloads.entrance.port(), svid, svid === null || svid.ca === "" ? agent.ca : svid.ca);
  clients.push(client);
  return client;
}

const outcome = ({ status, reason }: MtlsAnswer): [number, string | undefined] => [status, reason];
const askOnce = async (svid: ClientSvid | null, path = "/openai/v1/models"): Promise<[number, string | undefined]> =>
  outcome(await clientOf(svid).ask(path));
const svidsTaken = async (): Promise<number> => {
  const { values } = (await metrics.registry.getSingleMetric("agentkeys_sidecar_svid_updates_total")?.get()) ?? { values: [] };
  return values.find(({ labels }) => labels["outcome"] === "taken")?.value ?? 0;
};

const tokenFor = ({ cert }: ClientSvid, change: object = {}): string => verifier.attest(cert, MEASUREMENT, change);

beforeAll(async () => {
  upstream = await startStubUpstream(upstreamCa.issue("upstream.test"));
  await Promise.all([spire.startServer(), stranger.startServer()]);
  await spire.startAgent([
    { uid: PROXY_UID, path: "proxy", ttlSeconds: 3600 },
    { uid: AGENT_UID, path: "agent" },
    { uid: OTHER_UID, path: "other" },
  ]);
  metrics = createMetrics("sidecar");
  const { workloadApi } = spire;
  const deps = { clock: systemClock, random: Math.random, log, metrics, policy };
  workloads = createWorkloads({ ...deps, workloadApi, host: "127.0.0.1", port: 0, names: ["proxy.agents.test"] });
  bench = await startBench(null, { deps: { policy, entrances: [workloads.entrance] } });
  void workloads.run(running.signal);
  await until(() => workloads.missing().length === 0);
  agent = await spire.fetch(AGENT_UID);
  setPolicy();
}, START_MS);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  setPolicy();
});

afterAll(async () => {
  running.abort();
  await bench.proxy.close(0);
  await Promise.all([spire.stop(), stranger.stop(), upstream.close()]);
});

describe("a workload with an X.509-SVID of a real SPIRE", () => {
  test("is served, and the proxy shows an SVID of its own", async () => {
    const answer = await clientOf(agent).ask("/openai/v1/models");
    expect(outcome(answer)).toEqual([200, undefined]);
    expect(answer.proxy.subject).toBe(`URI:${spire.id("proxy")}`);
    expect(bench.rows.at(-1)).toMatchObject({ caller: spire.id("agent"), decision: "allow", service: "openai" });
  });

  test("another SPIFFE ID is refused by name", async () => {
    expect(await askOnce(await spire.fetch(OTHER_UID))).toEqual([403, "caller_refused"]);
    expect(bench.rows.at(-1)).toMatchObject({ caller: "workload", decision: "deny", reason: "caller_refused" });
  });

  test("a service that names no callers is for processes of the pod", async () => {
    expect(await askOnce(agent, "/unnamed/v1/models")).toEqual([403, "caller_refused"]);
  });

  test("an SVID of another trust domain is refused by name, whatever path it claims", async () => {
    expect(await askOnce({ ...(await stranger.mint("agent")), ca: "" })).toEqual([403, "trust_domain_refused"]);
  });

  test("no certificate, and one that is no SVID, are refused by name", async () => {
    expect(await askOnce(null)).toEqual([401, "svid_missing"]);
    expect(await askOnce({ ...upstreamCa.issue("agent"), ca: "" })).toEqual([403, "svid_malformed"]);
  });

  test("an SVID that expires is refused at the next request on the same connection, and at a new one", async () => {
    const brief = await spire.mint("brief", "3s");
    const client = clientOf(brief);
    const first = await client.ask("/openai/v1/models");
    expect(outcome(first)).toEqual([200, undefined]);
    let last = first;
    await until(async () => (last = await client.ask("/openai/v1/models")).status !== 200);
    expect(outcome(last)).toEqual([403, "svid_expired"]);
    expect(await askOnce(brief)).toEqual([403, "svid_expired"]);
  });

  test.each(["evil.test", "localhost:1", "agents.test"])("Host %s does not name the port", async (name) => {
    expect(outcome(await clientOf(agent).ask("/openai/v1/models", { host: name }))).toEqual([403, "guard_refused"]);
    const host = `proxy.agents.test:${workloads.entrance.port()}`;
    expect(outcome(await clientOf(agent).ask("/openai/v1/models", { host }))).toEqual([200, undefined]);
  });
});

test("a WebSocket of a workload goes through, and a revocation cuts it", async () => {
  const sockets = await startStubWebSocket(upstreamCa.issue("upstream.test"));
  try {
    const realtime = { ...serviceFor("openai", [{ spiffeId: spire.id("agent") }]), upstream: `https://upstream.test:${sockets.port}` };
    current = compilePolicy(policyOf([realtime]));
    const url = `wss://127.0.0.1:${workloads.entrance.port()}/openai/v1/realtime`;
    const headers = { host: `localhost:${workloads.entrance.port()}` };
    // As an object of any kind: the types of ws have another answer for it than Node has.
    const anyName: object = { ca: agent.ca, checkServerIdentity: () => undefined };
    const tls = { ...anyName, cert: agent.cert, key: agent.key };
    const opened = sockets.opened();
    const client = new WebSocket(url, { headers, ...tls });
    const [server] = await Promise.all([opened, once(client, "open")]);
    client.send("hello");
    expect(String((await once(server, "message"))[0])).toBe("hello");
    const closed = once(client, "close");
    bench.drop(["openai"]);
    await closed;
    const anonymous = new WebSocket(url, { headers, ...anyName });
    anonymous.on("error", () => undefined);
    const [, refusal] = (await once(anonymous, "unexpected-response")) as [unknown, IncomingMessage];
    expect([refusal.statusCode, refusal.headers["agentkeys-reason"]]).toEqual([401, "svid_missing"]);
    refusal.resume();
  } finally {
    await sockets.close();
  }
});

describe("pins", () => {
  test("the pinned key is served; another one is refused by name on the same connection, at once", async () => {
    const client = clientOf(agent);
    expect(outcome(await client.ask("/pinned/v1/models"))).toEqual([200, undefined]);
    setPolicy({ keyPin: "ab".repeat(32) });
    expect(outcome(await client.ask("/pinned/v1/models"))).toEqual([403, "pin_mismatch"]);
    setPolicy();
    expect(outcome(await client.ask("/pinned/v1/models"))).toEqual([200, undefined]);
    expect(await askOnce(await spire.mint("agent"), "/pinned/v1/models")).toEqual([403, "pin_mismatch"]);
  });

  test("the pinned measurement is served and its token goes no further", async () => {
    const token = tokenFor(agent);
    const answer = await clientOf(agent).ask("/measured/v1/models", { "AgentKeys-Attestation": token });
    expect(outcome(answer)).toEqual([200, undefined]);
    expect(headerValues(upstream.requests.at(-1), "agentkeys-attestation")).toEqual([]);
    expect(logText()).not.toContain(token);
  });

  test("no token, another measurement, and a changed pin are refused by name", async () => {
    const client = clientOf(agent);
    const ask = async (token: string): Promise<[number, string | undefined]> =>
      outcome(await client.ask("/measured/v1/models", { "AgentKeys-Attestation": token }));
    expect(outcome(await client.ask("/measured/v1/models"))).toEqual([403, "pin_mismatch"]);
    expect(await ask(tokenFor(agent, { submods: { container: { image_digest: "sha256:0000" } } }))).toEqual([403, "pin_mismatch"]);
    const token = tokenFor(agent);
    expect(await ask(token)).toEqual([200, undefined]);
    setPolicy({ measurement: "sha256:next" });
    expect(await ask(token)).toEqual([403, "pin_mismatch"]);
    setPolicy({ verifierPem: new TestVerifier().publicPem });
    expect(await ask(token)).toEqual([403, "attestation_refused"]);
  });

  test("a token that was stolen is worth nothing with another key, and an expired one nothing at all", async () => {
    const thief = await spire.mint("agent");
    const ask = async (svid: ClientSvid, token: string): Promise<[number, string | undefined]> =>
      outcome(await clientOf(svid).ask("/measured/v1/models", { "AgentKeys-Attestation": token }));
    expect(await ask(thief, tokenFor(agent))).toEqual([403, "attestation_refused"]);
    expect(await ask(agent, tokenFor(agent, { exp: systemClock.nowSeconds() - 1 }))).toEqual([403, "attestation_refused"]);
  });
});

describe("rotation", () => {
  test(
    "a new authority, a new SVID of the proxy and the end of the old authority lose no call of a client that keeps up",
    async () => {
      const old = clientOf(agent);
      const before = await old.ask("/openai/v1/models");
      const answers: MtlsAnswer[] = [];
      const change = async (what: () => Promise<unknown>): Promise<void> => {
        const taken = await svidsTaken();
        await what();
        await until(async () => {
          answers.push(await old.ask("/openai/v1/models"));
          return (await svidsTaken()) > taken;
        });
      };
      await change(() => spire.server("localauthority", "x509", "prepare"));
      const { active, prepared } = await spire.authorities();
      await spire.server("localauthority", "x509", "activate", "-authorityID", prepared?.authority_id ?? "");
      // Tainting makes the agent renew every SVID of the old authority at once.
      await change(() => spire.server("localauthority", "x509", "taint", "-authorityID", active?.authority_id ?? ""));
      await until(async () => {
        const probe = clientOf(await spire.fetch(AGENT_UID));
        const { proxy, status } = await probe.ask("/openai/v1/models");
        return status === 200 && proxy.fingerprint !== before.proxy.fingerprint;
      });
      expect(new Set(answers.map(({ status, connection }) => `${status} ${connection ?? ""}`))).toEqual(
        new Set([`200 ${before.connection ?? ""}`]),
      );
      const renewed = await spire.fetch(AGENT_UID);
      const next = clientOf(renewed);
      expect(outcome(await next.ask("/openai/v1/models"))).toEqual([200, undefined]);
      await spire.server("localauthority", "x509", "revoke", "-authorityID", active?.authority_id ?? "");
      let last: MtlsAnswer | undefined;
      await until(async () => (last = await old.ask("/openai/v1/models")).status !== 200);
      expect(last?.reason).toBe("trust_domain_refused");
      expect(outcome(await next.ask("/openai/v1/models"))).toEqual([200, undefined]);
    },
    START_MS,
  );
});

test("a whole sidecar that is told to listen for workloads is ready with its SVID and serves who the binding names", async () => {
  const config = { mtlsListen: 0, mtlsHost: "127.0.0.1", workloadApi: spire.workloadApi };
  const world = await startReadyWorld({ config });
  try {
    // SPIRE dates its certificates by the machine's clock.
    world.clock.advance(Math.max(0, Date.now() - world.clock.nowMs()) + 1000);
    const { policy: before } = world.operator;
    const callers = [{ spiffeId: spire.id("agent") }];
    world.operator.policy = { ...before, version: "2", services: before.services.map((one) => ({ ...one, callers })) };
    world.operator.sayPolicy();
    await until(async () => (await world.ask()).reason === "caller_refused");
    const renewed = await spire.fetch(AGENT_UID);
    const client = new MtlsClient(world.sidecar.mtlsPort ?? 0, renewed, renewed.ca);
    clients.push(client);
    expect(outcome(await client.ask("/openai/v1/models"))).toEqual([200, undefined]);
    expect(headerValues(world.upstream.requests.at(-1), "authorization")).toEqual([`Bearer ${CANARY}`]);
  } finally {
    await world.close();
  }
});

test(
  "without the agent what it said holds to its end, then nobody is served",
  async () => {
    const other = new AbortController();
    await stranger.startAgent([{ uid: PROXY_UID, path: "proxy", ttlSeconds: 6 }]);
    const ownMetrics = createMetrics("sidecar");
    const { workloadApi } = stranger;
    const own = createWorkloads({
      clock: systemClock,
      random: Math.random,
      log,
      metrics: ownMetrics,
      policy,
      workloadApi,
      host: "127.0.0.1",
      port: 0,
      names: [],
    });
    const proxy = await startBench(null, { deps: { policy, entrances: [own.entrance], listenAddresses: [] } });
    void own.run(other.signal);
    try {
      await until(() => own.missing().length === 0);
      const svid = await stranger.mint("agent");
      current = compilePolicy(policyOf([serviceFor("openai", [{ spiffeId: stranger.id("agent") }])]));
      const client = new MtlsClient(own.entrance.port(), svid, svid.ca);
      clients.push(client);
      await stranger.stopAgent();
      let last = await client.ask("/openai/v1/models");
      expect(outcome(last)).toEqual([200, undefined]);
      await until(async () => (last = await client.ask("/openai/v1/models")).status !== 200);
      expect(outcome(last)).toEqual([503, "workload_identity_missing"]);
      expect(own.missing()).toEqual(["X.509-SVID"]);
      await expect(client.ask("/openai/v1/models")).rejects.toThrow(/expired/);
    } finally {
      other.abort();
      await proxy.proxy.close(0);
    }
  },
  START_MS,
);
