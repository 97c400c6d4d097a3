import { expect, test } from "@jest/globals";
import { publishIdentity } from "../src/identity.ts";
import { seenTransaction } from "../src/chain/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";

const hex = (digit: string): `0x${string}` => `0x${digit.repeat(64)}`;

test("the operator's identity is written once, and again when it changed", async () => {
  const api = new FakeKubeApi();
  const identity = { operatorOmni: hex("1"), clusterName: "prod", masterDevice: hex("2") };
  for (const masterDevice of [hex("2"), hex("2"), hex("3")]) await publishIdentity(api, "agentkeys-system", { ...identity, masterDevice });
  expect(api.writesTo("configmaps")).toHaveLength(2);
  const found = await api.get(RESOURCES.configMaps, { namespace: "agentkeys-system", name: "agentkeys-identity" });
  expect(found).toMatchObject({ data: { ...identity, masterDevice: hex("3") } });
});

test("an event is a transaction of the status with the chain's link, but for what no binding writes", () => {
  const event = { kind: "ScopeUpdated" as const, transactionHash: "0xaa", blockNumber: 3, blockHash: "0x1", logIndex: 0 };
  const chain = { explorerOf: (hash: string): string => `https://scan.example/tx/${hash}` };
  expect(seenTransaction(chain, event)).toEqual([{ hash: "0xaa", block: 3, action: "SetScope", explorer: "https://scan.example/tx/0xaa" }]);
  expect(seenTransaction({ explorerOf: () => undefined }, { ...event, kind: "K3Rotated" })).toEqual([]);
});
