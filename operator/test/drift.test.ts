import { describe, expect, test } from "@jest/globals";
import type { ChainEvent } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { captureLog, FakeChain, FakeClock } from "@agentkeys/common/testing";
import { followChain } from "../src/chain/index.ts";
import { Caches } from "../src/controllers/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aBinding } from "./fakes/objects.ts";

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [operator, actor, device] = [hex("1"), hex("2"), hex("3")];

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

function follow(chain = new FakeChain()): { chain: FakeChain; heard: string[]; poll: () => Promise<void>; stop: () => void } {
  const clock = new FakeClock();
  const stop = new AbortController();
  const heard: string[] = [];
  const onEvents = (events: readonly ChainEvent[]): void => void heard.push(...events.map(({ kind }) => kind));
  void followChain({ reader: chain, clock, log: captureLog().log, pollMs: 2000, onEvents }, stop.signal);
  const poll = async (): Promise<void> => {
    await settle();
    clock.advance(2000);
    await settle();
  };
  return { chain, heard, poll, stop: () => stop.abort() };
}

describe("following the chain", () => {
  test("tells of each event once, from the start on", async () => {
    const chain = new FakeChain();
    chain.setScope(operator, actor, []);
    const it = follow(chain);
    await it.poll();
    expect(it.heard).toEqual([]);
    chain.revokeScope(operator, actor);
    await it.poll();
    await it.poll();
    expect(it.heard).toEqual(["ScopeRevoked"]);
    it.stop();
  });

  test("tells what happened while the chain could not be read", async () => {
    const it = follow();
    await it.poll();
    it.chain.isDown = true;
    it.chain.setScope(operator, actor, []);
    await it.poll();
    it.chain.isDown = false;
    await it.poll();
    expect(it.heard).toEqual(["ScopeUpdated"]);
    it.stop();
  });

  test("starts over on a development chain that forgot everything", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 40; block++) chain.advanceEpoch();
    let current: FakeChain = chain;
    const reader = { blockNumber: () => current.blockNumber(), events: (from: number, to: number) => current.events(from, to) };
    const it = follow(Object.assign(new FakeChain(), reader));
    await it.poll();
    current = new FakeChain();
    current.setScope(operator, actor, []);
    await it.poll();
    expect(it.heard).toEqual(["ScopeUpdated"]);
    it.stop();
  });
});

test("an event concerns the bindings of its actor or device, unless their own transaction made it", async () => {
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
  expect(caches.bindingsOf([{ ...event, actorOmni: actor, transactionHash: other }])).toEqual(["team-a/research"]);
  expect(caches.bindingsOf([{ ...event, deviceKeyHash: device, transactionHash: other }])).toEqual(["team-a/research"]);
  expect(caches.bindingsOf([{ ...event, actorOmni: actor, transactionHash: own }])).toEqual([]);
  expect(caches.bindingsOf([{ ...event, actorOmni: hex("9"), transactionHash: other }])).toEqual([]);
  stop.abort();
});
