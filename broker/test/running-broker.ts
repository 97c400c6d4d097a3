import { createBudgetOpener } from "@agentkeys/common/budget";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { createDelegationOpener, type Delegation } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { adminServer, createHttpClient, listen, type HttpAnswer, type HttpClient } from "@agentkeys/common/http";
import { generateSigningKey, verifyJws, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics, type Metrics } from "@agentkeys/common/metrics";
import { captureLog, createTestSession, FakeChain, FakeClock, TEST_DOMAIN, until, type TestSession } from "@agentkeys/common/testing";
import { createBroker, type Broker } from "../src/broker.ts";
import { openFileLedger } from "../src/ledger/sqlite.ts";
import type { LedgerStore } from "../src/ledger/store.ts";

export const PUBLIC_URL = "https://broker.test";
/** Loops of a broker: chain, heartbeats, rechecks. */
export const LOOPS = 3;

/** What one call of a cap route sends; everything has a good value. */
export interface Ask {
  session?: TestSession;
  op?: string;
  body?: unknown;
  delegation?: Partial<Delegation>;
  token?: string;
  proof?: string;
  headers?: Record<string, string>;
}

/** One open event stream whose events were verified in the order they came. */
export interface Stream {
  /** The next event, waited for. */
  next: () => Promise<Record<string, unknown>>;
  /** Resolves when the broker ended or cut it. */
  ended: Promise<void>;
  pause: () => void;
  close: () => void;
}

export interface RunningBroker {
  broker: Broker;
  metrics: Metrics;
  client: HttpClient;
  log: ReturnType<typeof captureLog>;
  url: string;
  adminUrl: string;
  ask: (options?: Ask) => Promise<HttpAnswer>;
  open: (session?: TestSession, token?: string) => Promise<Stream>;
  stop: () => Promise<void>;
}

export interface World {
  chain: FakeChain;
  clock: FakeClock;
  key: SigningKey;
  /** Agent `a` of operator and namespace, granted `openai`. */
  a: TestSession;
  /** Its sibling `b`, granted the same. */
  sibling: TestSession;
}

export async function createWorld(): Promise<World> {
  const [chain, clock, key] = [new FakeChain(), new FakeClock(), await generateSigningKey()];
  const a = await createTestSession({ chain, clock, agent: "a", services: ["openai"], deviceByte: 1 });
  const sibling = await createTestSession({ chain, clock, agent: "b", services: ["openai"], deviceByte: 2 });
  return { chain, clock, key, a, sibling };
}

/** A broker of the world behind its real HTTP port, its loops asleep. */
export async function runBroker(
  world: World,
  ledger: LedgerStore = openFileLedger(":memory:"),
  auditStore: AuditStore | null = null,
): Promise<RunningBroker> {
  const { chain, clock, key, a } = world;
  const [metrics, log, client] = [createMetrics("broker"), captureLog(), createHttpClient()];
  const asleep = clock.sleeping;
  let ids = 0;
  const broker = createBroker({
    ...{ chain, clock, key, metrics, log: log.log, seen: new ReplayCache(clock), publicUrl: PUBLIC_URL },
    ...{ heartbeatMs: 15_000, chainPollMs: 500, recheckMs: 30_000 },
    auditStore,
    auditClient: "spiffe://agentkeys/creds-worker",
    openDelegation: createDelegationOpener(TEST_DOMAIN, clock),
    budgets: { ledger, openBudget: createBudgetOpener(TEST_DOMAIN), leaseMs: 120_000 },
    randomId: () => `cap-${++ids}`,
  });
  const server = await listen(broker.app, { port: 0, host: "127.0.0.1" });
  const admin = await adminServer({ port: 0, host: "127.0.0.1", metrics, missing: broker.missing });
  await until(() => clock.sleeping >= asleep + LOOPS);
  const url = `http://127.0.0.1:${server.port}`;
  return {
    ...{ broker, metrics, client, log, url, adminUrl: `http://127.0.0.1:${admin.port}` },
    ask: (options = {}) => ask({ session: a, ...options }, url, client),
    open: async (session = a, token) => openStream(session, token ?? (await session.delegation()), { url, client, key }),
    stop: async () => {
      broker.stop();
      await client.close();
      await server.close(0);
      await admin.close(0);
    },
  };
}

async function ask(options: Ask & { session: TestSession }, url: string, client: HttpClient): Promise<HttpAnswer> {
  const { session, op = "cred-fetch" } = options;
  const path = `/v1/cap/${op}`;
  const token = options.token ?? (await session.delegation(options.delegation));
  const { operatorOmni, actorOmni, deviceKeyHash } = session;
  const good = { operator_omni: operatorOmni, actor_omni: actorOmni, service: "openai", device_key_hash: deviceKeyHash };
  const body = typeof options.body === "object" && !Array.isArray(options.body) ? { ...good, ...options.body } : (options.body ?? good);
  const dpop = options.proof ?? (await session.proof("POST", `${PUBLIC_URL}${path}`, token));
  return client.json("POST", `${url}${path}`, { body, headers: { authorization: `DPoP ${token}`, dpop, ...options.headers } });
}

async function openStream(
  session: TestSession,
  token: string,
  { url, client, key }: { url: string; client: HttpClient; key: SigningKey },
): Promise<Stream> {
  const headers = { authorization: `DPoP ${token}`, dpop: await session.proof("GET", `${PUBLIC_URL}/v1/events`, token) };
  const { status, body } = await client.stream(`${url}/v1/events`, { headers });
  if (status !== 200) throw new TypeError(`the stream was refused with ${status}`);
  const events: Promise<Record<string, unknown>>[] = [];
  let text = "";
  body.on("data", (chunk: Buffer) => {
    const frames = (text + chunk.toString()).split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) events.push(readFrame(frame, key));
  });
  const ended = new Promise<void>((resolve) => void body.once("close", resolve).on("error", () => undefined));
  return {
    next: async () => {
      await until(() => events.length > 0);
      return (await events.shift()) ?? {};
    },
    ended,
    pause: () => void body.pause(),
    close: () => void body.destroy(),
  };
}

async function readFrame(frame: string, key: SigningKey): Promise<Record<string, unknown>> {
  const [, event, jws = ""] = /^event: (\S+)\ndata: (\S+)$/.exec(frame) ?? [];
  const { payload } = await verifyJws(jws, { typ: "agentkeys-event+jwt", keys: [key.publicJwk] });
  if (payload["type"] !== event) throw new TypeError("the frame's name is not the signed one");
  return payload;
}
