import { expect, test } from "@jest/globals";
import type { ChainEvent } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { Caches } from "../src/controllers/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aBinding } from "./fakes/objects.ts";

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [actor, device] = [hex("2"), hex("3")];

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("an event concerns the bindings of its actor or device, unless their own transaction made it and stands", async () => {
  const api = new FakeKubeApi();
  const [own, other] = ["0xaa", "0xbb"];
  const transactions = [{ hash: own, block: 1, action: "SetScope" }];
  await api.create(RESOURCES.bindings, { ...aBinding(), status: { actorOmni: actor, deviceKeyHash: device, transactions } });
  await api.create(RESOURCES.bindings, { ...aBinding({}, { name: "stranger" }), status: { actorOmni: hex("8") } });
  const stop = new AbortController();
  const caches = new Caches({ api, clock: new FakeClock(), log: captureLog().log, random: () => 1 });
  void caches.run(stop.signal);
  await settle();
  const event = { kind: "ScopeRevoked" as const, blockNumber: 1, blockHash: "0x1", logIndex: 0 };
  const news = (of: Pick<ChainEvent, "actorOmni" | "deviceKeyHash" | "transactionHash">): string[] => [
    ...caches.bindingsOf({ fresh: [{ ...event, ...of }], vanished: [] }).keys(),
  ];
  expect(news({ actorOmni: actor, transactionHash: other })).toEqual(["team-a/research"]);
  expect(news({ deviceKeyHash: device, transactionHash: other })).toEqual(["team-a/research"]);
  expect(news({ actorOmni: actor, transactionHash: own })).toEqual([]);
  expect(news({ actorOmni: hex("9"), transactionHash: other })).toEqual([]);
  const lost = { ...event, actorOmni: actor, transactionHash: own };
  expect([...caches.bindingsOf({ fresh: [], vanished: [lost] })]).toEqual([["team-a/research", []]]);
  stop.abort();
});
