import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts, mined } from "@agentkeys/contracts/deploy";
import { openChainReader, type CapFacts, type ChainConfig, type ChainReader } from "@agentkeys/common/chain";
import { operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { FakeClock } from "@agentkeys/common/testing";
import { Contract, Wallet, type InterfaceAbi } from "ethers";
import { startAnvil, type Anvil } from "./anvil.ts";

/** With one slot an epoch, anvil's `safe` is one block behind `latest` and `finalized` two. */
const ONE_SLOT = ["--slots-in-an-epoch", "1"];
const master = new Wallet(`0x${"42".repeat(32)}`);
const operator = operatorOmni(master.address);
const device = `0x${"01".repeat(32)}` as const;
const question = { deviceKeyHash: device, operatorOmni: operator, actorOmni: operator, serviceHash: serviceHash("openai") };
let first: Anvil;
let second: Anvil;
let config: ChainConfig;
const readers: ChainReader[] = [];

beforeAll(async () => {
  first = await startAnvil({ args: ONE_SLOT, wallets: [master] });
  second = await startAnvil({ args: ONE_SLOT });
  config = await deployContracts({ wallet: master.connect(first.provider), profile: "anvil", rpcUrls: [first.url] });
  // The contracts themselves must be final before anything can be read at the tag.
  await first.provider.send("anvil_mine", ["0x2"]);
}, 60_000);

afterEach(() => readers.splice(0).forEach((reader) => reader.close()));

afterAll(async () => {
  await first.stop();
  await second.stop();
});

async function now(): Promise<number> {
  return (await first.provider.getBlock("latest"))?.timestamp ?? 0;
}

async function open(change: Partial<ChainConfig>, clock?: FakeClock): Promise<ChainReader> {
  const reader = openChainReader({ ...config, ...change }, { clock: clock ?? new FakeClock(await now()), timeoutMs: 1000 });
  readers.push(reader);
  return reader;
}

async function send(to: string, abi: InterfaceAbi, name: string, ...args: unknown[]): Promise<void> {
  await mined(await new Contract(to, abi, master.connect(first.provider)).getFunction(name).send(...args));
}

const grant = (): Promise<void> =>
  send(config.contracts.scope, AgentKeysScope.abi, "setScope", operator, operator, [question.serviceHash], false);
const revoke = (): Promise<void> => send(config.contracts.scope, AgentKeysScope.abi, "revokeScope", operator, operator);
const mine = (): Promise<unknown> => first.provider.send("anvil_mine", ["0x1"]);

/** Gives the second node everything the first has now; from then on each goes its way. */
async function copyToSecond(): Promise<void> {
  await second.provider.send("anvil_loadState", [await first.provider.send("anvil_dumpState", [])]);
}

test("a device and a grant count once they are final, a revocation at once", async () => {
  const [latest, safe, finalized] = [await open({}), await open({ finality: "safe" }), await open({ finality: "finalized" })];
  const facts = (): Promise<CapFacts[]> => Promise.all([latest, safe, finalized].map((reader) => reader.capFacts(question)));
  const isRegistered = async (): Promise<boolean[]> => (await facts()).map((each) => each.device !== null);
  const isInScope = async (): Promise<boolean[]> => (await facts()).map(({ inScope }) => inScope);

  await send(config.contracts.registry, SidecarRegistry.abi, "registerMasterDevice", device, operator, operator, 7, "0x");
  expect(await isRegistered()).toEqual([true, false, false]);
  await mine();
  expect(await isRegistered()).toEqual([true, true, false]);
  await mine();
  expect(await isRegistered()).toEqual([true, true, true]);

  await grant();
  expect(await isInScope()).toEqual([true, false, false]);
  await mine();
  expect(await isInScope()).toEqual([true, true, false]);
  await mine();
  expect(await isInScope()).toEqual([true, true, true]);

  await revoke();
  expect(await isInScope()).toEqual([false, false, false]);
});

test("the head that the lens tells is the chain's own", async () => {
  expect(await (await open({})).blockNumber()).toBe(await first.provider.getBlockNumber());
});

test("a chain that no longer mines grows too old, and counts again when it does", async () => {
  const clock = new FakeClock(await now());
  const reader = await open({ maxAgeSeconds: 60 }, clock);
  await reader.capFacts(question);
  clock.advance(61_000);
  await expect(reader.capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
  await first.provider.send("evm_increaseTime", [61]);
  await mine();
  expect(await reader.capFacts(question)).toMatchObject({ k3Epoch: 1 });
});

test("two nodes agree until one of them lags behind a revocation", async () => {
  await grant();
  await copyToSecond();
  const reader = await open({ rpcUrls: [first.url, second.url], quorum: 2 });
  expect(await reader.capFacts(question)).toMatchObject({ inScope: true });
  await revoke();
  await expect(reader.capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
  await copyToSecond();
  expect(await reader.capFacts(question)).toMatchObject({ inScope: false });
});

test("a node that hangs is passed over, unless the quorum needs it", async () => {
  await copyToSecond();
  const rpcUrls = [first.url, second.url];
  const [one, both] = [await open({ rpcUrls }), await open({ rpcUrls, quorum: 2 })];
  first.hang();
  try {
    expect(await one.capFacts(question)).toMatchObject({ inScope: false });
    await expect(both.capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
  } finally {
    first.resume();
  }
  expect(await both.capFacts(question)).toMatchObject({ inScope: false });
});
