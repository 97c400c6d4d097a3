import { STSClient } from "@aws-sdk/client-sts";
import type { CapOp } from "@agentkeys/common/cap";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { createHttpClient, listen, type HttpAnswer, type HttpClient, type Listening } from "@agentkeys/common/http";
import { generateSigningKey, type SigningKey } from "@agentkeys/common/jose";
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
import { staticTls } from "@agentkeys/common/tls";
import type { CapChain } from "@agentkeys/common/wire";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOidcApp, createSignerApp } from "../src/http/routes.ts";
import { openK3Dir } from "../src/keys/k3.ts";
import { NO_LEGACY_KEYS, openLegacyDir } from "../src/keys/legacy.ts";
import { createStsSessions } from "../src/sts/sessions.ts";
import { mintWebIdentity } from "../src/sts/web-identity.ts";

export const WORKER_URL = "https://worker.test";
export const ISSUER = "https://oidc.test";
const WORKER_NAME = "spiffe://agentkeys/creds-worker";
const authority = createTestAuthority();
const server = authority.issue("spiffe://agentkeys/signer");
const identities = {
  worker: authority.issue(WORKER_NAME),
  broker: authority.issue("spiffe://agentkeys/broker"),
  stranger: { ...createTestAuthority("stranger").issue(WORKER_NAME), ca: authority.ca },
};
export type Identity = keyof typeof identities;

/** A token service behind a real port that hands out sessions, or refuses. */
export class FakeSts {
  readonly asked: URLSearchParams[] = [];
  isRefusing = false;
  #server!: Listening;

  async start(): Promise<string> {
    this.#server = await listen(
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          this.asked.push(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
          const id = this.asked.length;
          const keys = `<AccessKeyId>AKIA${id}</AccessKeyId><SecretAccessKey>canary-secret</SecretAccessKey><SessionToken>canary-token</SessionToken>`;
          const credentials = `<Credentials>${keys}<Expiration>2027-01-15T08:15:00Z</Expiration></Credentials>`;
          const result = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>${credentials}</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
          const fault = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
          response.writeHead(this.isRefusing ? 403 : 200, { "content-type": "text/xml" }).end(this.isRefusing ? fault : result);
        });
      },
      { port: 0, host: "127.0.0.1" },
    );
    return `http://127.0.0.1:${this.#server.port}`;
  }

  stop(): Promise<void> {
    return this.#server.close(0);
  }
}

/** Files of the older deployment's keys, for a signer that is given some. */
export type LegacyFiles = (session: TestSession) => Readonly<Record<string, string | Uint8Array>>;

/** The real signer app behind real mTLS; fake chain, clock and token service. */
export class World {
  readonly chain = new FakeChain();
  readonly clock = new FakeClock();
  readonly sts = new FakeSts();
  readonly logged = captureLog();
  readonly dir = mkdtempSync(join(tmpdir(), "agentkeys-signer-"));
  brokerKey!: SigningKey;
  oidcKey!: SigningKey;
  a!: TestSession;
  b!: TestSession;
  master!: TestSession;
  url!: string;
  oidcUrl!: string;
  readonly #closing: (() => Promise<void> | void)[] = [];

  static async start(legacyFiles?: LegacyFiles): Promise<World> {
    const world = new World();
    const { chain, clock } = world;
    world.brokerKey = await generateSigningKey();
    world.oidcKey = await generateSigningKey();
    world.a = await createTestSession({ chain, clock, agent: "a", services: ["openai"], deviceByte: 1 });
    world.b = await createTestSession({ chain, clock, agent: "b", services: ["openai"], deviceByte: 2 });
    world.master = await createTestSession({ chain, clock, agent: "", services: [], deviceByte: 3, tier: 1 });
    world.writeK3(1);
    const legacy = legacyFiles === undefined ? NO_LEGACY_KEYS : openLegacyDir(world.#write(legacyFiles(world.a)));
    const sts = new STSClient({
      endpoint: await world.sts.start(),
      region: "us-east-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    });
    const keys = [world.brokerKey.publicJwk];
    const app = createSignerApp({
      log: world.logged.log,
      metrics: createMetrics("signer"),
      capChain: {
        clock,
        chain,
        brokerKeys: { current: () => keys, refresh: () => Promise.resolve() },
        openDelegation: createDelegationOpener(TEST_DOMAIN, clock),
        workerUrl: WORKER_URL,
      },
      k3: openK3Dir(world.dir),
      legacy,
      randomBytes,
      stsSession: createStsSessions({
        sts,
        clock,
        roleArn: "arn:aws:iam::123456789012:role/agentkeys",
        bucket: "credentials",
        walletOf: legacy.walletOf,
        mintToken: (of) => mintWebIdentity({ key: world.oidcKey, issuer: ISSUER, audience: "sts.amazonaws.com", clock, ...of }),
      }),
      allowedClient: WORKER_NAME,
    });
    const oidcApp = createOidcApp({ log: world.logged.log, metrics: createMetrics("oidc"), issuer: ISSUER, key: world.oidcKey });
    const tls = staticTls(server);
    const main = await listen(app, { port: 0, host: "127.0.0.1", tls, requireClientCert: true });
    const oidc = await listen(oidcApp, { port: 0, host: "127.0.0.1", tls });
    world.url = `https://127.0.0.1:${main.port}`;
    world.oidcUrl = `https://127.0.0.1:${oidc.port}`;
    world.#closing.push(
      () => main.close(0),
      () => oidc.close(0),
      () => sts.destroy(),
      () => world.sts.stop(),
    );
    return world;
  }

  async stop(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    rmSync(this.dir, { recursive: true });
  }

  writeK3(epoch: number): void {
    writeFileSync(join(this.dir, String(epoch)), Buffer.alloc(32, epoch));
  }

  #write(files: Readonly<Record<string, string | Uint8Array>>): string {
    const dir = mkdtempSync(join(tmpdir(), "agentkeys-older-"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    this.#closing.push(() => rmSync(dir, { recursive: true }));
    return dir;
  }

  /** A client with one of the certificates, or with none. */
  client(identity: Identity | "none"): HttpClient {
    const trust = identity === "none" ? { caPem: authority.ca } : { tls: staticTls(identities[identity]) };
    const client = createHttpClient({ ...trust, serverName: "localhost", timeoutMs: 5000 });
    this.#closing.push(() => client.close());
    return client;
  }

  /** A cap chain as the worker presents it for this session. */
  async capChain(op: CapOp, options: Partial<TestCapOptions> & { proofBy?: TestSession } = {}): Promise<CapChain> {
    const session = options.session ?? this.a;
    const k3Epoch = await this.chain.currentEpoch().catch(() => 1);
    const minted = await mintTestCap({ clock: this.clock, key: this.brokerKey, k3Epoch, ...options, session, op });
    const path = op.replace("cred-", "/credential/");
    return { ...minted, proof: await (options.proofBy ?? session).proof("POST", `${WORKER_URL}${path}`, minted.cap) };
  }

  post(path: string, body: unknown, client = this.client("worker")): Promise<HttpAnswer> {
    return client.json("POST", `${this.url}${path}`, { body });
  }

  async kek(op: CapOp, ask: Record<string, unknown>, options: Parameters<World["capChain"]>[1] = {}): Promise<HttpAnswer> {
    return this.post("/derive-cred-kek", { ...(await this.capChain(op, options)), ...ask });
  }
}

export const refused = (status: number, reason: string): object => ({ status, body: { reason } });
