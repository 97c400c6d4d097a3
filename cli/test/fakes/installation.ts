import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@agentkeys/common/clock";
import { deviceOf, signDelegation, thumbprintToHex } from "@agentkeys/common/delegation";
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import { actorOmni, actorPath, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { captureLog, freePort } from "@agentkeys/common/testing";
import { openVaultClient, type VaultClient } from "@agentkeys/common/vault-client";
import { readBrokerConfig } from "../../../broker/src/config.ts";
import { startBroker } from "../../../broker/src/wire.ts";
import { readWorkerConfig } from "../../../creds-worker/src/config.ts";
import { startWorker } from "../../../creds-worker/src/wire.ts";
import { startMinio, type Minio } from "../../../creds-worker/test/minio.ts";
import { openChainWriter, popOf } from "../../../operator/src/chain/index.ts";
import { createAuthority, issueLeaf } from "../../../operator/src/tls/authority.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import type { FetchDeps } from "../../../sidecar/src/caps/fetch.ts";
import { createSession } from "../../../sidecar/src/session/index.ts";
import { readSignerConfig } from "../../../signer/src/config.ts";
import { startSigner } from "../../../signer/src/wire.ts";
import type { TestMachine } from "./machine.ts";

export const SYSTEM = "agentkeys-system";
export const BUCKET = "agentkeys-credentials";
const AGENT = { clusterName: "default", namespace: "team-a" };
const BROKER = `https://agentkeys-broker.${SYSTEM}.svc:8091`;
const WORKER = `https://agentkeys-creds-worker.${SYSTEM}.svc:9094`;
const SIGNERS = ["agentkeys-signer-a", "agentkeys-signer-b"];

/** A registered agent as its sidecar sees the services. */
export interface Agent {
  actorOmni: Hex;
  fetchDeps: FetchDeps;
  /** Requests it made, by path. */
  calls: string[];
}

/**
 * An installation as the chart makes it, each service started by its own wiring with its own certificate: chain, object store with
 * token service, broker, worker and two signers, whose keys come from one Secret of a cluster in memory.
 */
export class Installation {
  readonly dir = mkdtempSync(join(tmpdir(), "agentkeys-installation-"));
  chain!: Awaited<ReturnType<typeof startChain>>;
  minio!: Minio;
  operatorOmni!: Hex;
  agents = new Map<string, Agent>();
  /** The operator's own vault, as its process uses it. */
  vault!: VaultClient;
  /** Wallets the token service lets actors reach, by actor; set before it starts. */
  wallets: Record<string, { wallet: string }> = {};
  /** Folder of the older deployment's keys. */
  readonly legacyDir = join(this.dir, "legacy");
  readonly #closing: (() => Promise<void> | void)[] = [];
  readonly #ports = new Map<string, number>();
  #caPem = "";
  #client!: HttpClient;

  static async start(of: {
    agents: readonly string[];
    services: readonly string[];
    legacy?: (world: Installation) => void;
  }): Promise<Installation> {
    const world = new Installation();
    try {
      world.chain = await startChain();
      world.#closing.push(() => world.chain.stop());
      const master = Secret.of(randomBytes(32));
      await world.#register(master, of);
      mkdirSync(world.legacyDir);
      writeFileSync(join(world.legacyDir, "wallets.json"), "{}");
      of.legacy?.(world);
      await world.#startServices();
      world.#connect(master);
    } catch (fault) {
      await world.stop();
      throw fault;
    }
    return world;
  }

  async stop(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  agent(name: string): Agent {
    const agent = this.agents.get(name);
    if (agent === undefined) throw new TypeError(`no agent ${name}`);
    return agent;
  }

  /** Shows it to a machine's kubectl; the Secret's changes reach the signers as a kubelet would bring them. */
  install(machine: TestMachine): void {
    const { kubectl } = machine;
    const inCluster = { ...this.chain.config, rpcUrls: [`http://agentkeys-chain.${SYSTEM}.svc:8545`] };
    const put = (kind: string, name: string, of: object, labels = {}): void =>
      kubectl.put(kind, { metadata: { namespace: SYSTEM, name, labels }, ...of });
    put("configmap", "agentkeys-chain", { data: { "chain.json": JSON.stringify(inCluster) } });
    put("configmap", "agentkeys-trust-bundle", { data: { "ca.crt": this.#caPem } });
    put("secret", "agentkeys-wallet", { data: { privateKey: this.chain.walletKey.revealBytes().toString("base64") } });
    put("secret", "agentkeys-k3", { data: { "1": Buffer.alloc(32, 1).toString("base64") } });
    const volumes = [{ name: "k3", secret: { secretName: "agentkeys-k3" } }];
    put("deployments", "agentkeys-signer", { spec: { replicas: SIGNERS.length, template: { spec: { volumes } } } });
    for (const name of SIGNERS) put("pods", name, { status: { phase: "Running" } }, { "app.kubernetes.io/component": "signer" });
    for (const name of SIGNERS) put("pod", name, {});
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-chain:8545`, Number(new URL(this.chain.url).port));
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-broker:8091`, this.#port("broker"));
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-creds-worker:9094`, this.#port("worker"));
    for (const name of SIGNERS) kubectl.ports.set(`${SYSTEM}/pod/${name}:9464`, this.#port(name));
    for (const [name, { actorOmni: actor }] of this.agents)
      kubectl.put("agentkeysbindings.agentkeys.io", {
        metadata: { namespace: "team-a", name },
        ...{ spec: { services: [{ name: "openai" }] }, status: { actorOmni: actor, operatorOmni: this.operatorOmni } },
      });
    kubectl.onPatch = (kind, { metadata, data = {} }) => {
      if (kind === "secret" && metadata.name === "agentkeys-k3") for (const name of SIGNERS) this.#writeKeys(name, data);
    };
  }

  #writeKeys(signer: string, data: Readonly<Record<string, string>>): void {
    const dir = join(this.dir, signer);
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    for (const [epoch, value] of Object.entries(data)) writeFileSync(join(dir, epoch), Buffer.from(value, "base64"));
  }

  #port(name: string): number {
    return this.#ports.get(name) ?? 0;
  }

  async #register(master: Secret, { agents, services }: { agents: readonly string[]; services: readonly string[] }): Promise<void> {
    const writer = openChainWriter(this.chain.config, this.chain.walletKey, captureLog().log);
    const { operatorOmni } = writer;
    this.operatorOmni = operatorOmni;
    await writer.registerMaster(deviceOf(master).deviceKeyHash);
    for (const agent of agents) {
      const k10 = Secret.of(randomBytes(32));
      const { deviceKeyHash } = deviceOf(k10);
      const actor = actorOmni({ ...AGENT, agent, operatorOmni });
      const pop = await popOf(k10, { deviceKeyHash, operatorOmni, actorOmni: actor });
      await writer.registerAgent({ deviceKeyHash, actorOmni: actor, actorPath: actorPath({ ...AGENT, agent }), pop });
      await writer.setScope({ actorOmni: actor, services: services.map(serviceHash), readOnly: false });
      const session = createSession({ clock: systemClock, randomId: randomUUID });
      const issuedAt = systemClock.nowSeconds();
      const message = {
        deviceKeyHash,
        operatorOmni,
        actorOmni: actor,
        sessionThumbprint: thumbprintToHex(session.jkt),
        services: services.map(serviceHash),
        readOnly: false,
        namespace: "team-a",
        serviceAccount: "default",
        pod: "pod-1",
        podUid: "uid-1",
        issuedAt,
        expiresAt: issuedAt + 900,
      };
      const token = await signDelegation(k10, this.#domain(), message);
      const enrolment = { current: () => ({ token, message }) } as unknown as FetchDeps["enrolment"];
      const calls: string[] = [];
      const client: HttpClient = {
        json: (method, url, options) => {
          calls.push(new URL(url).pathname);
          return this.#client.json(method, url, options);
        },
        stream: (url, options) => this.#client.stream(url, options),
        close: () => Promise.resolve(),
      };
      this.agents.set(agent, { actorOmni: actor, calls, fetchDeps: { client, session, enrolment, brokerUrl: BROKER, workerUrl: WORKER } });
    }
    writer.close();
  }

  #domain(): { chainId: number; registry: string } {
    return { chainId: this.chain.config.chainId, registry: this.chain.config.contracts.registry };
  }

  async #startServices(): Promise<void> {
    const authority = await createAuthority(systemClock.nowMs(), randomBytes);
    this.#caPem = authority.cert;
    const leafOf = async (service: string): Promise<{ cert: string; key: string; ca: string }> => {
      const leaf = await issueLeaf({ authority, service, namespace: SYSTEM, nowMs: systemClock.nowMs(), random: randomBytes });
      return { ...leaf, ca: authority.cert };
    };
    for (const name of ["broker", "broker-admin", "worker", "worker-admin", "oidc", ...SIGNERS, ...SIGNERS.map((each) => `${each}-tls`)])
      this.#ports.set(name, await freePort());
    const at = (name: string): string => join(this.dir, name);
    const pem = (await createAuthority(systemClock.nowMs(), randomBytes)).key;
    writeFileSync(at("key.pem"), pem);
    writeFileSync(at("chain.json"), JSON.stringify(this.chain.config));
    const tls = async (service: string): Promise<{ tlsCertFile: string; tlsKeyFile: string; tlsCaFile: string }> => {
      const leaf = await leafOf(service);
      const [tlsCertFile, tlsKeyFile, tlsCaFile] = [at(`${service}.crt`), at(`${service}.key`), at("ca.crt")];
      writeFileSync(tlsCertFile, leaf.cert);
      writeFileSync(tlsKeyFile, leaf.key);
      writeFileSync(tlsCaFile, leaf.ca);
      return { tlsCertFile, tlsKeyFile, tlsCaFile };
    };
    const brokerUrl = `https://localhost:${this.#port("broker")}`;
    const issuer = `https://localhost:${this.#port("oidc")}`;
    const common = { chainFile: at("chain.json"), logLevel: "error" };
    const broker = await startBroker(
      this.#config(readBrokerConfig, "broker", {
        ...common,
        ...(await tls("broker")),
        listen: this.#port("broker"),
        adminListen: this.#port("broker-admin"),
        publicUrl: BROKER,
        capKeyFile: at("key.pem"),
        ledgerFile: at("ledger.db"),
        heartbeatMs: 15_000,
        chainPollMs: 500,
        recheckMs: 30_000,
      }),
    );
    this.#closing.push(() => broker.stop());
    const storePort = await freePort();
    const store = { region: "us-east-1", bucket: BUCKET };
    const signerTls = await tls("signer");
    for (const name of SIGNERS) {
      this.#writeKeys(name, { "1": Buffer.alloc(32, 1).toString("base64") });
      const signer = await startSigner(
        this.#config(readSignerConfig, name, {
          ...common,
          ...store,
          ...signerTls,
          listen: this.#port(`${name}-tls`),
          adminListen: this.#port(name),
          // Both are the same issuer; the token service asks the first.
          oidcListen: name === SIGNERS[0] ? this.#port("oidc") : 0,
          oidcIssuer: issuer,
          allowedClient: "spiffe://agentkeys/creds-worker",
          brokerUrl,
          workerUrl: WORKER,
          k3Dir: at(name),
          legacyDir: this.legacyDir,
          migrationWindow: true,
          oidcKeyFile: at("key.pem"),
          stsEndpoint: `https://127.0.0.1:${storePort}`,
          roleArn: "arn:aws:iam::000000000000:role/agentkeys",
        }),
      );
      this.#closing.push(() => signer.stop());
    }
    this.minio = await startMinio({
      dir: this.dir,
      leaf: await leafOf("store"),
      issuer,
      buckets: [BUCKET],
      wallets: this.wallets,
      port: storePort,
    });
    this.#closing.push(() => this.minio.stop());
    const worker = await startWorker(
      this.#config(readWorkerConfig, "worker", {
        ...common,
        ...store,
        ...(await tls("creds-worker")),
        listen: this.#port("worker"),
        adminListen: this.#port("worker-admin"),
        publicUrl: WORKER,
        brokerUrl,
        signerUrl: `https://localhost:${this.#port(`${SIGNERS[0] ?? ""}-tls`)}`,
        s3Endpoint: this.minio.endpoint,
        forcePathStyle: true,
        lazyCopy: true,
      }),
    );
    this.#closing.push(() => worker.stop());
  }

  /** A service's configuration as the service reads it, its defaults included. */
  #config<T>(read: (context: ProcessContext) => T, name: string, values: object): T {
    const file = join(this.dir, `${name}.json`);
    writeFileSync(file, JSON.stringify(values));
    const { stdout, stderr } = process;
    return read({ argv: ["--config", file], env: {}, stdout, stderr, signal: new AbortController().signal });
  }

  #connect(privateKey: Secret): void {
    const dial = {
      [new URL(BROKER).host]: { hostname: "127.0.0.1", port: this.#port("broker") },
      [new URL(WORKER).host]: { hostname: "127.0.0.1", port: this.#port("worker") },
    };
    this.#client = createHttpClient({ caPem: this.#caPem, dial });
    this.#closing.push(() => this.#client.close());
    this.vault = openVaultClient({
      http: this.#client,
      clock: systemClock,
      newId: randomUUID,
      brokerUrl: BROKER,
      workerUrl: WORKER,
      domain: this.#domain(),
      operatorOmni: this.operatorOmni,
      masterDevice: { privateKey, deviceKeyHash: deviceOf(privateKey).deviceKeyHash },
    });
  }
}
