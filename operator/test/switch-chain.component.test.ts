import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { Wallet } from "ethers";
import { deployContracts } from "@agentkeys/contracts/deploy";
import { openChainReader, type ChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { createDelegationOpener, signDelegation, thumbprintToHex } from "@agentkeys/common/delegation";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { generateSigningKey, thumbprint } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { startAnvil, type Anvil } from "../../contracts/test/anvil.ts";
import { openChainWriter, type ChainWriter } from "../src/chain/index.ts";
import {
  Caches,
  DeviceKeys,
  deviceSecretName,
  MASTER_DEVICE_SECRET,
  reconcileBinding,
  type BindingContext,
} from "../src/controllers/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aBinding, aService } from "./fakes/objects.ts";

const namespace = "agentkeys-system";
const walletKey = Secret.of(Buffer.alloc(32, 9));
const KEY = "team-a/agent-1";
let anvils: Anvil[];
let before: ChainConfig;
let after: ChainConfig;
let keys: DeviceKeys;
const writers: ChainWriter[] = [];

beforeAll(async () => {
  const wallet = new Wallet(`0x${"09".repeat(32)}`);
  anvils = [await startAnvil({ wallets: [wallet] }), await startAnvil({ wallets: [wallet], chainId: 4242 })];
  const [old, next] = anvils as [Anvil, Anvil];
  // The same wallet deploys on both: the addresses are the same, only the chain is another.
  before = await deployContracts({ wallet: wallet.connect(old.provider), profile: "anvil", rpcUrls: [old.url] });
  after = await deployContracts({ wallet: wallet.connect(next.provider), profile: "next", rpcUrls: [next.url] });
}, 60_000);
afterAll(async () => {
  for (const writer of writers) writer.close();
  for (const anvil of anvils) await anvil.stop();
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** An operator as it starts with a chain file: its master device registered, nothing remembered. */
async function operatorOn(
  config: ChainConfig,
  api: FakeKubeApi,
): Promise<{ chain: ChainWriter; reconcile: (key?: string) => Promise<string | undefined> }> {
  const { log } = captureLog();
  const clock = new FakeClock();
  const chain = openChainWriter(config, walletKey, log);
  writers.push(chain);
  const master = await keys.ensure(MASTER_DEVICE_SECRET, {});
  if ((await chain.device(master.deviceKeyHash)) === null) await chain.registerMaster(master.deviceKeyHash);
  const caches = new Caches({ api, clock, log, random: () => 1 });
  void caches.run(new AbortController().signal);
  await settle();
  const context: BindingContext = {
    ...{ api, caches, chain, clock, log, namespace, keys, clusterName: "test", random: () => 1 },
    listed: new Map(),
    seen: new Map(),
    awaitedMaster: { deviceKeyHash: null },
    spend: { of: () => null },
    record: () => undefined,
    vault: { store: () => Promise.resolve({ version: "v1" }), list: () => Promise.resolve(new Map([["openai", "v1"]])) },
  };
  return {
    chain,
    reconcile: async (key = KEY) => {
      await reconcileBinding(context, key);
      await settle();
      return caches.binding(key)?.status?.conditions?.find(({ type }) => type === "Ready")?.reason;
    },
  };
}

test("a deployment moves to another chain: bindings register anew, and what is of the old chain is refused", async () => {
  const api = new FakeKubeApi();
  keys = new DeviceKeys({ api, namespace, newKey: () => randomBytes(32) });
  await api.create(RESOURCES.services, aService());
  await api.create(RESOURCES.bindings, aBinding({}, { name: "agent-1" }));
  const old = await operatorOn(before, api);
  expect(await old.reconcile()).toBe("Ready");

  const found = await api.get(RESOURCES.bindings, { namespace: "team-a", name: "agent-1" });
  const { status } = found as unknown as { status: { actorOmni: Hex } };
  const { deviceKeyHash, privateKey } = await keys.ensure(deviceSecretName("team-a", "agent-1"), {});
  const question = { deviceKeyHash, operatorOmni: old.chain.operatorOmni, actorOmni: status.actorOmni, serviceHash: serviceHash("openai") };
  const reader = openChainReader(after, { clock: systemClock });
  expect(await reader.capFacts(question)).toMatchObject({ device: null, inScope: false });

  const now = systemClock.nowSeconds();
  const token = await signDelegation(privateKey, old.chain.domain, {
    deviceKeyHash,
    operatorOmni: old.chain.operatorOmni,
    actorOmni: status.actorOmni,
    sessionThumbprint: thumbprintToHex(thumbprint((await generateSigningKey()).publicJwk)),
    services: [serviceHash("openai")],
    readOnly: false,
    ...{ namespace: "team-a", serviceAccount: "default", pod: "agent", podUid: "uid" },
    issuedAt: now,
    expiresAt: now + 900,
  });
  const domainOf = ({ chainId, contracts }: ChainConfig): { chainId: number; registry: string } => ({
    chainId,
    registry: contracts.registry,
  });
  expect(domainOf(after).registry).toBe(domainOf(before).registry);
  expect(createDelegationOpener(domainOf(before), systemClock)(token)).toMatchObject({ deviceKeyHash });
  expect(() => createDelegationOpener(domainOf(after), systemClock)(token)).toThrow(expect.objectContaining({ code: "unauthorized" }));

  // What tells a registration from an earlier one is its time: a deployment does not move within a second.
  await anvils[1]?.provider.send("evm_increaseTime", [60]);
  const next = await operatorOn(after, api);
  expect(await next.reconcile()).toBe("Ready");
  expect(await reader.capFacts(question)).toMatchObject({ device: { revoked: false }, inScope: true });
  expect(next.chain.domain).toEqual(domainOf(after));
  reader.close();
});

test("what was taken away on the old chain is not brought to the new one: neither a revoked scope nor a revoked device", async () => {
  const api = new FakeKubeApi();
  keys = new DeviceKeys({ api, namespace, newKey: () => randomBytes(32) });
  await api.create(RESOURCES.services, aService());
  for (const name of ["no-scope", "no-device"]) await api.create(RESOURCES.bindings, aBinding({}, { name }));
  const old = await operatorOn(before, api);
  const statusOf = async (name: string): Promise<{ actorOmni: Hex; deviceKeyHash: Hex }> =>
    ((await api.get(RESOURCES.bindings, { namespace: "team-a", name })) as unknown as { status: { actorOmni: Hex; deviceKeyHash: Hex } })
      .status;
  for (const name of ["no-scope", "no-device"]) expect(await old.reconcile(`team-a/${name}`)).toBe("Ready");
  const [scoped, lost] = [await statusOf("no-scope"), await statusOf("no-device")];
  await old.chain.revokeScope(scoped.actorOmni);
  await old.chain.revokeDevice(lost.deviceKeyHash);
  expect(await old.reconcile("team-a/no-scope")).toBe("RevokedOnChain");
  expect(await old.reconcile("team-a/no-device")).toBe("DeviceRevoked");

  await anvils[1]?.provider.send("evm_increaseTime", [60]);
  const next = await operatorOn(after, api);
  expect(await next.reconcile("team-a/no-scope")).toBe("RevokedOnChain");
  expect(await next.reconcile("team-a/no-scope")).toBe("RevokedOnChain");
  expect(await next.reconcile("team-a/no-device")).toBe("DeviceRevoked");
  expect(await next.reconcile("team-a/no-device")).toBe("DeviceRevoked");
  expect(await next.chain.scope(scoped.actorOmni)).toMatchObject({ isSet: false });
  expect(await next.chain.device(lost.deviceKeyHash)).toBeNull();
});
