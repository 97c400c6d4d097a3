import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { manifestKey } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { eventually, type Program } from "../../../sidecar/test/site/index.ts";
import { readRows } from "../../src/audit/check.ts";
import { startLoad, type Load, type Seen } from "./load.ts";
import { startAuditSite, type AuditSite } from "./site.ts";

const PROXIES = 2;
const CLIENTS = 3;
/** Rows leave the proxy's memory after 10 ms; on a machine with nothing left the timer, the file and the client's own turn come later. */
const LOST_MS = 10 + 240;

type Fields = Readonly<Record<string, unknown>>;
let site: AuditSite;
let load: Load;
let reader: AuditStore;
/** When each proxy was killed. */
const kills: { proxy: number; atMs: number }[] = [];

beforeAll(async () => {
  site = await startAuditSite(PROXIES);
  reader = site.bucket.as("audit-reader");
}, 90_000);
afterAll(() => site.stop());

/** Waits until so many more calls of each proxy were answered as they should. */
async function served(calls: number, proxies: readonly number[] = [0, 1]): Promise<void> {
  const before = proxies.map((proxy) => load.count(proxy, 200));
  await eventually(() => proxies.every((proxy, at) => load.count(proxy, 200) >= (before[at] ?? 0) + calls));
}

async function killProxy(proxy: number): Promise<void> {
  kills.push({ proxy, atMs: performance.now() });
  await site.proxies[proxy]?.end("SIGKILL");
}

const pendingTransactions = async (): Promise<number> =>
  Number(((await site.rpc.send("txpool_status", [])) as { pending: string }).pending);

/** A root's transaction that the chain has and does not mine, whose auditor is killed. */
async function killAuditorWithTransactionUnderWay(): Promise<void> {
  await site.rpc.send("evm_setAutomine", [false]);
  await eventually(async () => (await pendingTransactions()) > 0);
  await site.auditor.end("SIGKILL");
  await site.auditor.start();
  await served(50);
  await site.rpc.send("evm_setAutomine", [true]);
  await site.rpc.send("evm_mine", []);
}

async function storedRows(): Promise<Fields[]> {
  const rows: Fields[] = [];
  const onProblem = (problem: string): never => {
    throw new TypeError(problem);
  };
  for await (const { row } of readRows(reader, site.operator, onProblem)) rows.push(row.fields);
  return rows;
}

async function rowsOnChain(): Promise<number> {
  const trees = Array.from({ length: await site.chain.rootCount(site.operator) }, (_unused, index) =>
    site.chain.rootAt(site.operator, index),
  );
  return (await Promise.all(trees)).reduce((sum, { count }) => sum + count, 0);
}

const podOf = (proxy: number): string => `pod-${proxy + 1}`;

test("kill -9 of everything in the middle of a load: what was answered is stored and on chain, each once, and each loss is seen", async () => {
  load = startLoad(site.proxies, CLIENTS, (proxy, body) => site.call(proxy, body));
  await served(100);

  await site.bucket.kill();
  await served(100);
  await killProxy(0);
  await site.proxies[0]?.start();
  await served(100);
  await site.bucket.start();
  await served(50);

  await site.broker.end("SIGKILL");
  await served(100);
  await killProxy(1);
  await site.proxies[1]?.start();
  // Without a broker it has no key; that it says so is a row as well.
  await eventually(() => load.count(1, 503) >= 20);
  await site.broker.start();
  await served(50);

  await eventually(async () => (await reader.get(manifestKey(site.operator, 1))) !== null);
  await killAuditorWithTransactionUnderWay();

  const everything: Program[] = [site.broker, site.auditor];
  await Promise.all([killProxy(0), killProxy(1), site.bucket.kill(), ...everything.map((program) => program.end("SIGKILL"))]);
  await Promise.all([site.bucket.start(), ...[...everything, ...site.proxies].map((program) => program.start())]);
  await served(100);

  await load.stop();
  await Promise.all(site.proxies.map((proxy) => proxy.end("SIGTERM")));
  const rows = await storedRows();
  await eventually(async () => (await rowsOnChain()) === rows.length);
  const { code, reports } = await site.verify();
  expect(reports).toEqual([
    expect.objectContaining({ operator: site.operator, rows: rows.length, streams: PROXIES, pending: 0, lost: 0, problems: [] }),
  ]);
  expect(code).toBe(0);
  expectEachOnce(rows);
  expectLossesSeen(rows);
}, 180_000);

/** What finds a call's row: its length, or where the proxy refused it the id in the answer. */
const nameOf = (pod: unknown, isServed: boolean, bytes: unknown, id: unknown): string =>
  isServed ? `${String(pod)} ${String(bytes)} bytes` : `${String(pod)} ${String(id)}`;

function expectEachOnce(rows: readonly Fields[]): void {
  const calls = rows.filter(({ kind }) => kind === "call");
  expect(new Set(calls.map(({ requestId }) => requestId)).size).toBe(calls.length);
  expect(calls.length).toBeGreaterThan(1000);
  const counts = new Map<string, number>();
  for (const { pod, decision, bytesIn, requestId } of calls) {
    const name = nameOf(pod, decision === "allow", bytesIn, requestId);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const timesOf = ({ proxy, status, bytes, requestId }: Seen): number =>
    counts.get(nameOf(podOf(proxy), status === 200, bytes, requestId)) ?? 0;
  expect(load.seen.filter((call) => timesOf(call) > 1)).toEqual([]);
  const isOfKill = ({ proxy, atMs }: Seen): boolean =>
    kills.some((kill) => kill.proxy === proxy && atMs > kill.atMs - LOST_MS && atMs < kill.atMs + LOST_MS);
  expect(load.seen.filter((call) => timesOf(call) === 0 && !isOfKill(call))).toEqual([]);
}

/** A process that goes on after no `close` was killed before: once for each kill, and nowhere else. */
function expectLossesSeen(rows: readonly Fields[]): void {
  for (let proxy = 0; proxy < PROXIES; proxy += 1) {
    const own = rows.filter(({ pod }) => pod === podOf(proxy));
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_row, index) => index + 1));
    const ends = own.filter(({ kind }) => kind !== "call").map(({ kind, reason }) => `${String(kind)} ${String(reason)}`);
    const killed = kills.filter((kill) => kill.proxy === proxy).map(() => "open resumed");
    expect(ends).toEqual(["open new", ...killed, "close stopped"]);
  }
}
