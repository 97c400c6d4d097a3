import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { JsonRpcProvider, Wallet } from "ethers";
import { fundWithAnvil, mined } from "@agentkeys/contracts/deploy";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import type { AgentKeysBinding } from "../src/api/types.ts";
import { openChainWriter, type ChainWriter, type ScopeEntry } from "../src/chain/index.ts";
import {
  Caches,
  DeviceKeys,
  deviceSecretName,
  MASTER_DEVICE_SECRET,
  reconcileBinding,
  type BindingContext,
} from "../src/controllers/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { startChain } from "./fakes/anvil.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aBinding, aService } from "./fakes/objects.ts";

const namespace = "agentkeys-system";
let chain: ChainWriter;
let local: Awaited<ReturnType<typeof startChain>>;
let names = 0;

beforeAll(async () => {
  local = await startChain();
  chain = openChainWriter(local.config, local.walletKey, captureLog().log);
  const keys = new DeviceKeys({ api: new FakeKubeApi(), namespace, newKey: () => randomBytes(32) });
  await chain.registerMaster((await keys.ensure(MASTER_DEVICE_SECRET, {})).deviceKeyHash);
}, 60_000);

afterAll(async () => {
  chain.close();
  await local.stop();
});

interface World {
  api: FakeKubeApi;
  context: BindingContext;
  clock: FakeClock;
  stored: Map<string, string>;
  events: string[];
  lists: { count: number };
  key: string;
  binding: () => AgentKeysBinding;
  actor: () => Hex;
  reason: (type: string) => string | undefined;
  reconcile: () => Promise<number | undefined>;
  edit: (patch: object) => Promise<void>;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The Secret is gone and no replica remembers it, as after a restart. */
async function loseSecret(it: World): Promise<void> {
  await it.context.keys.remove(deviceSecretName("team-a", it.binding().metadata.name));
}

async function world(spec: Parameters<typeof aBinding>[0] = {}): Promise<World> {
  const api = new FakeKubeApi();
  const clock = new FakeClock();
  const { log } = captureLog();
  const name = `agent-${++names}`;
  const key = `team-a/${name}`;
  await api.create(RESOURCES.services, aService());
  await api.create(RESOURCES.services, aService("github", { preset: "github" }));
  await api.create(RESOURCES.bindings, aBinding(spec, { name }));
  const caches = new Caches({ api, clock, log, random: () => 1 });
  void caches.run(new AbortController().signal);
  await settle();
  const stored = new Map<string, string>();
  const events: string[] = [];
  const lists = { count: 0 };
  const context: BindingContext = {
    api,
    caches,
    chain,
    clock,
    log,
    namespace,
    clusterName: "test",
    random: () => 1,
    listed: new Map(),
    seen: new Map(),
    awaitedMaster: { deviceKeyHash: null },
    keys: new DeviceKeys({ api, namespace, newKey: () => randomBytes(32) }),
    spend: { of: () => null },
    record: (_about, event) => void events.push(event.reason),
    vault: {
      store: ({ service, value }) => {
        stored.set(service, value.reveal());
        return Promise.resolve({ version: "v1" });
      },
      list: () => {
        lists.count += 1;
        return Promise.resolve(new Map([...stored.keys()].map((service) => [service, "v1"])));
      },
    },
  };
  const binding = (): AgentKeysBinding => {
    const found = caches.binding(key);
    if (found === undefined) throw new TypeError("the binding is gone");
    return found;
  };
  return {
    api,
    context,
    clock,
    stored,
    events,
    lists,
    key,
    binding,
    actor: () => binding().status?.actorOmni as Hex,
    reason: (type) => binding().status?.conditions?.find((condition) => condition.type === type)?.reason,
    reconcile: async () => {
      const delay = await reconcileBinding(context, key);
      await settle();
      return delay;
    },
    edit: async (patch) => {
      await api.merge(RESOURCES.bindings, { namespace: "team-a", name }, patch);
      await settle();
    },
  };
}

test("a chain that cannot be reached is said of a new binding, tried again, and changes nothing that is known of another", async () => {
  const it = await world({ services: [{ name: "openai" }] });
  const away = (): Promise<never> => Promise.reject(new AgentKeysError("chain_rpc_error"));
  const reached = it.context.chain;
  it.context.chain = { ...reached, device: away };
  await expect(it.reconcile()).rejects.toMatchObject({ code: "chain_rpc_error" });
  expect(it.reason("Ready")).toBe("ChainUnreachable");
  expect(it.events).toContain("ChainUnreachable");
  it.context.chain = reached;
  await it.reconcile();
  const known = it.binding().status;
  expect(it.reason("Ready")).not.toBe("ChainUnreachable");
  it.context.chain = { ...reached, device: away };
  await expect(it.reconcile()).rejects.toMatchObject({ code: "chain_rpc_error" });
  expect(it.binding().status).toEqual(known);
});

describe("reconciling a binding", () => {
  test("registers the device, grants the scope and says so; a second look writes nothing", async () => {
    const it = await world();
    await it.reconcile();
    expect(it.reason("DeviceRegistered")).toBe("Registered");
    expect(it.reason("ScopeInSync")).toBe("InSync");
    expect(it.reason("Ready")).toBe("CredentialMissing");
    expect(it.binding().status?.transactions?.map(({ action }) => action)).toEqual(["SetScope", "RegisterDevice"]);
    expect(await chain.scope(it.actor())).toMatchObject({ isSet: true, readOnly: true });
    const before = it.api.writes.length;
    const told = it.events.length;
    expect(await it.reconcile()).toBe(30_000);
    expect(it.api.writes).toHaveLength(before);
    expect(it.events).toHaveLength(told);
  });

  test("does not grant again what somebody else revoked on chain, until the binding changes or a resync is asked for", async () => {
    const it = await world();
    await it.reconcile();
    await chain.revokeScope(it.actor());
    await it.reconcile();
    expect(it.reason("ScopeInSync")).toBe("RevokedOnChain");
    await it.reconcile();
    expect((await chain.scope(it.actor())).isSet).toBe(false);
    await it.edit({ metadata: { annotations: { "agentkeys.io/resync": "1" } } });
    await it.reconcile();
    expect(it.reason("ScopeInSync")).toBe("InSync");
    await chain.revokeScope(it.actor());
    await it.edit({ spec: { services: [{ name: "openai" }, { name: "github" }] } });
    await it.reconcile();
    expect((await chain.scope(it.actor())).services).toHaveLength(2);
  });

  test("shows what was spent today and what is left, tells once that it is used up, and writes nothing while nothing changes", async () => {
    const it = await world({ services: [{ name: "openai", limits: { dailyUsd: "2.5" } }, { name: "github" }] });
    await it.reconcile();
    expect(it.reason("BudgetAvailable")).toBe("LedgerNotRead");
    const day = { day: "2026-11-25", spentNano: 500_000_000, debtNano: 250_000_000 };
    it.context.spend = { of: () => day };
    await it.reconcile();
    expect(it.binding().status).toMatchObject({ spentUsd: "0.50", leftUsd: "1.75" });
    expect(it.binding().status?.services).toMatchObject([
      { name: "openai", day: "2026-11-25", spentUsd: "0.50", leftUsd: "1.75" },
      { name: "github" },
    ]);
    expect(it.reason("BudgetAvailable")).toBe("WithinBudget");
    const writes = it.api.writes.length;
    await it.reconcile();
    expect(it.api.writes).toHaveLength(writes);
    for (const spentNano of [2_250_000_000, 9_000_000_000]) {
      it.context.spend = { of: () => ({ ...day, spentNano }) };
      await it.reconcile();
      expect([it.binding().status?.leftUsd, it.reason("BudgetAvailable")]).toEqual(["0.00", "BudgetUsedUp"]);
    }
    expect(it.events.filter((reason) => reason === "BudgetUsedUp")).toHaveLength(1);
    await it.edit({ spec: { services: [{ name: "openai" }] } });
    await it.reconcile();
    expect([it.binding().status?.spentUsd, it.reason("BudgetAvailable")]).toEqual([undefined, undefined]);
  });

  test("survives a restart between the transaction and the status without writing twice", async () => {
    const it = await world();
    const apply = it.api.apply.bind(it.api);
    it.api.apply = () => Promise.reject(new AgentKeysError("kube_api"));
    await expect(it.reconcile()).rejects.toThrow();
    it.api.apply = apply;
    it.context.keys = new DeviceKeys({ api: it.api, namespace, newKey: () => randomBytes(32) });
    await it.reconcile();
    expect(it.reason("ScopeInSync")).toBe("InSync");
    expect(it.binding().status?.transactions).toEqual([]);
  });

  test("takes a service away from the chain when its owner stops allowing it", async () => {
    const it = await world({ services: [{ name: "openai" }, { name: "github" }] });
    await it.reconcile();
    await it.api.merge(RESOURCES.services, { name: "github" }, { spec: { allowedNamespaces: null } });
    await settle();
    await it.reconcile();
    expect(it.reason("ServicesAccepted")).toBe("NamespaceNotAllowed");
    expect((await chain.scope(it.actor())).services).toHaveLength(1);
  });

  test("writes nothing to the chain in Observe", async () => {
    const it = await world({ scope: { management: "Observe" } });
    await it.reconcile();
    expect(it.reason("DeviceRegistered")).toBe("NotRegistered");
    expect(it.binding().status?.transactions).toEqual([]);
  });

  test("imports a credential once, again when it changed, and never shows it", async () => {
    const it = await world({ services: [{ name: "openai", credentialFrom: { secretRef: { name: "openai-key", key: "key" } } }] });
    await it.reconcile();
    expect(it.reason("CredentialsPresent")).toBe("SecretNotFound");
    const data = (text: string): object => ({ data: { key: Buffer.from(text).toString("base64") } });
    const metadata = { namespace: "team-a", name: "openai-key" };
    await it.api.create(RESOURCES.secrets, { apiVersion: "v1", kind: "Secret", metadata, ...data("sk-first\n") });
    await it.reconcile();
    expect(it.stored.get("openai")).toBe("sk-first");
    expect(it.reason("Ready")).toBe("Ready");
    it.stored.set("openai", "changed by the CLI");
    await it.reconcile();
    expect(it.stored.get("openai")).toBe("changed by the CLI");
    await it.api.merge(RESOURCES.secrets, metadata, data("sk-second"));
    await it.reconcile();
    expect(it.stored.get("openai")).toBe("sk-second");
    expect(JSON.stringify(it.binding())).not.toContain("sk-");
  });

  test("stores a referenced credential again when the vault has lost it, and asks the vault no more often than it must", async () => {
    const it = await world({ services: [{ name: "openai", credentialFrom: { secretRef: { name: "key", key: "key" } } }] });
    const data = { key: Buffer.from("sk-one").toString("base64") };
    await it.api.create(RESOURCES.secrets, { apiVersion: "v1", kind: "Secret", metadata: { namespace: "team-a", name: "key" }, data });
    expect(await it.reconcile()).toBe(60_000);
    expect(it.lists.count).toBe(1);
    await it.reconcile();
    expect(it.lists.count).toBe(1);
    it.stored.clear();
    it.clock.advance(120_000);
    await it.reconcile();
    expect(it.stored.get("openai")).toBe("sk-one");
    expect(it.reason("Ready")).toBe("Ready");
    expect(it.events.filter((reason) => reason === "CredentialImported")).toHaveLength(2);
  });

  test("stores a service's shared credential for the binding, and again when the vault has lost it", async () => {
    const it = await world();
    const shared = { credentialFrom: { secretRef: { name: "shared", key: "key" } } };
    await it.api.merge(RESOURCES.services, { name: "openai" }, { spec: shared });
    const data = { key: Buffer.from("sk-shared").toString("base64") };
    await it.api.create(RESOURCES.secrets, { apiVersion: "v1", kind: "Secret", metadata: { namespace, name: "shared" }, data });
    await settle();
    await it.reconcile();
    it.stored.clear();
    it.clock.advance(120_000);
    await it.reconcile();
    expect(it.stored.get("openai")).toBe("sk-shared");
  });

  test("looks again soon while a credential is missing, and rarely once all is well", async () => {
    const it = await world();
    expect(await it.reconcile()).toBe(30_000);
    it.stored.set("openai", "put by hand");
    expect(await it.reconcile()).toBe(600_000);
    expect(it.reason("Ready")).toBe("Ready");
  });

  test("revokes scope and device when it is deleted, and its key with them", async () => {
    const it = await world();
    await it.reconcile();
    const actor = it.actor();
    const device = it.binding().status?.deviceKeyHash as Hex;
    const { name } = it.binding().metadata;
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    await it.reconcile();
    expect((await chain.scope(actor)).isSet).toBe(false);
    expect((await chain.device(device))?.revoked).toBe(true);
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
    expect(await it.api.get(RESOURCES.secrets, { namespace, name: deviceSecretName("team-a", name) })).toBeNull();
  });

  test("revokes a device whose Secret was lost, by the hash in the status", async () => {
    const it = await world();
    await it.reconcile();
    const device = it.binding().status?.deviceKeyHash as Hex;
    await loseSecret(it);
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name: it.binding().metadata.name });
    await settle();
    await it.reconcile();
    expect((await chain.device(device))?.revoked).toBe(true);
  });

  test("revokes no other agent's device, whatever its status was made to say", async () => {
    const [victim, it] = [await world(), await world()];
    await victim.reconcile();
    await it.reconcile();
    const device = victim.binding().status?.deviceKeyHash as Hex;
    await loseSecret(it);
    await it.edit({ status: { deviceKeyHash: device } });
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name: it.binding().metadata.name });
    await settle();
    await it.reconcile();
    expect((await chain.device(device))?.revoked).toBe(false);
  });

  test("keeps chain and key when it is deleted with Retain", async () => {
    const it = await world({ deletionPolicy: "Retain" });
    await it.reconcile();
    const actor = it.actor();
    const { name } = it.binding().metadata;
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    await it.reconcile();
    expect((await chain.scope(actor)).isSet).toBe(true);
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
  });

  test("waits for an unreachable chain when deleted, and gives up after the stated time saying so", async () => {
    const it = await world();
    await it.reconcile();
    const { name } = it.binding().metadata;
    const down = (): Promise<never> => Promise.reject(new AgentKeysError("chain_rpc_error"));
    it.context.chain = { ...chain, scope: down };
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    await expect(it.reconcile()).rejects.toThrow();
    it.clock.advance(11 * 60_000);
    await it.reconcile();
    expect(it.events).toContain("RevocationGivenUp");
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
  });

  test("has a column for every service and the agent's name, given or not", async () => {
    const it = await world({ services: [{ name: "openai" }, { name: "github" }] });
    await it.reconcile();
    expect(it.binding().status).toMatchObject({ agent: it.binding().metadata.name, serviceNames: "openai,github" });
    const named = await world({ agent: "Research Agent" });
    await named.reconcile();
    expect(named.binding().status).toMatchObject({ agent: "Research Agent", serviceNames: "openai" });
  });

  test("lets the older of two bindings of one agent own it", async () => {
    const it = await world();
    await it.reconcile();
    const rival = aBinding({ agent: it.binding().metadata.name }, { name: "rival", creationTimestamp: "2026-06-01T00:00:00Z" });
    await it.api.create(RESOURCES.bindings, rival);
    await settle();
    await reconcileBinding(it.context, "team-a/rival");
    await settle();
    const { agent, conditions } = it.context.caches.binding("team-a/rival")?.status ?? {};
    expect([agent, conditions?.[0]?.reason]).toEqual([it.binding().metadata.name, "AgentTaken"]);
    await it.reconcile();
    expect(it.reason("ScopeInSync")).toBe("InSync");
  });
});

describe("a binding that proposes", () => {
  /** The master wallet's owner signs what the status holds, as it is. */
  async function sign(it: World): Promise<void> {
    const provider = new JsonRpcProvider(local.url, 31337, {
      staticNetwork: true,
      batchMaxCount: 1,
      cacheTimeout: -1,
      pollingInterval: 20,
    });
    const wallet = new Wallet(keyHex(local.walletKey), provider);
    for (const { to, data } of it.binding().status?.proposals ?? []) await mined(await wallet.sendTransaction({ to, data }));
    provider.destroy();
  }
  const actions = (it: World): string[] => (it.binding().status?.proposals ?? []).map(({ action }) => action);
  const propose = { scope: { management: "Propose" as const } };

  test("puts device and scope to sign into the status, says so, and is in force once they are signed", async () => {
    const it = await world({ ...propose, services: [{ name: "openai" }, { name: "github" }] });
    await it.reconcile();
    const { name } = it.binding().metadata;
    const { deviceKeyHash, proposals } = it.binding().status ?? {};
    expect(proposals?.map(({ words }) => words)).toEqual([
      `register device ${deviceKeyHash ?? ""} of agent team-a/${name}`,
      `let agent team-a/${name} use exactly openai, github (read-only)`,
    ]);
    expect([it.reason("DeviceRegistered"), it.reason("ScopeInSync"), it.reason("Ready")]).toEqual(Array(3).fill("ProposalPending"));
    expect(it.binding().status?.conditions?.find(({ type }) => type === "Ready")?.message).toContain(`agentkeys apply team-a/${name}`);
    expect(await chain.device(deviceKeyHash as Hex)).toBeNull();
    const before = it.api.writes.length;
    await it.reconcile();
    expect(it.api.writes).toHaveLength(before);
    await sign(it);
    it.context.seen.set(it.key, [{ hash: "0xabc", block: 7, action: "SetScope" }]);
    await it.reconcile();
    expect([it.reason("DeviceRegistered"), it.reason("ScopeInSync")]).toEqual(["Registered", "InSync"]);
    expect(it.binding().status).not.toHaveProperty("proposals");
    expect(it.binding().status?.transactions).toEqual([{ hash: "0xabc", block: 7, action: "SetScope" }]);
    expect(it.events.filter((reason) => reason === "ProposalApplied")).toHaveLength(2);
    expect(it.events).toContain("ProposalPending");
  });

  test("proposes again what somebody took away on chain, and what the binding came to want", async () => {
    const it = await world(propose);
    await it.reconcile();
    await sign(it);
    await it.reconcile();
    await chain.revokeScope(it.actor());
    await it.reconcile();
    expect(actions(it)).toEqual(["SetScope"]);
    expect((await chain.scope(it.actor())).isSet).toBe(false);
    const first = it.binding().status?.proposals?.[0]?.id;
    await it.edit({ spec: { services: [{ name: "github" }] } });
    await it.reconcile();
    expect(it.binding().status?.proposals?.[0]?.id).not.toBe(first);
    await it.api.merge(RESOURCES.services, { name: "github" }, { spec: { allowedNamespaces: null } });
    await settle();
    await it.reconcile();
    expect(it.binding().status).not.toHaveProperty("proposals");
    expect(it.events.filter((reason) => reason === "ProposalApplied")).toHaveLength(2);
  });

  test("takes over from Sync without a transaction, and gives back", async () => {
    const it = await world();
    await it.reconcile();
    const known = it.binding().status?.transactions;
    await it.edit({ spec: propose });
    await it.reconcile();
    expect([actions(it), it.reason("ScopeInSync")]).toEqual([[], "InSync"]);
    await it.edit({ spec: { readOnly: false } });
    await it.reconcile();
    expect(actions(it)).toEqual(["SetScope"]);
    expect(it.binding().status?.transactions).toEqual(known);
    await it.edit({ spec: { scope: { management: "Sync" } } });
    await it.reconcile();
    expect([actions(it), it.reason("ScopeInSync")]).toEqual([[], "InSync"]);
    expect(await chain.scope(it.actor())).toMatchObject({ readOnly: false });
  });

  test("of an operator without a wallet needs none: its own device is proposed first, and Sync proposes too", async () => {
    const it = await world();
    const stranger = new Wallet(`0x${"5".repeat(64)}`);
    const reading = openChainWriter(local.config, { address: stranger.address }, captureLog().log);
    const master = `0x${"6".repeat(64)}` as const;
    Object.assign(it.context, { chain: reading, awaitedMaster: { deviceKeyHash: master } });
    await it.reconcile();
    expect(actions(it)).toEqual(["RegisterMaster", "RegisterDevice", "SetScope"]);
    expect(it.binding().status?.proposals?.[0]?.words).toContain(`register device ${master} as a master device`);
    await expect(reading.registerMaster(master)).rejects.toMatchObject({ code: "chain_rpc_error" });
    await fundWithAnvil(local.url, stranger.address);
    const own = openChainWriter(local.config, Secret.of(Buffer.alloc(32, 0x55)), captureLog().log);
    await own.registerMaster(master);
    own.close();
    await it.reconcile();
    expect(actions(it)).toEqual(["RegisterDevice", "SetScope"]);
    reading.close();
  });

  test("waits with its deletion for the signed revocation, and goes once the chain shows it", async () => {
    const it = await world(propose);
    await it.reconcile();
    await sign(it);
    await it.reconcile();
    const { name } = it.binding().metadata;
    const [actor, device] = [it.actor(), it.binding().status?.deviceKeyHash as Hex];
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    expect(await it.reconcile()).toBe(30_000);
    expect(actions(it)).toEqual(["RevokeScope", "RevokeDevice"]);
    expect([it.reason("Ready"), it.reason("ScopeInSync")]).toEqual(["ProposalPending", "ProposalPending"]);
    await sign(it);
    expect(await it.reconcile()).toBeUndefined();
    expect((await chain.scope(actor)).isSet).toBe(false);
    expect((await chain.device(device))?.revoked).toBe(true);
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
    expect(await it.api.get(RESOURCES.secrets, { namespace, name: deviceSecretName("team-a", name) })).toBeNull();
  });

  test("goes at once when it is deleted and nothing of it was ever signed", async () => {
    const it = await world(propose);
    await it.reconcile();
    const { name } = it.binding().metadata;
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    await it.reconcile();
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
  });

  test.each([
    ["nobody signs", false],
    ["the chain cannot be read", true],
  ])("gives its deletion up after an hour in which %s, and its key is gone", async (_what, isDown) => {
    const it = await world(propose);
    await it.reconcile();
    await sign(it);
    await it.reconcile();
    const { name } = it.binding().metadata;
    await it.api.remove(RESOURCES.bindings, { namespace: "team-a", name });
    await settle();
    if (isDown) it.context.chain = { ...chain, scope: () => Promise.reject(new AgentKeysError("chain_rpc_error")) };
    if (isDown) await expect(it.reconcile()).rejects.toThrow();
    else await it.reconcile();
    it.clock.advance(61 * 60_000);
    await it.reconcile();
    expect(it.events).toContain("RevocationGivenUp");
    expect(await it.api.get(RESOURCES.bindings, { namespace: "team-a", name })).toBeNull();
    expect(await it.api.get(RESOURCES.secrets, { namespace, name: deviceSecretName("team-a", name) })).toBeNull();
  });
});

test("devices of different bindings never share a Secret, and writes asked for together share a transaction", async () => {
  expect(deviceSecretName("team-a", "b")).not.toBe(deviceSecretName("team", "a-b"));
  expect(deviceSecretName("n".repeat(63), "b".repeat(253)).length).toBeLessThanOrEqual(253);
  const entries: ScopeEntry[] = [1, 2, 3].map((digit) => ({ actorOmni: `0x${String(digit).repeat(64)}`, services: [], readOnly: false }));
  const sent = await Promise.all(entries.map((entry) => chain.setScope(entry)));
  expect(new Set(sent.map(({ hash }) => hash)).size).toBe(1);
});
