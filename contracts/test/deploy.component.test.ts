import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { AgentKeysScope, K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts, mined } from "@agentkeys/contracts/deploy";
import { openChainReader, parseChainConfig, type ChainConfig, type ChainReader } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { actorOmni, actorPath, agentPopPayload, deviceKeyHash, operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import type { JsonRpcProvider } from "ethers";
import { AbiCoder, Contract, getBytes, Interface, NonceManager, Wallet, type InterfaceAbi } from "ethers";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { startAnvil, type Anvil } from "./anvil.ts";

const master = new Wallet(`0x${"42".repeat(32)}`);
const k10 = new Wallet(`0x${"11".repeat(32)}`);
let anvil: Anvil;
let provider: JsonRpcProvider;
let config: ChainConfig;
let reader: ChainReader;

beforeAll(async () => {
  anvil = await startAnvil({ wallets: [master] });
  ({ provider } = anvil);
  const deployed = await deployContracts({ wallet: master.connect(provider), profile: "anvil", rpcUrls: [anvil.url] });
  config = parseChainConfig(JSON.stringify(deployed));
  expect(config).toEqual({ ...deployed, finality: "latest" });
  reader = openChainReader(config, { clock: systemClock });
}, 60_000);

afterAll(async () => {
  reader.close();
  await anvil.stop();
});

test("a grant and a revocation on a real chain are what the reader answers", async () => {
  const operator = operatorOmni(master.address);
  const name = { clusterName: "c", namespace: "team", agent: "agent" };
  const actor = actorOmni({ operatorOmni: operator, ...name });
  const dkh = deviceKeyHash(k10.address);
  const question = { deviceKeyHash: dkh, operatorOmni: operator, actorOmni: actor, serviceHash: serviceHash("openai") };
  expect(await reader.capFacts(question)).toMatchObject({ device: null, inScope: false, k3Epoch: 1 });

  const signer = new NonceManager(master.connect(provider));
  const registry = new Contract(config.contracts.registry, SidecarRegistry.abi, signer);
  const scope = new Contract(config.contracts.scope, AgentKeysScope.abi, signer);
  const send = async (contract: Contract, name: string, ...args: unknown[]): Promise<void> => {
    await mined(await contract.getFunction(name).send(...args));
  };
  const from = (await reader.blockNumber()) + 1;
  await send(registry, "registerMasterDevice", `0x${"01".repeat(32)}`, operator, operator, 7, "0x");
  const pop = await k10.signMessage(getBytes(agentPopPayload({ deviceKeyHash: dkh, operatorOmni: operator, actorOmni: actor })));
  await send(
    registry,
    "registerAgentDevice",
    dkh,
    operator,
    actor,
    AbiCoder.defaultAbiCoder().encode(["string[]"], [actorPath(name)]),
    pop,
  );
  await send(scope, "setScope", operator, actor, [serviceHash("openai")], true);
  expect(await reader.capFacts(question)).toMatchObject({
    device: { operatorOmni: operator, actorOmni: actor, tier: 2, roles: 1, revoked: false },
    inScope: true,
    readOnly: true,
  });
  await send(scope, "revokeScope", operator, actor);
  await send(registry, "revokeDevice", dkh);
  expect(await reader.capFacts(question)).toMatchObject({ device: { revoked: true }, inScope: false });
  const events = await reader.events(from, await reader.blockNumber());
  expect(events.map(({ kind }) => kind)).toEqual([
    "OperatorBootstrapped",
    "DeviceRegistered",
    "DeviceRegistered",
    "ScopeUpdated",
    "ScopeRevoked",
    "DeviceRevoked",
  ]);
  expect(events.at(-1)).toMatchObject({ deviceKeyHash: dkh, operatorOmni: operator, actorOmni: actor });
});

test.each([
  ["a short reply", '{"jsonrpc":"2.0","id":1,"result":"0x1234"}'],
  ["HTML", "<html>gateway</html>"],
  ["an error", '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}'],
])("an RPC that answers %s is a chain fault", async (_name, answer) => {
  const liar = http.createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { id, method } = JSON.parse(text) as { id: number; method: string };
      const body = method === "eth_chainId" ? `{"jsonrpc":"2.0","id":${id},"result":"0x7a69"}` : answer.replace('"id":1', `"id":${id}`);
      response.setHeader("content-type", "application/json").end(body);
    });
  });
  await once(liar.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  const lied = openChainReader({ ...config, rpcUrls: [url] }, { clock: systemClock });
  const zero: Hex = `0x${"00".repeat(32)}`;
  await expect(lied.capFacts({ deviceKeyHash: zero, operatorOmni: zero, actorOmni: zero, serviceHash: zero })).rejects.toMatchObject({
    code: "chain_rpc_error",
  });
  lied.close();
  const failingOver = openChainReader({ ...config, rpcUrls: [url, ...config.rpcUrls] }, { clock: systemClock });
  expect(await failingOver.currentEpoch()).toBe(1);
  failingOver.close();
  liar.close();
});

test("an RPC of another chain is refused", async () => {
  const other = openChainReader({ ...config, chainId: 1 }, { clock: systemClock });
  await expect(other.currentEpoch()).rejects.toMatchObject({ code: "chain_rpc_error" });
  other.close();
});

test("a new epoch is read, and its event follows", async () => {
  const from = (await reader.blockNumber()) + 1;
  const counter = new Contract(config.contracts.epoch, K3EpochCounter.abi, master.connect(provider));
  await mined(await counter.getFunction("advanceEpoch").send());
  expect(await reader.currentEpoch()).toBe(2);
  expect(await reader.events(from, await reader.blockNumber())).toMatchObject([{ kind: "K3Rotated", k3Epoch: 2 }]);
});

test("refused writes revert with upstream's error selectors", async () => {
  const selectors = errorSelectors();
  const stranger = new Wallet(`0x${"77".repeat(32)}`);
  const own = operatorOmni(master.address);
  const unknown = operatorOmni(stranger.address);
  const revertOf = async (to: string, abi: InterfaceAbi, from: Wallet, name: string, ...args: unknown[]): Promise<string> => {
    const data = new Interface(abi).encodeFunctionData(name, args);
    const fault: unknown = await provider.call({ to, from: from.address, data }).catch((error: unknown) => error);
    return String((fault as { data?: unknown }).data).slice(0, 10);
  };
  const { registry, scope, epoch } = config.contracts;
  expect(await revertOf(scope, AgentKeysScope.abi, stranger, "setScope", own, own, [], false)).toBe(selectors["NotAuthorized"]);
  expect(await revertOf(scope, AgentKeysScope.abi, stranger, "setScope", unknown, own, [], false)).toBe(selectors["OperatorNotRegistered"]);
  const again = [`0x${"01".repeat(32)}`, own, own, 7, "0x"];
  expect(await revertOf(registry, SidecarRegistry.abi, master, "registerMasterDevice", ...again)).toBe(
    selectors["DeviceAlreadyRegistered"],
  );
  expect(await revertOf(epoch, K3EpochCounter.abi, stranger, "advanceEpoch")).toBe(selectors["NotSignerGovernance"]);
});

function errorSelectors(): Record<string, string | undefined> {
  const file = new URL("../../common/test/vectors/upstream.json", import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, "utf8")) as { vectors: { id: string; group: string; output: { selector: string } }[] };
  const errors = vectors.filter(({ group }) => group === "error_selector");
  return Object.fromEntries(errors.map(({ id, output }) => [id.replace("error_selector.", ""), output.selector]));
}
