import { beforeEach, expect, test } from "@jest/globals";
import type { AppendedRoot, AuditChain } from "@agentkeys/common/audit-chain";
import {
  batchKey,
  GENESIS,
  linkRow,
  manifestKey,
  parseManifest,
  rowHash,
  serialiseBatch,
  streamId,
  type Manifest,
} from "@agentkeys/common/audit-rows";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeAuditStore, FakeClock } from "@agentkeys/common/testing";
import { Auditor } from "../src/auditor/auditor.ts";
import { createAuditorMetrics } from "../src/auditor/metrics.ts";

const OPERATOR = "ab".repeat(32);
const ADDRESS = "0x1111111111111111111111111111111111111111";
const DAY_MS = 86_400_000;
const [log, metrics] = [captureLog().log, createAuditorMetrics(createMetrics("auditor"))];

/** Roots in memory, each with the time of a clock. */
class FakeAuditChain implements AuditChain {
  readonly roots: AppendedRoot[] = [];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  readonly auditorOf = (): Promise<string> => Promise.resolve(ADDRESS);
  readonly rootCount = (): Promise<number> => Promise.resolve(this.roots.length);
  readonly rootAt = (_operator: string, index: number): Promise<AppendedRoot> =>
    Promise.resolve(this.roots[index] ?? { root: "", count: 0, appendedAt: 0 });
  readonly transactionOf = (): Promise<null> => Promise.resolve(null);

  append(root: string, count: number): void {
    this.roots.push({ root, count, appendedAt: this.#clock.nowSeconds() });
  }
}

let clock: FakeClock;
let chain: FakeAuditChain;
let bucket: FakeAuditStore;
let opened: number;
/** Hashes of all that was stored. */
let stored: string[];
let transactions: number;
beforeEach(() => {
  [clock, opened, stored, transactions] = [new FakeClock(), 0, [], 0];
  [chain, bucket] = [new FakeAuditChain(clock), new FakeAuditStore()];
});

/** A pod's stream, opened today, that grows in the bucket. */
function openStream() {
  const stream = streamId(clock.nowMs(), (opened += 1).toString(16).padStart(32, "0"));
  let head = { sequence: 0, hash: GENESIS };
  return {
    /** Answers the object's key. */
    store: async (count = 1): Promise<string> => {
      const first = head.sequence + 1;
      const rows = Array.from({ length: count }, () => {
        const linked = linkRow({ kind: "call" }, stream, head);
        ({ head } = linked);
        stored.push(rowHash(linked.text));
        return linked.text;
      });
      const of = { operator: OPERATOR, actor: "", device: "", source: "sidecar" as const, namespace: "n", pod: "p", podUid: "u" };
      const header = { version: 1 as const, ...of, stream, first, last: head.sequence, storedAt: "" };
      const key = batchKey(OPERATOR, stream, first);
      await bucket.create(key, serialiseBatch(header, rows));
      return key;
    },
  };
}

/** An auditor that has just been started. */
function startAuditor(of: { clock?: FakeClock; mostRows?: number; failsToAppend?: boolean; metrics?: typeof metrics } = {}): Auditor {
  return new Auditor({
    ...{ store: bucket, chain, address: ADDRESS, clock, log, metrics, ...of },
    append: (_operator, trees) => {
      if (of.failsToAppend === true) return Promise.reject(new TypeError("killed"));
      transactions += 1;
      for (const { root, count } of trees) chain.append(root, count);
      return Promise.resolve({ hash: "", block: 0 });
    },
  });
}

async function manifests(): Promise<Manifest[]> {
  const found = [];
  for await (const key of bucket.list(`roots/${OPERATOR}/`)) found.push(parseManifest((await bucket.get(key)) ?? ""));
  return found;
}

/** Every stored row is in one tree, and every tree on chain. */
async function expectAllCovered(): Promise<void> {
  const trees = await manifests();
  expect(trees.flatMap(({ rows }) => rows).sort()).toEqual([...stored].sort());
  expect(trees.map(({ root }) => root)).toEqual(chain.roots.map(({ root }) => root));
}

test("an auditor that starts after many trees reads the last of them alone and goes on", async () => {
  const stream = openStream();
  const first = startAuditor();
  for (let tree = 0; tree < 200; tree += 1) {
    await stream.store();
    await first.turn();
  }
  await stream.store();
  bucket.asked = [];
  await startAuditor().turn();
  // 192 to 199 and the checkpoint of 191, what is not there at 200, and 200 for its root.
  expect(bucket.asked.filter((what) => what.startsWith("get roots/")).length).toBeLessThanOrEqual(11);
  await expectAllCovered();
});

test("an auditor that is started for every turn makes the trees of one that never ends, whatever it is killed at", async () => {
  const streams = [openStream()];
  for (let turn = 0; turn < 150; turn += 1) {
    if (turn % 10 === 0) streams.push(openStream());
    const stream = streams[(turn * 7) % streams.length];
    for (let batch = 0; batch <= turn % 3; batch += 1) await stream?.store(1 + batch);
    if (turn % 4 === 1) await startAuditor({ failsToAppend: true }).turn();
    await startAuditor({ mostRows: 2 + (turn % 5) }).turn();
    clock.advance(DAY_MS / 4);
  }
  await expectAllCovered();
});

test("a new chain gets every tree, many in a transaction", async () => {
  const stream = openStream();
  for (let tree = 0; tree < 120; tree += 1) {
    await stream.store();
    await startAuditor().turn();
  }
  [chain, transactions] = [new FakeAuditChain(clock), 0];
  await startAuditor().turn();
  await expectAllCovered();
  expect(transactions).toBe(3);
});

test("rows that come days later go into a tree, once", async () => {
  const late = openStream();
  await late.store();
  let auditor = startAuditor();
  for (let day = 0; day < 13; day += 1) {
    const busy = openStream();
    for (let tree = 0; tree < 10; tree += 1) {
      await busy.store();
      await auditor.turn();
      clock.advance(DAY_MS / 10);
    }
    auditor = startAuditor();
  }
  await late.store(3);
  await auditor.turn();
  await startAuditor().turn();
  await expectAllCovered();
});

test("days whose streams can grow no more are not looked at", async () => {
  const firstDay = new Date(clock.nowMs()).toISOString().slice(0, 10);
  let auditor = startAuditor();
  for (let tree = 0; tree < 130; tree += 1) {
    await openStream().store();
    await auditor.turn();
    clock.advance(DAY_MS / 3);
  }
  bucket.asked = [];
  for (const started of [auditor, startAuditor()]) await started.turn();
  const days = bucket.asked.filter((what) => what.startsWith("list audit/")).map((what) => what.split("/")[2] ?? "");
  expect(new Set(days).size).toBeLessThanOrEqual(40);
  expect(days).not.toContain(firstDay);
  const ends = (await manifests()).flatMap(({ checkpoint }) => (checkpoint === undefined ? [] : [checkpoint.ends.length]));
  expect(ends).toHaveLength(2);
  for (const count of ends) expect(count).toBeLessThan(60);
  auditor = startAuditor();
  await auditor.turn();
  await expectAllCovered();
});

test("rows that lay for months before an auditor was named all go into trees, though it is killed between them", async () => {
  for (let day = 0; day < 60; day += 1) {
    await openStream().store(5);
    clock.advance(DAY_MS);
  }
  for (let start = 0; start < 70; start += 1) {
    await startAuditor({ mostRows: 5, failsToAppend: start % 2 === 0 }).turn();
    if (start === 30) await openStream().store();
  }
  await expectAllCovered();
});

test("a clock that was years ahead for a while puts no row into two trees, and leaves none out", async () => {
  const [stream, own] = [openStream(), new FakeClock(clock.nowSeconds())];
  const auditor = startAuditor({ clock: own });
  for (const jumpMs of [0, 1460 * DAY_MS, -1460 * DAY_MS]) {
    own.advance(jumpMs);
    await stream.store();
    await auditor.turn();
  }
  await startAuditor().turn();
  await expectAllCovered();
});

test("a stream that was changed in the bucket keeps its days open until it is as it was", async () => {
  const [changed, other] = [openStream(), openStream()];
  await changed.store();
  await other.store();
  await startAuditor().turn();
  const auditor = startAuditor();
  const key = await changed.store();
  const good = (await bucket.get(key)) ?? "";
  bucket.remove(key);
  await bucket.create(key, "changed");
  for (let day = 0; day < 40; day += 1) {
    await openStream().store();
    await auditor.turn();
    clock.advance(DAY_MS);
  }
  bucket.remove(key);
  await bucket.create(key, good);
  await auditor.turn();
  await expectAllCovered();
});

test("nothing is written where a manifest of a tree on chain is missing", async () => {
  const stream = openStream();
  for (let tree = 0; tree < 2; tree += 1) {
    await stream.store();
    await startAuditor().turn();
  }
  bucket.remove(manifestKey(OPERATOR, 1));
  await stream.store();
  await startAuditor().turn();
  expect(await bucket.get(manifestKey(OPERATOR, 1))).toBeNull();
  expect(chain.roots).toHaveLength(2);
});

test("broken streams of one operator are still counted when another's are whole", async () => {
  const counted = createMetrics("auditor");
  const key = await openStream().store();
  bucket.remove(key);
  await bucket.create(key, "changed");
  await bucket.create(`audit/${"ff".repeat(32)}/2026-01-01/none.txt`, "");
  await startAuditor({ metrics: createAuditorMetrics(counted) }).turn();
  expect(await counted.registry.metrics()).toMatch(/^agentkeys_auditor_broken_streams 1$/m);
});
