import type { Cap } from "@agentkeys/common/cap";
import { createDelegationOpener, type Delegation } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { aadV1, aadV2, deriveKek, envelopeKind, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient, listen, type HttpAnswer, type HttpClient, type Listening } from "@agentkeys/common/http";
import { generateSigningKey, openJwe, type PrivateJwk, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, createTestSession, FakeChain, FakeClock, mintTestCap, TEST_DOMAIN, type TestSession } from "@agentkeys/common/testing";
import type { CapChain, StsAnswer } from "@agentkeys/common/wire";
import { randomBytes } from "node:crypto";
import { createWorkerApp } from "../src/http/routes.ts";
import type { Kek, Signer } from "../src/signer/index.ts";
import { createVaults, type OpenVaults } from "../src/vault/index.ts";
import { FakeStore } from "./fake-store.ts";

export const WORKER_URL = "https://worker.test";
export const BUCKET = "credentials";
export type Route = "fetch" | "store" | "teardown" | "list" | "reencrypt";

/** A signer in memory: K3 by epoch, one session for all. Counts calls. */
export class FakeSigner implements Signer {
  readonly calls: string[] = [];
  fault: Error | undefined;
  wallet: string | undefined;
  /** KEKs of older envelopes by version. */
  readonly older = new Map<number, Buffer>();
  probe(): Promise<void> {
    return Promise.resolve();
  }
  session(): Promise<StsAnswer> {
    const keys = { access_key_id: "AKIA", secret_access_key: "canary-secret-key", session_token: "canary-token", expires_at: 0 };
    return this.#answer("session", this.wallet === undefined ? keys : { ...keys, v1_wallet: this.wallet });
  }
  kek(chain: CapChain, of: Kek): Promise<Secret> {
    if (of.version !== 4) {
      const kek = this.older.get(of.version);
      return kek === undefined
        ? Promise.reject(new AgentKeysError("envelope_key_missing"))
        : this.#answer(`kek v${of.version}`, Secret.of(kek));
    }
    const actor = (JSON.parse(Buffer.from(chain.cap.split(".")[1] ?? "", "base64url").toString("utf8")) as Cap).actor_omni;
    return this.#answer(`kek ${of.epoch}`, deriveKek(Secret.of(Buffer.alloc(32, of.epoch)), actor));
  }
  /** As the real one, but that it believes the cap. */
  reseal(chain: CapChain, blob: Uint8Array): Promise<Buffer> {
    const cap = JSON.parse(Buffer.from(chain.cap.split(".")[1] ?? "", "base64url").toString("utf8")) as Cap;
    const kind = envelopeKind(blob);
    const older = kind.version === 4 ? undefined : this.older.get(kind.version);
    if (kind.version !== 4 && older === undefined) return Promise.reject(new AgentKeysError("envelope_key_missing"));
    const kekAt = (epoch: number): Secret => deriveKek(Secret.of(Buffer.alloc(32, epoch)), cap.actor_omni);
    const kek = kind.version === 4 ? kekAt(kind.epoch) : Secret.of(older ?? "");
    const own = aadV2(cap.actor_omni, cap.service);
    const opened = openEnvelope(blob, { kek, aad: kind.version === 1 ? aadV1(this.wallet ?? "", cap.service) : own });
    const sealed = { kek: kekAt(cap.k3_epoch), epoch: cap.k3_epoch, nonce: randomBytes(12), plaintext: opened.revealBytes(), aad: own };
    return this.#answer("reseal", sealEnvelope(sealed));
  }
  #answer<T>(call: string, value: T): Promise<T> {
    this.calls.push(call);
    return this.fault === undefined ? Promise.resolve(value) : Promise.reject(this.fault);
  }
}

export interface Ask {
  session?: TestSession;
  service?: string;
  /** Changes to an otherwise right cap, before the broker signs it. */
  cap?: Partial<Record<keyof Cap, unknown>>;
  /** Another key than the broker's. */
  signedBy?: SigningKey;
  delegation?: Partial<Delegation>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Turns the signed cap into what is sent. */
  alter?: (token: string) => string;
  proofFor?: string;
}

/** The real worker app on a real port: fake chain, signer and store behind it, the broker's key in the test's hand. */
export class World {
  readonly chain = new FakeChain();
  readonly clock = new FakeClock();
  readonly store = new FakeStore();
  readonly signer = new FakeSigner();
  readonly logged = captureLog();
  readonly metrics = createMetrics("creds-worker");
  openVaults!: OpenVaults;
  lazyCopy = true;
  brokerKey!: SigningKey;
  a!: TestSession;
  b!: TestSession;
  master!: TestSession;
  #server!: Listening;
  #client!: HttpClient;

  static async start(): Promise<World> {
    const world = new World();
    const { chain, clock } = world;
    world.brokerKey = await generateSigningKey();
    world.a = await createTestSession({ chain, clock, agent: "a", services: ["openai", "stripe"], deviceByte: 1 });
    world.b = await createTestSession({ chain, clock, agent: "b", services: ["openai"], deviceByte: 2 });
    world.master = await createTestSession({ chain, clock, agent: "", services: [], deviceByte: 3, tier: 1 });
    const endpoint = await world.store.start();
    world.openVaults = createVaults({
      bucket: BUCKET,
      client: { region: "us-east-1", forcePathStyle: true, endpoint, requestHandler: { httpAgent: world.store.agent }, maxAttempts: 1 },
    });
    const keys = [world.brokerKey.publicJwk];
    const app = createWorkerApp({
      audit: { record: () => undefined },
      log: world.logged.log,
      metrics: world.metrics,
      capChain: {
        clock,
        chain,
        brokerKeys: { current: () => keys, refresh: () => Promise.resolve() },
        openDelegation: createDelegationOpener(TEST_DOMAIN, clock),
        workerUrl: WORKER_URL,
        seen: new ReplayCache(clock),
      },
      signer: world.signer,
      openVaults: world.openVaults,
      randomBytes,
      get lazyCopy() {
        return world.lazyCopy;
      },
    });
    world.#server = await listen(app, { port: 0, host: "127.0.0.1" });
    world.#client = createHttpClient();
    return world;
  }

  async stop(): Promise<void> {
    await this.#client.close();
    await this.#server.close(0);
    await this.store.stop();
  }

  /** Signs a cap as the broker would for this session. */
  async mint(route: Route, options: Ask = {}): Promise<{ cap: string; delegation: string }> {
    const { signedBy, service, cap, delegation } = options;
    return mintTestCap({
      clock: this.clock,
      session: options.session ?? this.a,
      key: signedBy ?? this.brokerKey,
      op: `cred-${route}`,
      k3Epoch: await this.chain.currentEpoch().catch(() => 1),
      ...(service === undefined ? {} : { service }),
      ...(cap === undefined ? {} : { cap }),
      ...(delegation === undefined ? {} : { delegation }),
    });
  }

  async call(route: Route, options: Ask = {}): Promise<HttpAnswer> {
    const { cap, delegation } = await this.mint(route, options);
    return this.present(route, { cap, delegation }, options);
  }

  async present(route: Route, minted: { cap: string; delegation: string }, options: Ask = {}): Promise<HttpAnswer> {
    const token = options.alter?.(minted.cap) ?? minted.cap;
    const session = options.session ?? this.a;
    const proof = await session.proof("POST", `${WORKER_URL}/credential/${options.proofFor ?? route}`, token);
    const headers = { authorization: `DPoP ${token}`, dpop: proof, "agentkeys-delegation": minted.delegation, ...options.headers };
    return this.send(route, headers, options.body ?? {});
  }

  send(route: Route, headers: Record<string, string>, body: unknown): Promise<HttpAnswer> {
    return this.#client.json("POST", `http://127.0.0.1:${this.#server.port}/credential/${route}`, { headers, body });
  }

  put(value: string, options: Ask & { ifVersion?: string | null } = {}): Promise<HttpAnswer> {
    const condition = options.ifVersion === undefined ? {} : { if_version: options.ifVersion };
    return this.call("store", { ...options, body: { value_b64: Buffer.from(value).toString("base64"), ...condition } });
  }

  /** Opens a fetch answer with the session's private key. */
  async opened(answer: HttpAnswer, session = this.a): Promise<Record<string, unknown>> {
    const handle = session.key.handle as { toJSON: (isPrivate: boolean) => PrivateJwk };
    return openJwe((answer.body as { sealed: string }).sealed, handle.toJSON(true));
  }

  key(service: string, session = this.a): string {
    return `bots/${session.actorOmni.slice(2)}/credentials/${service}.enc`;
  }
}

export const refused = (status: number, reason: string): object => ({ status, body: { reason } });
