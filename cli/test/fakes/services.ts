import { randomBytes, randomUUID } from "node:crypto";
import { createBudgetOpener } from "@agentkeys/common/budget";
import { openChainReader } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { createDelegationOpener, deviceOf } from "@agentkeys/common/delegation";
import { ReplayCache } from "@agentkeys/common/dpop";
import { listen, type Listening } from "@agentkeys/common/http";
import { actorOmni, actorPath, type Hex } from "@agentkeys/common/identity";
import { generateSigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import { staticTls } from "@agentkeys/common/tls";
import { createBroker } from "../../../broker/src/broker.ts";
import { openFileLedger } from "../../../broker/src/ledger/sqlite.ts";
import { createWorkerApp } from "../../../creds-worker/src/http/routes.ts";
import { createVaults } from "../../../creds-worker/src/vault/index.ts";
import { FakeStore } from "../../../creds-worker/test/fake-store.ts";
import { FakeSigner } from "../../../creds-worker/test/harness.ts";
import { openChainWriter, popOf } from "../../../operator/src/chain/index.ts";
import { createAuthority, issueLeaf } from "../../../operator/src/tls/authority.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import type { TestMachine } from "./machine.ts";

export const SYSTEM = "agentkeys-system";
const AGENT = { clusterName: "default", namespace: "team-a", agent: "research" };
const BINDINGS = "agentkeysbindings.agentkeys.io";

/** Chain, broker and worker for real, as the evaluation profile has them; store and signer in memory. */
export interface Services {
  chain: Awaited<ReturnType<typeof startChain>>;
  store: FakeStore;
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
  /** Everything the services logged. */
  log: () => string;
  /** Shows the installation with the binding team-a/research to a machine. */
  install: (machine: TestMachine) => void;
  stop: () => Promise<void>;
}

/** Starts them and registers the binding's device. */
export async function startServices(): Promise<Services> {
  const chain = await startChain();
  const logged = captureLog();
  const { operatorOmni, device } = await registerBinding(chain);
  const authority = await createAuthority(systemClock.nowMs(), randomBytes);
  const store = new FakeStore();
  const endpoint = await store.start();
  const brokerKey = await generateSigningKey();
  const reader = openChainReader(chain.config, { clock: systemClock });
  const domain = { chainId: chain.config.chainId, registry: chain.config.contracts.registry };
  const openDelegation = createDelegationOpener(domain, systemClock);
  const ledger = openFileLedger(":memory:");
  const broker = createBroker({
    chain: reader,
    clock: systemClock,
    key: brokerKey,
    log: logged.log,
    metrics: createMetrics("broker"),
    seen: new ReplayCache(systemClock),
    openDelegation,
    budgets: { ledger, openBudget: createBudgetOpener(domain), leaseMs: 120_000 },
    randomId: randomUUID,
    publicUrl: `https://agentkeys-broker.${SYSTEM}.svc:8091`,
    heartbeatMs: 15_000,
    chainPollMs: 500,
    recheckMs: 30_000,
    auditStore: null,
    auditClient: "",
  });
  const worker = createWorkerApp({
    audit: { record: () => undefined },
    log: logged.log,
    metrics: createMetrics("creds-worker"),
    capChain: {
      clock: systemClock,
      chain: reader,
      brokerKeys: { current: () => [brokerKey.publicJwk], refresh: () => Promise.resolve() },
      openDelegation,
      workerUrl: `https://agentkeys-creds-worker.${SYSTEM}.svc:9094`,
      seen: new ReplayCache(systemClock),
    },
    signer: new FakeSigner(),
    openVaults: createVaults({
      bucket: "credentials",
      client: { region: "us-east-1", forcePathStyle: true, endpoint, requestHandler: { httpAgent: store.agent }, maxAttempts: 1 },
    }),
    randomBytes,
  });
  const serve = async (app: typeof worker, service: string): Promise<Listening> => {
    const leaf = await issueLeaf({ authority, service, namespace: SYSTEM, nowMs: systemClock.nowMs(), random: randomBytes });
    return await listen(app, { port: 0, host: "127.0.0.1", tls: staticTls({ ...leaf, ca: authority.cert }) });
  };
  const [brokerAt, workerAt] = [await serve(broker.app, "broker"), await serve(worker, "creds-worker")];
  const install = (machine: TestMachine): void => {
    const { kubectl } = machine;
    const inCluster = { ...chain.config, rpcUrls: [`http://agentkeys-chain.${SYSTEM}.svc:8545`] };
    put(machine, "configmap", "agentkeys-chain", { data: { "chain.json": JSON.stringify(inCluster) } });
    put(machine, "configmap", "agentkeys-trust-bundle", { data: { "ca.crt": authority.cert } });
    put(machine, "secret", "agentkeys-wallet", { data: { privateKey: chain.walletKey.revealBytes().toString("base64") } });
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-chain:8545`, Number(new URL(chain.url).port));
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-broker:8091`, brokerAt.port);
    kubectl.ports.set(`${SYSTEM}/service/agentkeys-creds-worker:9094`, workerAt.port);
    const status = { actorOmni: actorOmni({ ...AGENT, operatorOmni }), operatorOmni, deviceKeyHash: device };
    const binding = {
      metadata: { namespace: "team-a", name: "research" },
      spec: { services: [{ name: "openai" }, { name: "github" }] },
      status: { ...status, conditions: [{ type: "Ready", status: "True", reason: "Ready" }] },
    };
    kubectl.put(BINDINGS, binding);
  };
  const stop = async (): Promise<void> => {
    broker.stop();
    await Promise.all([brokerAt.close(0), workerAt.close(0), store.stop()]);
    await ledger.close();
    reader.close();
    await chain.stop();
  };
  const actor = actorOmni({ ...AGENT, operatorOmni });
  return { chain, store, operatorOmni, actorOmni: actor, deviceKeyHash: device, log: logged.text, install, stop };
}

function put({ kubectl }: TestMachine, kind: string, name: string, of: object): void {
  kubectl.put(kind, { metadata: { namespace: SYSTEM, name }, ...of });
}

/** What the operator does for a new binding: its own device, then the agent's. */
async function registerBinding(chain: Services["chain"]): Promise<{ operatorOmni: Hex; device: Hex }> {
  const writer = openChainWriter(chain.config, chain.walletKey, captureLog().log);
  const { operatorOmni } = writer;
  await writer.registerMaster(deviceOf(Secret.of(randomBytes(32))).deviceKeyHash);
  const k10 = Secret.of(randomBytes(32));
  const { deviceKeyHash } = deviceOf(k10);
  const actor = actorOmni({ ...AGENT, operatorOmni });
  const pop = await popOf(k10, { deviceKeyHash, operatorOmni, actorOmni: actor });
  await writer.registerAgent({ deviceKeyHash, actorOmni: actor, actorPath: actorPath(AGENT), pop });
  writer.close();
  return { operatorOmni, device: deviceKeyHash };
}
