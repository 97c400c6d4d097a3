import { beforeEach, expect, test } from "@jest/globals";
import type { CapFacts, CapQuestion, ChainEvent } from "@agentkeys/common/chain";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import type { Hex } from "@agentkeys/common/identity";
import { generateSigningKey, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeChain, FakeClock } from "@agentkeys/common/testing";
import { Sessions } from "../src/events/sessions.ts";
import { createBrokerMetrics } from "../src/metrics.ts";

const wordOf = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const operator = wordOf(0xa);
const services = [wordOf(0xc1), wordOf(0xc2)];

/** Counts the questions, and how many were under way at once; may fail for one device or answer an old block. */
class CountingChain extends FakeChain {
  asked = 0;
  atOnce = 0;
  most = 0;
  failing: Hex | null = null;
  behind = 0;

  override async capFacts(question: CapQuestion): Promise<CapFacts> {
    this.asked += 1;
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    if (question.deviceKeyHash === this.failing) throw new TypeError("no answer");
    const facts = await super.capFacts(question);
    return { ...facts, blockNumber: facts.blockNumber - this.behind };
  }
}

let chain: CountingChain;
let key: SigningKey;
let log: ReturnType<typeof captureLog>;
let sessions: Sessions;
let told: Map<string, string[]>;

beforeEach(async () => {
  [chain, key, log] = [new CountingChain(), await generateSigningKey(), captureLog()];
  told = new Map();
  sessions = open(key);
});

function open(signingKey: SigningKey): Sessions {
  const metrics = createBrokerMetrics(createMetrics("broker"));
  return new Sessions({ chain, clock: new FakeClock(), key: signingKey, log: log.log, metrics });
}

/** A session of an agent's device; its frames are kept by its name. */
function add(name: string, agent: number): { told: Promise<void>; remove: () => void } {
  const [deviceKeyHash, actorOmni] = [wordOf(0xd0000 + agent), wordOf(0xb0000 + agent)];
  const issued = { issuedAt: 0, expiresAt: 900, hash: "", deviceAddress: "", sessionThumbprint: wordOf(1) };
  const pod = { namespace: "team-a", serviceAccount: "default", pod: name, podUid: name };
  const delegation: OpenedDelegation = {
    ...{ deviceKeyHash, operatorOmni: operator, actorOmni, services, readOnly: false },
    ...pod,
    ...issued,
  };
  const frames: string[] = [];
  told.set(name, frames);
  return sessions.add({ delegation, jkt: name, write: (frame) => frames.push(/^event: (\S+)/.exec(frame)?.[1] ?? "") });
}

function grant(agent: number): void {
  chain.registerDevice(wordOf(0xd0000 + agent), { operatorOmni: operator, actorOmni: wordOf(0xb0000 + agent), tier: 2, roles: 1 });
  chain.setScope(operator, wordOf(0xb0000 + agent), services);
}

async function lastEvents(): Promise<ChainEvent[]> {
  const head = await chain.blockNumber();
  return await chain.events(head, head);
}

test("1,000 sessions of 1,000 agents are rechecked with one read a service, at most 16 at once", async () => {
  for (let agent = 0; agent < 1000; agent += 1) grant(agent);
  await Promise.all(Array.from({ length: 1000 }, (_, agent) => add(`pod-${agent}`, agent).told));
  [chain.asked, chain.most] = [0, 0];
  await sessions.recheckAll();
  expect(chain.asked).toBe(2000);
  expect(chain.most).toBe(16);
});

test("1,000 sessions of one agent are rechecked with one read a service in all, and told what it says", async () => {
  grant(1);
  await Promise.all(Array.from({ length: 1000 }, (_, pod) => add(`pod-${pod}`, 1).told));
  chain.revokeDevice(wordOf(0xd0001));
  chain.asked = 0;
  await sessions.onChainChange({ fresh: await lastEvents(), vanished: [] });
  expect(chain.asked).toBe(2);
  expect([...told.values()].every((frames) => frames.join() === "heartbeat,drop")).toBe(true);
});

test("a session whose facts cannot be read keeps no other from being told", async () => {
  for (const agent of [1, 2]) grant(agent);
  await Promise.all([add("one", 1).told, add("two", 2).told]);
  for (const agent of [1, 2]) chain.revokeDevice(wordOf(0xd0000 + agent));
  chain.failing = wordOf(0xd0001);
  await expect(sessions.recheckAll()).rejects.toThrow("no answer");
  expect(told.get("two")).toEqual(["heartbeat", "drop"]);
  chain.failing = null;
  await sessions.recheckAll();
  expect(told.get("one")).toEqual(["heartbeat", "drop"]);
});

test("facts of a block before the event are no answer to it", async () => {
  grant(1);
  await add("one", 1).told;
  chain.revokeScope(operator, wordOf(0xb0001));
  const change = { fresh: await lastEvents(), vanished: [] };
  chain.behind = 1;
  await expect(sessions.onChainChange(change)).rejects.toMatchObject({ code: "chain_rpc_error" });
  chain.behind = 0;
  await sessions.onChainChange(change);
  expect(told.get("one")).toEqual(["heartbeat", "drop"]);
});

test("an event that vanished is looked into like one that came", async () => {
  grant(1);
  await add("one", 1).told;
  const vanished = await lastEvents();
  chain.revokeScope(operator, wordOf(0xb0001));
  await sessions.onChainChange({ fresh: [], vanished });
  expect(told.get("one")).toEqual(["heartbeat", "drop"]);
});

test("a vanished epoch is not announced", async () => {
  grant(1);
  await add("one", 1).told;
  chain.advanceEpoch();
  await sessions.onChainChange({ fresh: [], vanished: await lastEvents() });
  expect(told.get("one")).toEqual(["heartbeat"]);
});

test("a removed session is told nothing more", async () => {
  grant(1);
  const one = add("one", 1);
  await one.told;
  one.remove();
  chain.advanceEpoch();
  await sessions.onChainChange({ fresh: await lastEvents(), vanished: [] });
  await sessions.heartbeat();
  expect(told.get("one")).toEqual(["heartbeat"]);
});

test("what stays refused is told again but logged once", async () => {
  await add("one", 1).told;
  await sessions.recheckAll();
  expect(told.get("one")).toEqual(["drop", "heartbeat", "drop"]);
  expect(log.lines.filter(({ message }) => message === "session told to drop services")).toHaveLength(1);
});

test("a frame that could not be signed does not end the stream", async () => {
  grant(1);
  const flaky = { ...key, handle: null };
  sessions = open(flaky);
  await expect(add("one", 1).told).rejects.toThrow();
  Object.assign(flaky, key);
  await sessions.heartbeat();
  expect(told.get("one")).toEqual(["heartbeat"]);
});
