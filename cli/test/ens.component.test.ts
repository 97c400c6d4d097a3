import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { Contract, ContractFactory, id, JsonRpcProvider, namehash, Wallet, ZeroAddress, ZeroHash } from "ethers";
import { systemClock } from "@agentkeys/common/clock";
import { deviceOf } from "@agentkeys/common/delegation";
import { keyHex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { mined } from "@agentkeys/contracts/deploy";
import { openChainWriter } from "../../operator/src/chain/index.ts";
import { startChain } from "../../operator/test/fakes/anvil.ts";
import { ensNameOf } from "../src/chain/ens.ts";
import { openChainView } from "../src/chain/view.ts";
import { TestMachine } from "./fakes/machine.ts";
import { startRpc } from "./fakes/rpc.ts";

const code = JSON.parse(readFileSync(new URL("fixtures/ens.json", import.meta.url), "utf8")) as { registry: string; resolver: string };
const REGISTRY = [
  "constructor(address old)",
  "function setSubnodeOwner(bytes32 node, bytes32 label, address owner)",
  "function setResolver(bytes32 node, address resolver)",
];
const RESOLVER = ["function setName(bytes32 node, string name)", "function setAddr(bytes32 node, address addr)"];

let local: Awaited<ReturnType<typeof startChain>>;
let provider: JsonRpcProvider;
let wallet: Wallet;
let registry: Contract;
let resolver: Contract;
let registryAddress: string;
let people = 0;

beforeAll(async () => {
  local = await startChain();
  provider = new JsonRpcProvider(local.url, 31337, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
  wallet = new Wallet(keyHex(local.walletKey), provider);
  const deploy = async (abi: string[], bytecode: string, ...args: unknown[]): Promise<string> => {
    const contract = await new ContractFactory(abi, bytecode, wallet).deploy(...args);
    const sent = contract.deploymentTransaction();
    if (sent === null) throw new TypeError("nothing was deployed");
    await mined(sent);
    return await contract.getAddress();
  };
  registryAddress = await deploy(REGISTRY, code.registry, ZeroAddress);
  registry = new Contract(registryAddress, REGISTRY, wallet);
  resolver = new Contract(await deploy([], code.resolver), RESOLVER, wallet);
}, 60_000);
afterAll(async () => {
  provider.destroy();
  await local.stop();
});

async function send(contract: Contract, name: string, ...args: unknown[]): Promise<void> {
  await mined(await contract.getFunction(name).send(...args));
}

/** Makes the node of a name, up to its parents, with our resolver. */
async function own(name: string, at: string | Contract = resolver): Promise<void> {
  const labels = name.split(".");
  for (let from = labels.length - 1; from >= 0; from -= 1) {
    const parent = labels.slice(from + 1).join(".");
    await send(registry, "setSubnodeOwner", parent === "" ? ZeroHash : namehash(parent), id(labels[from] ?? ""), wallet.address);
  }
  await send(registry, "setResolver", namehash(name), typeof at === "string" ? at : await at.getAddress());
}

async function call(address: string, itself: string): Promise<void> {
  const reverse = `${address.slice(2).toLowerCase()}.addr.reverse`;
  await own(reverse);
  await send(resolver, "setName", namehash(reverse), itself);
}
async function point(name: string, address: string): Promise<void> {
  await own(name);
  await send(resolver, "setAddr(bytes32,address)", namehash(name), address);
}
const nameOf = (address: string, at = registryAddress): Promise<string | null> =>
  ensNameOf({ provider, registry: at, address, clock: systemClock });

let person: string;
beforeEach(() => {
  person = new Wallet(`0x${String(++people).padStart(64, "7")}`).address;
});

test("an address has the name that it calls itself and that points back at it", async () => {
  await call(person, "treasury.acme.eth");
  await point("treasury.acme.eth", person);
  expect(await nameOf(person)).toBe("treasury.acme.eth");
});

test("a name that does not point back, or at somebody else, is a lie and no name", async () => {
  await call(person, "vitalik.eth");
  expect(await nameOf(person)).toBeNull();
  await point("vitalik.eth", wallet.address);
  expect(await nameOf(person)).toBeNull();
});

test.each(["Treasury.acme.eth", "treasury\u0000.acme.eth", "", "a".repeat(300)])(
  "%j is not written as names are and is none",
  async (name) => {
    await call(person, name);
    expect(await nameOf(person)).toBeNull();
  },
);

test("without a record, a resolver, or a registry there is no name and no fault", async () => {
  expect(await nameOf(person)).toBeNull();
  await own(`${person.slice(2).toLowerCase()}.addr.reverse`, local.config.contracts.registry);
  expect(await nameOf(person)).toBeNull();
  await own(`${person.slice(2).toLowerCase()}.addr.reverse`, `0x${"d".repeat(40)}`);
  expect(await nameOf(person)).toBeNull();
  expect(await nameOf(person, `0x${"e".repeat(40)}`)).toBeNull();
});

test("an ENS that does not answer holds nothing up", async () => {
  const rpc = await startRpc(() => new Promise(() => undefined));
  const silent = new JsonRpcProvider(rpc.url, 31337, { staticNetwork: true });
  const clock = new FakeClock();
  const asked = ensNameOf({ provider: silent, registry: registryAddress, address: person, clock });
  clock.advance(5000);
  expect(await asked).toBeNull();
  silent.destroy();
  await rpc.close();
});

test("status shows the wallet with its name and link; a broken ENS only leaves the name out", async () => {
  const writer = openChainWriter(local.config, local.walletKey, captureLog().log);
  await writer.registerMaster(deviceOf(Secret.of(Buffer.alloc(32, 3))).deviceKeyHash);
  const { operatorOmni } = writer;
  writer.close();
  await call(wallet.address, "acme.eth");
  await point("acme.eth", wallet.address);
  const shown = async (ens: string): Promise<Record<string, unknown>> => {
    const machine = new TestMachine();
    const chain = { ...local.config, profile: "lab", explorerAddressUrl: "https://scan.example/address/{address}", ens: { registry: ens } };
    machine.kubectl.put("configmap", {
      metadata: { namespace: "agentkeys-system", name: "agentkeys-chain" },
      data: { "chain.json": JSON.stringify(chain) },
    } as never);
    machine.kubectl.put("agentkeysbindings.agentkeys.io", {
      metadata: { namespace: "team-a", name: "research" },
      status: { operatorOmni },
    } as never);
    const outcome = await machine.run(["status", "--json"]);
    expect(outcome.code).toBe(0);
    return (outcome.json() as { installation: Record<string, unknown> }).installation;
  };
  const link = `https://scan.example/address/${wallet.address}`;
  expect(await shown(registryAddress)).toMatchObject({ wallet: wallet.address, walletName: "acme.eth", walletLink: link });
  const broken = await shown(local.config.contracts.scope);
  expect(broken).toMatchObject({ wallet: wallet.address, walletLink: link });
  expect(broken).not.toHaveProperty("walletName");
});

test("a chain without ENS names nobody", async () => {
  const view = openChainView(local.config);
  expect(await view.nameOf(wallet.address, systemClock)).toBeNull();
  view.close();
});
