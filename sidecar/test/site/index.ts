/** Broker and proxies as processes over a real chain; operator, worker and provider are stubs of this process. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@agentkeys/common/clock";
import { deviceOf, type DelegationDomain } from "@agentkeys/common/delegation";
import { actorOmni, actorPath, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, createTestAuthority, freePort, type TestAuthority } from "@agentkeys/common/testing";
import type { BindingPolicy, ServicePolicy } from "@agentkeys/common/wire";
import { bundleServices, eventually, Program } from "../../../image/test/program.ts";
import { openChainWriter, popOf } from "../../../operator/src/chain/index.ts";
import type { startChain } from "../../../operator/test/fakes/anvil.ts";
import { serve, StubOperator, StubWorker, swappableTls } from "../world/servers.ts";
import { Provider } from "./provider.ts";

export { eventually, Program } from "../../../image/test/program.ts";
export type { Provider } from "./provider.ts";

const AGENT = { clusterName: "c", namespace: "team-a", agent: "research" };
export const K10 = Secret.of(Buffer.alloc(32, 21));
const MASTER_DEVICE = Secret.of(Buffer.alloc(32, 22));

export interface Identity {
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
}

export interface Answer {
  status: number;
  reason: string | null;
  retryAfter: string | null;
  /** The proxy's id of a call that it refused itself. */
  requestId: string | null;
}

export interface SiteOptions {
  proxies: number;
  chain: Awaited<ReturnType<typeof startChain>>;
  authority?: TestAuthority;
  brokerEnv?: Record<string, string>;
  sidecarEnv?: Record<string, string>;
}

export interface Site {
  /** Goes away with the site. */
  folder: string;
  /** The bundle of every service. */
  entry: string;
  identity: Identity;
  domain: DelegationDomain;
  broker: Program;
  /** Each is a pod of its own, `pod-1` and on. */
  proxies: Program[];
  provider: Provider;
  /** Gives the binding's one service other fields, told to every proxy. */
  change: (fields: Partial<ServicePolicy>) => Promise<void>;
  call: (proxy: Program | undefined, body: string) => Promise<Answer>;
  stop: () => Promise<void>;
}

/** Registers the binding's actor and its device, and grants it `openai`. */
async function register({ config, walletKey }: SiteOptions["chain"]): Promise<Identity> {
  const writer = openChainWriter(config, walletKey, captureLog().log);
  const { operatorOmni } = writer;
  const identity = { operatorOmni, actorOmni: actorOmni({ ...AGENT, operatorOmni }), deviceKeyHash: deviceOf(K10).deviceKeyHash };
  await writer.registerMaster(deviceOf(MASTER_DEVICE).deviceKeyHash);
  const pop = await popOf(K10, identity);
  await writer.registerAgent({ ...identity, actorPath: actorPath(AGENT), pop });
  await writer.setScope({ actorOmni: identity.actorOmni, services: [serviceHash("openai")], readOnly: true });
  writer.close();
  return identity;
}

/** Starts everything; the chain is whoever's gave it. */
export async function startSite(of: SiteOptions): Promise<Site> {
  const { chain } = of;
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-site-"));
  const provider = new Provider();
  const [entry, identity, upstream, brokerPort] = await Promise.all([
    bundleServices(join(folder, "image")),
    register(chain),
    provider.start(),
    freePort(),
  ]);
  const domain = { chainId: chain.config.chainId, registry: chain.config.contracts.registry };
  let version = 0;
  const policyWith = (fields: Partial<ServicePolicy>): BindingPolicy => ({
    ...{ version: `${++version}-x`, namespace: "team-a", binding: "research", agent: "research", ...identity },
    ...{ placeholder: "Optional" as const, suspended: false },
    services: [
      {
        ...{ name: "openai", hash: serviceHash("openai"), upstream, auth: { type: "bearer" as const }, methods: ["GET", "POST"] },
        ...{ paths: ["/v1/**"], denyPaths: [], allowPrivateAddresses: true, allowInsecure: true, errorShape: "openai" as const },
        limits: {},
        ...fields,
      },
    ],
  });

  const leaf = (of.authority ?? createTestAuthority()).issue();
  const tls = swappableTls(leaf);
  const operators = Array.from({ length: of.proxies }, (_unused, index) => {
    const operator = new StubOperator(systemClock, policyWith({}), { k10: K10, domain, identity });
    operator.change = { pod: `pod-${index + 1}`, podUid: `uid-${index + 1}` };
    return operator;
  });
  const worker = new StubWorker(systemClock);
  worker.values.set("openai", "sk-live-of-the-provider");
  const servers = await Promise.all([worker, ...operators].map(({ handle }) => serve(tls, handle)));
  const [workerUrl = "", ...operatorUrls] = servers.map(({ url }) => url);

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const brokerUrl = `https://localhost:${brokerPort}`;
  const broker = new Program(entry, "broker", {
    AGENTKEYS_BROKER_LISTEN: String(brokerPort),
    AGENTKEYS_BROKER_ADMIN_LISTEN: "0",
    AGENTKEYS_BROKER_PUBLIC_URL: brokerUrl,
    AGENTKEYS_BROKER_CHAIN_FILE: write("chain.json", JSON.stringify(chain.config)),
    AGENTKEYS_BROKER_CAP_KEY_FILE: write("k1.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    AGENTKEYS_BROKER_TLS_CERT_FILE: write("tls.crt", leaf.cert),
    AGENTKEYS_BROKER_TLS_KEY_FILE: write("tls.key", leaf.key),
    AGENTKEYS_BROKER_TLS_CA_FILE: write("ca.crt", leaf.ca),
    AGENTKEYS_BROKER_LEDGER_FILE: join(folder, "ledger.db"),
    AGENTKEYS_BROKER_HEARTBEAT_MS: "1000",
    ...of.brokerEnv,
  });
  const proxies = operatorUrls.map((operatorUrl, index) => {
    const stateDir = join(folder, `state-${index}`);
    mkdirSync(stateDir);
    return new Program(entry, "sidecar", {
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
      POD_NAME: `pod-${index + 1}`,
      POD_NAMESPACE: "team-a",
      ...of.sidecarEnv,
    });
  });
  await Promise.all([broker, ...proxies].map((program) => program.start()));
  return {
    ...{ folder, entry, identity, domain, broker, proxies, provider },
    change: async (fields) => {
      const policy = policyWith(fields);
      for (const operator of operators) {
        operator.policy = policy;
        operator.sayPolicy();
      }
      await eventually(() => proxies.every(({ log }) => log.includes(`"version":"${policy.version}"`)));
    },
    call: async (proxy, body) => {
      const url = `http://localhost:${proxy?.port ?? 0}/openai/v1/chat/completions`;
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      await answer.arrayBuffer();
      const { status, headers } = answer;
      return {
        status,
        reason: headers.get("agentkeys-reason"),
        retryAfter: headers.get("retry-after"),
        requestId: headers.get("x-request-id"),
      };
    },
    stop: async () => {
      provider.stop();
      await Promise.all([broker, ...proxies].map((program) => program.end("SIGKILL")));
      for (const server of servers) await server.close(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
