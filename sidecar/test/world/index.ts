/** A whole sidecar in this process, the real broker over a chain in memory, and stubs around them; time is a fake clock. */
import http from "node:http";
import type { RequestListener, ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { randomBytes, randomUUID } from "node:crypto";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import type { Listening } from "@agentkeys/common/http-admin";
import { serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeChain, FakeClock, TEST_DOMAIN } from "@agentkeys/common/testing";
import type { BindingPolicy, ServicePolicy } from "@agentkeys/common/wire";
import { createBroker, type Broker } from "../../../broker/src/broker.ts";
import type { SidecarConfig } from "../../src/config.ts";
import { startSidecar, type RunningSidecar } from "../../src/wire.ts";
import { createTestCa, type TestCa } from "../proxy/certificates.ts";
import { startStubUpstream, type StubUpstream } from "../proxy/stub-upstream.ts";
import { IDENTITY, serve, StubOperator, StubWorker, swappableTls } from "./servers.ts";

export { IDENTITY } from "./servers.ts";

export const PLACEHOLDER = "sk-agentkeys-0123456789abcdef";
export const CANARY = "sk-live-CANARY-0000-never-shown";

export interface Answer {
  status: number;
  reason: string | undefined;
  body: string;
}

/** A chain that can keep its new events to itself: pushes do not happen, facts do. */
class QuietChain extends FakeChain {
  mutedAfterBlock = Number.MAX_SAFE_INTEGER;

  override async events(fromBlock: number, toBlock: number): ReturnType<FakeChain["events"]> {
    const events = await super.events(fromBlock, toBlock);
    return events.filter(({ blockNumber }) => blockNumber <= this.mutedAfterBlock);
  }
}

/** The real broker behind a server that a test can stop, start with another key, and speak through. */
export class BrokerHost {
  readonly #clock: FakeClock;
  readonly #chain: FakeChain;
  readonly #log = captureLog("broker").log;
  #broker: Broker | null = null;
  key: SigningKey;
  /** Of which chain delegations are taken from the next start on. */
  domain = TEST_DOMAIN;
  caps = 0;
  /** Frames as the broker wrote them. */
  frames: string[] = [];
  readonly streams = new Set<ServerResponse>();
  /** Answers instead of the broker when it is set. */
  instead: RequestListener | null = null;
  url = "";

  constructor(clock: FakeClock, chain: FakeChain, key: SigningKey) {
    this.#clock = clock;
    this.#chain = chain;
    this.key = key;
  }

  readonly handle: RequestListener = (request, response) => {
    if (this.#broker === null) {
      response.destroy();
      return;
    }
    if (request.url === "/v1/events") this.#record(response);
    if (request.method === "POST") this.caps += 1;
    if (request.method === "POST" && this.instead !== null) this.instead(request, response);
    else this.#broker.app(request as never, response as never);
  };

  start(key: SigningKey = this.key): void {
    this.key = key;
    this.#broker = createBroker({
      chain: this.#chain,
      clock: this.#clock,
      key,
      log: this.#log,
      metrics: createMetrics("broker"),
      seen: new ReplayCache(this.#clock),
      openDelegation: createDelegationOpener(this.domain, this.#clock),
      randomId: randomUUID,
      publicUrl: this.url,
      heartbeatMs: 15_000,
      chainPollMs: 500,
      recheckMs: 300_000,
      auditStore: null,
      auditClient: "",
    });
  }

  stop(): void {
    this.#broker?.stop();
    this.#broker = null;
    for (const stream of this.streams) stream.destroy();
  }

  /** Says something on the open streams that the broker did not. */
  inject(frame: string): void {
    for (const stream of this.streams) stream.write(frame);
  }

  #record(response: ServerResponse): void {
    this.streams.add(response);
    response.on("close", () => this.streams.delete(response));
    const write = response.write.bind(response) as (chunk: string) => boolean;
    response.write = (chunk: string): boolean => {
      this.frames.push(chunk);
      return write(chunk);
    };
  }
}

export interface World {
  clock: FakeClock;
  chain: QuietChain;
  operator: StubOperator;
  broker: BrokerHost;
  worker: StubWorker;
  upstream: StubUpstream;
  sidecar: RunningSidecar;
  ca: TestCa;
  /** Whether the sidecar said that it is ready, and what is missing. */
  ready(): Promise<{ ready: boolean; missing: string[] }>;
  admin(path: string, method?: string): Promise<Answer>;
  ask(path?: string, method?: string): Promise<Answer>;
  /** Opens a streamed answer; `ended` resolves with how it ended. */
  stream(): Promise<{ ended: Promise<string> }>;
  /** Lets time pass in steps of half a second, with room for the network in between. */
  pass(seconds: number): Promise<void>;
  until(what: () => boolean | Promise<boolean>): Promise<void>;
  logText(): string;
  swapTls(ca: TestCa): void;
  close(): Promise<void>;
}

function servicePolicy(name: string, port: number, caBundle: string): ServicePolicy {
  return {
    name,
    hash: serviceHash(name),
    upstream: `https://localhost:${port}`,
    auth: { type: "bearer" },
    methods: ["GET", "POST"],
    paths: ["/v1/**"],
    denyPaths: [],
    tls: { caBundle },
    allowPrivateAddresses: true,
    allowInsecure: false,
    errorShape: "generic",
    limits: {},
  };
}

function request(port: number, path: string, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { port, host: "127.0.0.1", path, method, headers: { host: `localhost:${port}` }, agent: false },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, reason: response.headers["agentkeys-reason"] as string | undefined, body }),
        );
      },
    );
    sent.on("error", reject).end();
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 1000; round++) {
    if (await what()) return;
    await pause(5);
  }
  throw new TypeError(`what was awaited did not happen: ${what.toString()}`);
}

/** Starts everything; with `brokerDown` the broker is not there yet. */
export async function startWorld(
  options: { brokerDown?: boolean; services?: string[]; drainMs?: number; startWaitMs?: number; config?: Partial<SidecarConfig> } = {},
): Promise<World> {
  const clock = new FakeClock(Math.floor(Date.now() / 1000));
  const ca = createTestCa();
  const leafOf = (from: TestCa): { cert: string; key: string; ca: string } => ({ ...from.issue("localhost"), ca: from.pem });
  const tls = swappableTls(leafOf(ca));
  const upstream = await startStubUpstream(ca.issue("localhost"));
  const names = options.services ?? ["openai"];
  const chain = new QuietChain();
  chain.registerDevice(IDENTITY.deviceKeyHash, { ...IDENTITY, tier: 2, roles: 1 });
  chain.setScope(IDENTITY.operatorOmni, IDENTITY.actorOmni, names.map(serviceHash));
  const policy: BindingPolicy = {
    version: "1",
    namespace: "team-a",
    binding: "research",
    agent: "research",
    ...IDENTITY,
    placeholder: "Optional",
    suspended: false,
    services: names.map((name) => servicePolicy(name, upstream.port, ca.pem)),
  };
  const operator = new StubOperator(clock, policy);
  const worker = new StubWorker(clock);
  for (const name of names) worker.values.set(name, CANARY);
  const broker = new BrokerHost(clock, chain, await generateSigningKey());
  const servers: Listening[] = [await serve(tls, operator.handle), await serve(tls, broker.handle), await serve(tls, worker.handle)];
  const [operatorUrl = "", brokerUrl = "", workerUrl = ""] = servers.map(({ url }) => url);
  broker.url = brokerUrl;
  if (options.brokerDown !== true) broker.start();
  let log = "";
  const stdout = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString("utf8");
      done();
    },
  });
  const config: SidecarConfig = {
    listen: 0,
    adminListen: 0,
    adminHost: "127.0.0.1",
    operatorUrl,
    brokerUrl,
    workerUrl,
    tokenFile: "/token",
    trustBundle: ca.pem,
    placeholder: PLACEHOLDER,
    drainMs: options.drainMs ?? 0,
    startWaitMs: options.startWaitMs ?? 0,
    stateDir: "",
    auditBatchMs: 5000,
    logLevel: "debug",
    ...options.config,
  };
  const sidecar = await startSidecar(
    config,
    { env: { POD_NAME: "pod-1", POD_NAMESPACE: "team-a" }, stdout },
    {
      clock,
      random: () => 0.5,
      randomBytes: (length) => randomBytes(length),
      newId: () => randomUUID(),
      readFile: () => "projected.token\n",
      readProcFile: async (path) => await (await import("node:fs/promises")).readFile(path, "utf8"),
      resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
    },
  );
  return {
    clock,
    chain,
    operator,
    broker,
    worker,
    upstream,
    sidecar,
    ca,
    ready: async () => JSON.parse((await request(sidecar.adminPort, "/readyz")).body) as { ready: boolean; missing: string[] },
    admin: (path, method) => request(sidecar.adminPort, path, method),
    ask: (path = "/openai/v1/models", method = "GET") => request(sidecar.port, path, method),
    stream: () =>
      new Promise((resolve, reject) => {
        const headers = { host: `localhost:${sidecar.port}` };
        const sent = http.get({ port: sidecar.port, host: "127.0.0.1", path: "/openai/v1/stream", headers, agent: false }, (response) => {
          const ended = new Promise<string>((done) => {
            response.on("end", () => done("complete")).on("error", () => done("cut"));
          });
          response.once("data", () => resolve({ ended }));
        });
        sent.on("error", reject);
      }),
    pass: async (seconds) => {
      // Whoever woke is asleep again before more time passes: a slow machine must not look like a silent broker.
      let asleep = clock.sleeping;
      for (let step = 0; step < seconds * 2; step++) {
        clock.advance(500);
        await pause(1);
        for (let round = 0; round < 50 && clock.sleeping < asleep; round++) await pause(2);
        asleep = clock.sleeping;
      }
    },
    until,
    logText: () => log,
    swapTls: (next) => tls.swap(leafOf(next)),
    close: async () => {
      await sidecar.stop();
      broker.stop();
      await Promise.all([...servers.map((server) => server.close(0)), upstream.close()]);
    },
  };
}

/** Starts everything and waits until the sidecar is ready. */
export async function startReadyWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(options);
  await until(async () => {
    if ((await world.ready()).ready) return true;
    world.clock.advance(100);
    return false;
  });
  return world;
}
