/** Broker and proxies as processes, over a real chain and a real PostgreSQL; operator, worker and provider are stubs of this process. */
import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http, { type ServerResponse } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signBudget } from "@agentkeys/common/budget";
import { systemClock } from "@agentkeys/common/clock";
import { deviceOf } from "@agentkeys/common/delegation";
import { actorOmni, actorPath, serviceHash } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, createTestAuthority } from "@agentkeys/common/testing";
import type { BindingPolicy } from "@agentkeys/common/wire";
import { openPostgresLedger } from "../../../broker/src/ledger/postgres.ts";
import { startPostgres, type TestPostgres } from "../../../broker/test/postgres.ts";
import { openChainWriter, popOf } from "../../../operator/src/chain/index.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import { serve, StubOperator, StubWorker, swappableTls } from "../world/servers.ts";

const ENTRY = fileURLToPath(new URL("../../../image/main.ts", import.meta.url));
const AGENT = { clusterName: "c", namespace: "team-a", agent: "research" };
const K10 = Secret.of(Buffer.alloc(32, 21));
const PATIENCE_MS = 30_000;

export interface Answer {
  status: number;
  reason: string | null;
  retryAfter: string | null;
}

/** A service of ours in a process of its own, started again as often as it is killed. */
export class Program {
  readonly #name: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #log = "";

  constructor(name: string, env: Record<string, string>) {
    this.#name = name;
    this.#env = env;
  }

  get log(): string {
    return this.#log;
  }

  /** Starts it; resolves with the port once it says that it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ENTRY, this.#name], {
      env: { PATH: process.env["PATH"], ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const from = this.#log.length;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.#log += chunk.toString("utf8")));
    await eventually(
      () => this.#log.slice(from).includes("is listening"),
      () => `${this.#name}: ${this.#log.slice(from)}`,
    );
  }

  get port(): number {
    return Number(
      [...this.#log.matchAll(/"sidecar is listening".*?"port":(\d+)|"port":(\d+).*?"sidecar is listening"/g)]
        .at(-1)
        ?.slice(1)
        .find(Boolean),
    );
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || (child.exitCode ?? child.signalCode) !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}

/** Waits for real processes. */
export async function eventually(what: () => boolean | Promise<boolean>, tell: () => string = () => what.toString()): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await what())) {
    if (performance.now() > end) throw new TypeError(`this never came true: ${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A provider whose answers the test holds back, or that answers at once. */
export class Provider {
  readonly held: ServerResponse[] = [];
  isHolding = false;
  calls = 0;
  readonly #server = http.createServer((request, response) => {
    request.resume().on("end", () => {
      this.calls += 1;
      if (this.isHolding) this.held.push(response);
      else this.#answer(response);
    });
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  release(): void {
    this.isHolding = false;
    for (const response of this.held.splice(0)) this.#answer(response);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(response: ServerResponse): void {
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
    const body = { id: "x", object: "chat.completion", model: "gpt-4.1", choices: [], usage };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

export interface Site {
  postgres: TestPostgres;
  broker: Program;
  proxies: Program[];
  provider: Provider;
  /** Gives the binding another daily budget, told to every proxy. */
  allow: (dailyNanoUsd: number) => Promise<void>;
  call: (proxy: Program | undefined, body: string) => Promise<Answer>;
  spentNano: () => Promise<number>;
  stop: () => Promise<void>;
}

/** Starts everything with `count` proxies. */
export async function startSite(count: number): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-site-"));
  const [chain, postgres, provider] = [await startChain(), await startPostgres(), new Provider()];
  const domain = { chainId: chain.config.chainId, registry: chain.config.contracts.registry };
  const writer = openChainWriter(chain.config, chain.walletKey, captureLog().log);
  const { operatorOmni } = writer;
  const identity = { operatorOmni, actorOmni: actorOmni({ ...AGENT, operatorOmni }), deviceKeyHash: deviceOf(K10).deviceKeyHash };
  await writer.registerMaster(deviceOf(Secret.of(Buffer.alloc(32, 22))).deviceKeyHash);
  const pop = await popOf(K10, identity);
  await writer.registerAgent({ ...identity, actorPath: actorPath(AGENT), pop });
  await writer.setScope({ actorOmni: identity.actorOmni, services: [serviceHash("openai")], readOnly: true });
  writer.close();

  const upstream = await provider.start();
  let issuedAt = systemClock.nowMs();
  const policyFor = (dailyNanoUsd: number): BindingPolicy => {
    issuedAt += 1;
    const hash = serviceHash("openai");
    const budget = signBudget(K10, domain, { ...identity, serviceHash: hash, dailyNanoUsd, issuedAt });
    return {
      ...{ version: `${issuedAt}-x`, namespace: "team-a", binding: "research", agent: "research", ...identity },
      ...{ placeholder: "Optional" as const, suspended: false },
      services: [
        {
          ...{ name: "openai", hash, upstream, auth: { type: "bearer" as const }, methods: ["GET", "POST"], paths: ["/v1/**"] },
          ...{ denyPaths: [], allowPrivateAddresses: true, allowInsecure: true, errorShape: "openai" as const },
          ...{ limits: { dailyNanoUsd }, pricing: { provider: "openai", unknownModel: "Refuse" as const }, budget },
        },
      ],
    };
  };

  const authority = createTestAuthority();
  const leaf = authority.issue();
  const tls = swappableTls(leaf);
  const operator = new StubOperator(systemClock, policyFor(1), { k10: K10, domain, identity });
  const worker = new StubWorker(systemClock);
  worker.values.set("openai", "sk-live-of-the-provider");
  const servers = [await serve(tls, operator.handle), await serve(tls, worker.handle)];
  const [operatorUrl, workerUrl] = servers.map(({ url }) => url) as [string, string];

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const brokerPort = await freePort();
  const brokerUrl = `https://localhost:${brokerPort}`;
  const broker = new Program("broker", {
    AGENTKEYS_BROKER_LISTEN: String(brokerPort),
    AGENTKEYS_BROKER_ADMIN_LISTEN: "0",
    AGENTKEYS_BROKER_PUBLIC_URL: brokerUrl,
    AGENTKEYS_BROKER_CHAIN_FILE: write("chain.json", JSON.stringify(chain.config)),
    AGENTKEYS_BROKER_CAP_KEY_FILE: write("k1.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    AGENTKEYS_BROKER_TLS_CERT_FILE: write("tls.crt", leaf.cert),
    AGENTKEYS_BROKER_TLS_KEY_FILE: write("tls.key", leaf.key),
    AGENTKEYS_BROKER_TLS_CA_FILE: write("ca.crt", leaf.ca),
    AGENTKEYS_BROKER_LEDGER_URL_FILE: write("ledger", postgres.url),
    AGENTKEYS_BROKER_HEARTBEAT_MS: "1000",
  });
  const proxies = Array.from({ length: count }, (_unused, index) => {
    const stateDir = join(folder, `state-${index}`);
    mkdirSync(stateDir);
    return new Program("sidecar", {
      AGENTKEYS_SIDECAR_LISTEN: "0",
      AGENTKEYS_SIDECAR_ADMIN_LISTEN: "0",
      AGENTKEYS_SIDECAR_ADMIN_HOST: "127.0.0.1",
      AGENTKEYS_SIDECAR_OPERATOR_URL: operatorUrl,
      AGENTKEYS_SIDECAR_BROKER_URL: brokerUrl,
      AGENTKEYS_SIDECAR_WORKER_URL: workerUrl,
      AGENTKEYS_SIDECAR_TOKEN_FILE: write("token", "pod.token"),
      AGENTKEYS_SIDECAR_TRUST_BUNDLE: leaf.ca,
      AGENTKEYS_SIDECAR_PLACEHOLDER: "sk-agentkeys-0123456789abcdef",
      AGENTKEYS_SIDECAR_STATE_DIR: stateDir,
      AGENTKEYS_SIDECAR_START_WAIT_MS: "20000",
      // As the stub of the operator writes its delegations.
      POD_NAME: "pod-1",
      POD_NAMESPACE: "team-a",
    });
  });
  await Promise.all([broker, ...proxies].map((program) => program.start()));
  const ledger = openPostgresLedger(Secret.of(postgres.url), captureLog().log);
  const taken = (version: string): boolean => proxies.every(({ log }) => log.includes(`"version":"${version}"`));
  return {
    ...{ postgres, broker, proxies, provider },
    allow: async (dailyNanoUsd) => {
      operator.policy = policyFor(dailyNanoUsd);
      operator.sayPolicy();
      await eventually(() => taken(operator.policy.version));
    },
    call: async (proxy, body) => {
      const url = `http://localhost:${proxy?.port ?? 0}/openai/v1/chat/completions`;
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      await answer.arrayBuffer();
      const { headers } = answer;
      return { status: answer.status, reason: headers.get("agentkeys-reason"), retryAfter: headers.get("retry-after") };
    },
    spentNano: async () => {
      const books = await ledger.read(operatorOmni, [identity.actorOmni]);
      return books.reduce((sum, { account }) => sum + account.spentNano, 0);
    },
    stop: async () => {
      provider.stop();
      await Promise.all(proxies.map((proxy) => proxy.end("SIGKILL")));
      await broker.end("SIGKILL");
      await ledger.close();
      for (const server of servers) await server.close(0);
      await postgres.stop();
      await chain.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
