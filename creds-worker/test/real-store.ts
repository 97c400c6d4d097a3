import { freePort } from "@agentkeys/common/testing";
import type { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { systemClock } from "@agentkeys/common/clock";
import { createHttpClient, listen, type HttpAnswer, type HttpClient } from "@agentkeys/common/http";
import { generateSigningKey, openJwe, type PrivateJwk, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import {
  captureLog,
  createTestAuthority,
  createTestSession,
  FakeChain,
  FakeClock,
  mintTestCap,
  TEST_DOMAIN,
} from "@agentkeys/common/testing";
import type { TestCapOptions, TestSession } from "@agentkeys/common/testing";
import { followingAgent, staticTls } from "@agentkeys/common/tls";
import type { StsAnswer } from "@agentkeys/common/wire";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOidcApp, createSignerApp } from "../../signer/src/http/routes.ts";
import { openK3Dir } from "../../signer/src/keys/k3.ts";
import { openLegacyDir } from "../../signer/src/keys/legacy.ts";
import { createStsSessions } from "../../signer/src/sts/sessions.ts";
import { mintWebIdentity } from "../../signer/src/sts/web-identity.ts";
import { createWorkerApp } from "../src/http/routes.ts";
import { createSigner } from "../src/signer/index.ts";
import { createVaults } from "../src/vault/index.ts";
import { startMinio, type Minio } from "./minio.ts";
import { WORKER_URL, type Ask, type Route } from "./harness.ts";

export const BUCKET = "agentkeys-credentials";
export const OTHER_BUCKET = "agentkeys-memory";
export const WALLET = `0x${"a1".repeat(20)}`;
export const WALLET_KEY = Buffer.alloc(32, 0x5a);
export const STATIC_KEK = Buffer.alloc(32, 0x22);
const ROLE = "arn:aws:iam::000000000000:role/agentkeys";
const WORKER_NAME = "spiffe://agentkeys/creds-worker";

const authority = createTestAuthority();
const leaf = authority.issue();
const workerTls = staticTls(authority.issue(WORKER_NAME));

/** Worker and signer as they run, mTLS between them, over a real object store with a real token service. The chain is a fake. */
export class RealWorld {
  readonly chain = new FakeChain();
  readonly clock = new FakeClock(systemClock.nowSeconds());
  readonly logged = captureLog();
  readonly dir = mkdtempSync(join(tmpdir(), "agentkeys-store-"));
  readonly agent = followingAgent(staticTls(leaf));
  brokerKey!: SigningKey;
  oidcKey!: SigningKey;
  issuer!: string;
  endpoint!: string;
  a!: TestSession;
  b!: TestSession;
  master!: TestSession;
  root!: S3Client;
  sts!: STSClient;
  worker!: string;
  client!: HttpClient;
  signerClient!: HttpClient;
  signerUrl!: string;
  #store!: Minio;
  readonly #closing: (() => Promise<void> | void)[] = [];

  static async start(): Promise<RealWorld> {
    const world = new RealWorld();
    const { chain, clock } = world;
    world.brokerKey = await generateSigningKey();
    world.oidcKey = await generateSigningKey();
    world.a = await createTestSession({ chain, clock, agent: "a", services: ["openai", "stripe"], deviceByte: 1 });
    world.b = await createTestSession({ chain, clock, agent: "b", services: ["openai"], deviceByte: 2 });
    world.master = await createTestSession({ chain, clock, agent: "", services: [], deviceByte: 3, tier: 1 });
    try {
      await world.#startIssuer();
      await world.#startStore();
      await world.#startServices();
    } catch (fault) {
      // Or a store that could not be provisioned would outlive the test.
      await world.stop();
      throw fault;
    }
    return world;
  }

  async stop(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #startIssuer(): Promise<void> {
    const port = await freePort();
    this.issuer = `https://localhost:${port}`;
    const app = createOidcApp({ log: this.logged.log, metrics: createMetrics("oidc"), issuer: this.issuer, key: this.oidcKey });
    const server = await listen(app, { port, host: "127.0.0.1", tls: staticTls(leaf) });
    this.#closing.push(() => server.close(0));
  }

  async #startStore(): Promise<void> {
    const wallets = { [this.a.actorOmni]: { wallet: WALLET } };
    const store = await startMinio({ dir: this.dir, leaf, issuer: this.issuer, buckets: [OTHER_BUCKET, BUCKET], wallets });
    this.#closing.push(() => store.stop());
    this.endpoint = store.endpoint;
    this.#store = store;
    this.root = store.root;
    const credentials = { accessKeyId: "unused", secretAccessKey: "unused" };
    const requestHandler = { httpsAgent: this.agent };
    this.sts = new STSClient({ endpoint: this.endpoint, region: "us-east-1", maxAttempts: 1, credentials, requestHandler });
    this.#closing.push(() => this.agent.destroy());
  }

  /** A client of the store; `credentials` may be root's or those of a session. */
  s3(credentials: Parameters<Minio["s3"]>[0]): S3Client {
    return this.#store.s3(credentials);
  }

  async #startServices(): Promise<void> {
    const { chain, clock, logged } = this;
    const keys = [this.brokerKey.publicJwk];
    const openDelegation = createDelegationOpener(TEST_DOMAIN, clock);
    const brokerKeys = { current: () => keys, refresh: () => Promise.resolve() };
    const capChain = { clock, chain, brokerKeys, openDelegation, workerUrl: WORKER_URL };
    const legacyDir = join(this.dir, "older");
    mkdirSync(legacyDir);
    writeFileSync(join(legacyDir, "static-kek"), STATIC_KEK);
    writeFileSync(join(legacyDir, `${WALLET}.key`), WALLET_KEY);
    writeFileSync(join(legacyDir, "wallets.json"), JSON.stringify({ [this.a.actorOmni]: { wallet: WALLET } }));
    const k3Dir = join(this.dir, "k3");
    mkdirSync(k3Dir);
    for (const epoch of [1, 2, 3]) writeFileSync(join(k3Dir, String(epoch)), randomBytes(32));
    const legacy = openLegacyDir(legacyDir);
    const signer = await listen(
      createSignerApp({
        log: logged.log,
        metrics: createMetrics("signer"),
        capChain,
        k3: openK3Dir(k3Dir),
        legacy,
        randomBytes,
        stsSession: createStsSessions({
          sts: this.sts,
          clock,
          roleArn: ROLE,
          bucket: BUCKET,
          walletOf: legacy.walletOf,
          mintToken: (of) =>
            mintWebIdentity({ audience: "sts.amazonaws.com", key: this.oidcKey, issuer: this.issuer, clock: systemClock, ...of }),
        }),
        allowedClient: WORKER_NAME,
      }),
      { port: 0, host: "127.0.0.1", tls: staticTls(leaf), requireClientCert: true },
    );
    this.signerClient = createHttpClient({ tls: workerTls, serverName: "localhost" });
    this.signerUrl = `https://127.0.0.1:${signer.port}`;
    const app = createWorkerApp({
      audit: { record: () => undefined },
      log: logged.log,
      metrics: createMetrics("creds-worker"),
      capChain: { ...capChain, seen: new ReplayCache(clock) },
      signer: createSigner({ client: this.signerClient, url: this.signerUrl }),
      openVaults: createVaults({
        bucket: BUCKET,
        client: { region: "us-east-1", forcePathStyle: true, endpoint: this.endpoint, requestHandler: { httpsAgent: this.agent } },
      }),
      randomBytes,
    });
    const worker = await listen(app, { port: 0, host: "127.0.0.1" });
    this.worker = `http://127.0.0.1:${worker.port}`;
    this.client = createHttpClient({ timeoutMs: 30_000 });
    this.#closing.push(
      () => worker.close(0),
      () => signer.close(0),
      () => this.signerClient.close(),
      () => this.client.close(),
    );
  }

  async #minted(route: Route, options: Ask): Promise<{ cap: string; delegation: string; proof: string }> {
    const session = options.session ?? this.a;
    const change: Partial<TestCapOptions> = options.cap === undefined ? {} : { cap: options.cap };
    const service = options.service ?? "openai";
    const k3Epoch = await this.chain.currentEpoch();
    const of = { clock: this.clock, key: this.brokerKey, session, service, op: `cred-${route}` as const, k3Epoch };
    const minted = await mintTestCap({ ...of, ...change });
    return { ...minted, proof: await session.proof("POST", `${WORKER_URL}/credential/${route}`, minted.cap) };
  }

  async call(route: Route, options: Ask = {}): Promise<HttpAnswer> {
    const { cap, delegation, proof } = await this.#minted(route, options);
    const headers = { authorization: `DPoP ${cap}`, dpop: proof, "agentkeys-delegation": delegation };
    return this.client.json("POST", `${this.worker}/credential/${route}`, { headers, body: options.body ?? {} });
  }

  put(value: string, options: Ask & { ifVersion?: string | null } = {}): Promise<HttpAnswer> {
    const condition = options.ifVersion === undefined ? {} : { if_version: options.ifVersion };
    return this.call("store", { ...options, body: { value_b64: Buffer.from(value).toString("base64"), ...condition } });
  }

  async opened(answer: HttpAnswer, session = this.a): Promise<Record<string, unknown>> {
    const handle = session.key.handle as { toJSON: (isPrivate: boolean) => PrivateJwk };
    return openJwe((answer.body as { sealed: string }).sealed, handle.toJSON(true));
  }

  /** The very session the worker uses for an actor, taken from the signer. */
  async sessionOf(session: TestSession): Promise<S3Client> {
    const answer = await this.signerClient.json("POST", `${this.signerUrl}/sts-credentials`, {
      body: await this.#minted("fetch", { session }),
    });
    const { access_key_id: id, secret_access_key: key, session_token: token } = answer.body as StsAnswer;
    return this.s3({ accessKeyId: id, secretAccessKey: key, sessionToken: token });
  }
}

export const prefixOf = (session: TestSession): string => `bots/${session.actorOmni.slice(2)}/credentials/`;
