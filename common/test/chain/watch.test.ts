import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { watchChain, type ChainChange, type ChainEvent, type ChainReader } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";

const down = (): Promise<never> => Promise.reject(new AgentKeysError("chain_rpc_error"));

/** A chain whose head and logs the test writes; it remembers which ranges were read. */
class ScriptedChain implements Pick<ChainReader, "blockNumber" | "events"> {
  head = 100;
  logs: ChainEvent[] = [];
  isDown = false;
  maxRange = Infinity;
  readonly ranges: [number, number][] = [];

  blockNumber(): Promise<number> {
    return this.isDown ? down() : Promise.resolve(this.head);
  }
  events(from: number, to: number): Promise<ChainEvent[]> {
    if (to - from + 1 > this.maxRange) return down();
    this.ranges.push([from, to]);
    return Promise.resolve(this.logs.filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to));
  }
}

const eventAt = (blockNumber: number, fork = "a", logIndex = 0): ChainEvent => {
  const hash = `0x${fork}${blockNumber}`;
  return { kind: "ScopeUpdated", blockNumber, blockHash: hash, transactionHash: hash, logIndex };
};

let chain: ScriptedChain;
let clock: FakeClock;
let stop: AbortController;
let changes: ChainChange[];
let reads: number;
let refuseChange: boolean;
let log: ReturnType<typeof captureLog>;

beforeEach(async () => {
  [chain, clock, stop, log] = [new ScriptedChain(), new FakeClock(), new AbortController(), captureLog()];
  [changes, reads, refuseChange] = [[], 0, false];
  chain.logs = [eventAt(98)];
  const onChange = (change: ChainChange): Promise<void> => {
    if (refuseChange) return down();
    changes.push(change);
    return Promise.resolve();
  };
  void watchChain({ chain, clock, log: log.log, pollMs: 500, onChange, onRead: () => (reads += 1) }, stop.signal);
  await until(() => clock.sleeping === 1);
});

afterEach(() => stop.abort());

async function poll(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    clock.advance(500);
    await until(() => clock.sleeping === 1);
  }
}

describe("following", () => {
  test("hands over what came after the first read, once", async () => {
    expect(changes).toEqual([]);
    chain.head = 101;
    chain.logs.push(eventAt(101));
    await poll(3);
    expect(changes).toEqual([{ fresh: [eventAt(101)], vanished: [] }]);
  });

  test("hands over an event that came into a block already read", async () => {
    chain.logs.push(eventAt(100));
    await poll(2);
    expect(changes).toEqual([{ fresh: [eventAt(100)], vanished: [] }]);
  });

  test("an event that moved to a replaced block is fresh there, and vanished where it was", async () => {
    chain.head = 101;
    chain.logs.push(eventAt(101));
    await poll();
    chain.logs = [eventAt(98), eventAt(101, "b")];
    await poll(2);
    expect(changes.slice(1)).toEqual([{ fresh: [eventAt(101, "b")], vanished: [eventAt(101)] }]);
  });

  test("an event whose block vanished is told, also when the chain got shorter", async () => {
    chain.head = 103;
    chain.logs.push(eventAt(102), eventAt(103));
    await poll();
    [chain.head, chain.logs] = [101, [eventAt(98)]];
    await poll(2);
    expect(changes.slice(1)).toEqual([{ fresh: [], vanished: [eventAt(102), eventAt(103)] }]);
  });

  test("goes on from a chain that fell back further than it looks", async () => {
    [chain.head, chain.logs] = [5, []];
    await poll();
    chain.head = 6;
    chain.logs = [eventAt(6)];
    await poll(2);
    expect(changes.at(-1)).toEqual({ fresh: [eventAt(6)], vanished: [] });
  });
});

test("a development chain that forgot everything is read from its start, and what was is told as vanished", async () => {
  chain.head = 120;
  chain.logs.push(eventAt(115));
  await poll();
  [chain.head, chain.logs] = [20, [eventAt(3, "new")]];
  await poll(2);
  expect(changes.slice(1)).toEqual([{ fresh: [eventAt(3, "new")], vanished: [eventAt(98), eventAt(115)] }]);
});

describe("faults", () => {
  test("an outage loses nothing, is logged once and is over with a word", async () => {
    chain.isDown = true;
    await poll(3);
    expect(reads).toBe(1);
    [chain.isDown, chain.head] = [false, 150];
    chain.logs.push(eventAt(120), eventAt(150));
    await poll();
    expect(changes).toEqual([{ fresh: [eventAt(120), eventAt(150)], vanished: [] }]);
    const messages = log.lines.map(({ message }) => message);
    expect(messages).toEqual(["chain cannot be read, retrying", "chain is readable again"]);
  });

  test("a change that could not be looked into is handed over again", async () => {
    refuseChange = true;
    chain.head = 101;
    chain.logs.push(eventAt(101));
    await poll(2);
    expect(reads).toBe(1);
    refuseChange = false;
    await poll(2);
    expect(changes).toEqual([{ fresh: [eventAt(101)], vanished: [] }]);
  });

  test("a long gap is read in pieces, in order and without a hole", async () => {
    chain.head = 9_000;
    chain.logs.push(...[2_000, 5_000, 9_000].map((block) => eventAt(block)));
    await poll(6);
    expect(changes.flatMap(({ fresh }) => fresh)).toEqual([2_000, 5_000, 9_000].map((block) => eventAt(block)));
    expect(changes.flatMap(({ vanished }) => vanished)).toEqual([]);
    for (const [from, to] of chain.ranges) expect(to - from).toBeLessThan(2_100);
  });

  test("a node that refuses long ranges is asked for shorter ones until all is read", async () => {
    [chain.maxRange, chain.head] = [100, 1_000];
    chain.logs.push(eventAt(500), eventAt(1_000));
    await poll(60);
    expect(changes.flatMap(({ fresh }) => fresh)).toEqual([eventAt(500), eventAt(1_000)]);
  });
});
