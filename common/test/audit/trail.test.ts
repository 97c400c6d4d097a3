import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { GENESIS, problemOfLink, readRow, type ChainHead } from "@agentkeys/common/audit-rows";
import { AuditTrail, folderFiles, Sender, Spool, type BatchAck, type OutgoingBatch, type Recorded } from "@agentkeys/common/audit-trail";
import { AgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOON = new AbortController().signal;
let folder = "";
let drawn = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentkeys-audit-"));
  drawn = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a broker would hold: rows by stream, checked as they come. */
class Taker {
  readonly streams = new Map<string, { head: ChainHead; rows: Record<string, unknown>[] }>();
  refuseWith: ErrorCode | null = null;
  batches = 0;

  send = ({ stream, rows }: OutgoingBatch): Promise<BatchAck> => {
    this.batches += 1;
    if (this.refuseWith !== null) return Promise.reject(new AgentKeysError(this.refuseWith));
    const kept = this.streams.get(stream) ?? { head: { sequence: 0, hash: GENESIS }, rows: [] };
    for (const text of rows) {
      const row = readRow(text);
      expect(problemOfLink(row, stream, kept.head)).toBeNull();
      kept.head = { sequence: row.sequence, hash: row.hash };
      kept.rows.push({ ...row.fields });
    }
    this.streams.set(stream, kept);
    return Promise.resolve({ stream, last: kept.head.sequence, hash: kept.head.hash });
  };

  /** Kinds, with the number of a call behind it. */
  told(): string[] {
    return [...this.streams.values()].flatMap(({ rows }) => rows.map(({ kind, n }) => `${String(kind)}${typeof n === "number" ? n : ""}`));
  }
}

function open(taker: Pick<Taker, "send">, { clock = new FakeClock(), limitBytes = 1_000_000, segmentBytes = 1500 } = {}) {
  const { log } = captureLog();
  const faults: unknown[] = [];
  const spool = new Spool({
    files: folderFiles(folder),
    nowMs: () => clock.nowMs(),
    limitBytes,
    segmentBytes,
    onFault: (fault) => faults.push(fault),
  });
  const randomHex = (): string => (drawn += 1).toString(16).padStart(32, "0");
  const dues: (() => void)[] = [];
  const rows: Recorded[] = [];
  const trail = new AuditTrail({
    ...{ spool, clock, of: { pod: "p" }, randomHex },
    later: (make) => dues.push(make),
    onRows: (made) => rows.push(...made),
    onFull: () => sender.nudge(),
  });
  const outcomes: string[] = [];
  const sender = new Sender({
    ...{ spool, trail, clock, log, random: () => 0.5, batchMs: 1000, send: (batch) => taker.send(batch) },
    onOutcome: (code) => outcomes.push(code),
  });
  const call = (n: number): void => {
    trail.record("call", { n });
    trail.catchUp();
  };
  return { spool, trail, sender, call, faults, outcomes, clock, dues, rows };
}

describe("a trail", () => {
  test("opens, records, closes, and leaves nothing behind once all is acknowledged", async () => {
    const taker = new Taker();
    const { trail, sender, call, spool, faults } = open(taker);
    for (const n of [1, 2, 3]) call(n);
    trail.close("stopped");
    await sender.drain(1000);
    expect(taker.told()).toEqual(["open", "call1", "call2", "call3", "close"]);
    expect([spool.rows, spool.oldestMs, faults]).toEqual([0, null, []]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".rows"))).toEqual([]);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  test("makes what is recorded rows a moment later, in its order and of the time it was, and has them written", async () => {
    const { trail, rows, dues, clock, spool } = open(new Taker());
    const ended = clock.nowMs();
    expect(rows.map(({ kind }) => kind)).toEqual([]);
    dues.splice(0).forEach((make) => make());
    trail.record("call", { n: 1 }, ended - 1500);
    clock.advance(7);
    trail.record("call", { n: 2 });
    expect([dues.length, spool.rows]).toEqual([1, 1]);
    dues.splice(0).forEach((make) => make());
    await spool.flush();
    expect(rows.map(({ kind, time }) => `${kind} ${Date.parse(time) - ended}`)).toEqual(["open 0", "call -1500", "call 7"]);
    const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".rows"));
    expect(readFileSync(join(folder, name), "utf8")).toBe(rows.map(({ text }) => `${text}\n`).join(""));
    expect(rows[2]?.text).toContain(`{"kind":"call","time":"${new Date(ended + 7).toISOString()}","n":2,"pod":"p","stream":"`);
  });

  test("goes on with its stream after a kill, without the row that was being written", async () => {
    const taker = new Taker();
    const first = open(taker);
    first.call(1);
    await first.sender.drain(1000);
    first.call(2);
    await first.spool.flush();
    first.call(3);
    const [rows = ""] = readdirSync(folder).filter((name) => name.endsWith(".rows"));
    appendFileSync(join(folder, rows), '{"kind":"call","n":3');
    const second = open(taker);
    second.call(4);
    await second.sender.drain(1000);
    expect(taker.streams.size).toBe(1);
    expect(taker.told()).toEqual(["open", "call1", "call2", "open", "call4"]);
  });

  test("sends what was acknowledged to a process that was killed before it heard of it again, and as the same batch", async () => {
    const sent: string[] = [];
    const taker = new Taker();
    taker.refuseWith = "upstream_unreachable";
    const first = open(taker);
    for (const n of [1, 2]) first.call(n);
    await first.sender.drain(1000);
    taker.refuseWith = null;
    const second = open({ send: (batch) => (sent.push(batch.rows.join()), taker.send(batch)) });
    second.call(3);
    await second.sender.drain(1000);
    expect(taker.told()).toEqual(["open", "call1", "call2", "open", "call3"]);
    expect(sent[0]).not.toContain('"n":3');
  });

  test("drops what it was killed before it could take away: it is acknowledged", async () => {
    const taker = new Taker();
    const first = open(taker);
    first.call(1);
    await first.spool.flush();
    const [rows = ""] = readdirSync(folder).filter((name) => name.endsWith(".rows"));
    const text = readFileSync(join(folder, rows), "utf8");
    await first.sender.drain(1000);
    appendFileSync(join(folder, rows), text);
    const second = open(taker);
    second.call(2);
    await second.sender.drain(1000);
    expect(taker.streams.size).toBe(1);
    expect(taker.told()).toEqual(["open", "call1", "open", "call2"]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".rows"))).toEqual([]);
  });

  test("that is full waits for nobody: rows are counted, and a gap says how many when there is room again", async () => {
    const taker = new Taker();
    taker.refuseWith = "audit_unavailable";
    const { trail, sender, call, clock } = open(taker, { limitBytes: 10_000 });
    for (let n = 1; n <= 100; n += 1) call(n);
    const { lostRows } = trail;
    expect(lostRows).toBeGreaterThan(10);
    await sender.drain(1000);
    taker.refuseWith = null;
    clock.advance(5000);
    await sender.drain(1000);
    call(101);
    await sender.drain(1000);
    const rows = [...taker.streams.values()].flatMap((stream) => stream.rows);
    expect(taker.told().slice(-2)).toEqual(["gap", "call101"]);
    expect(rows.at(-2)).toMatchObject({ kind: "gap", lost: lostRows });
    expect(rows.filter(({ kind }) => kind === "call")).toHaveLength(101 - lostRows);
  });

  test("begins a new stream with the first row of a day, which names the old one", async () => {
    const taker = new Taker();
    const { trail, sender, call, clock } = open(taker);
    call(1);
    const before = trail.stream;
    clock.advance(86_400_000);
    call(2);
    await sender.drain(1000);
    expect(taker.told()).toEqual(["open", "call1", "close", "open", "call2"]);
    expect([...taker.streams.values()][1]?.rows[0]).toMatchObject({ reason: "day", continues: before });
    expect(readdirSync(folder).filter((name) => name.startsWith(before))).toEqual([]);
  });

  test("whose stream cannot be gone on with moves what is left into a new one", async () => {
    const taker = new Taker();
    const { sender, call, trail, spool } = open(taker);
    call(1);
    await sender.drain(1000);
    const before = trail.stream;
    for (const n of [2, 3]) call(n);
    await spool.flush();
    taker.refuseWith = "audit_conflict";
    const { send } = taker;
    const refusing = open({
      send: (batch) => {
        taker.refuseWith = batch.stream === before ? "audit_conflict" : null;
        return send(batch);
      },
    });
    refusing.call(4);
    await refusing.sender.drain(1000);
    const [, moved] = [...taker.streams.values()];
    expect(taker.streams.size).toBe(2);
    expect(moved?.rows.filter(({ kind }) => kind === "call").map(({ n }) => n)).toEqual([2, 3, 4]);
    expect(moved?.rows[0]).toMatchObject({ kind: "open", reason: "refused", continues: before });
  });

  test("whose rows waited until their stream is too old moves them, its first ones as well, into one of today", async () => {
    const taker = new Taker();
    const { sender, call, trail, clock } = open(taker);
    const before = trail.stream;
    const { send } = taker;
    for (const n of [1, 2]) call(n);
    taker.send = (batch) => (batch.stream === before ? Promise.reject(new AgentKeysError("audit_conflict")) : send(batch));
    clock.advance(15 * 86_400_000);
    await sender.drain(1000);
    expect(taker.told()).toEqual(["open", "open", "call1", "call2"]);
    const [rows] = [...taker.streams.values()].map((stream) => stream.rows);
    expect(rows?.[0]).toMatchObject({ reason: "refused", continues: before });
    expect(rows?.[3]).toMatchObject({ n: 2, movedFrom: before, movedSequence: 3 });
  });

  test("whose rows are refused for themselves counts them as lost and goes on", async () => {
    const taker = new Taker();
    taker.refuseWith = "invalid_input";
    const { sender, call, trail } = open(taker);
    for (const n of [1, 2]) call(n);
    const before = trail.stream;
    const sending = sender.drain(1000);
    await until(() => trail.stream !== before);
    taker.refuseWith = null;
    await sending;
    call(3);
    await sender.drain(1000);
    expect(taker.told()).toEqual(["open", "gap", "call3"]);
    expect(trail.lostRows).toBe(3);
  });

  test("is sent when a segment is full or its time has come, and again with growing pauses when it is not taken", async () => {
    const taker = new Taker();
    taker.refuseWith = "audit_unavailable";
    const { sender, call, clock, outcomes, spool } = open(taker);
    const stop = new AbortController();
    const running = sender.run(stop.signal);
    await until(() => outcomes.length === 1 && clock.sleeping === 1);
    clock.advance(1000);
    await until(() => outcomes.length === 2 && clock.sleeping === 1);
    clock.advance(1000);
    expect(clock.sleeping).toBe(1);
    taker.refuseWith = null;
    clock.advance(1000);
    await until(() => outcomes.length === 3 && clock.sleeping === 1);
    for (let n = 1; spool.rows < 10; n += 1) call(n);
    await until(() => outcomes.length === 4 && clock.sleeping === 1);
    const unsent = spool.rows;
    expect([taker.told().length, unsent]).toEqual([11 - unsent, expect.any(Number)]);
    expect(unsent).toBeGreaterThan(0);
    clock.advance(1000);
    await until(() => taker.told().length === 11);
    stop.abort();
    await running;
    expect(outcomes).toEqual(["audit_unavailable", "audit_unavailable", "ok", "ok", "ok"]);
  });

  test("under load is sent in whole segments: what comes while one is sent does not go after it in pieces", async () => {
    const taker = new Taker();
    const sizes: number[] = [];
    let n = 0;
    const { sender, call, clock, spool } = open({
      send: (batch) => {
        sizes.push(batch.rows.length);
        for (let more = 0; more < 3 && n < 60; more += 1) call((n += 1));
        return taker.send(batch);
      },
    });
    const stop = new AbortController();
    const running = sender.run(stop.signal);
    await until(() => sizes.length === 1 && clock.sleeping === 1);
    while (n < 40) call((n += 1));
    await until(() => clock.sleeping === 1 && spool.rows < 7);
    stop.abort();
    await running;
    const full = sizes[1] ?? 0;
    expect(full).toBeGreaterThan(3);
    expect(sizes.slice(1).every((size) => size >= full - 1)).toBe(true);
  });

  test("with a folder of somebody else's making starts anew and says so", () => {
    appendFileSync(join(folder, `20260101-${"a".repeat(32)}.000000000001.rows`), "not a row\n");
    const { faults, trail } = open(new Taker());
    expect(faults).toHaveLength(1);
    expect(trail.stream).toMatch(/^\d{8}-0{31}1$/);
  });

  test("forgets nothing while its signal is aborted", async () => {
    const taker = new Taker();
    const { sender, spool } = open(taker);
    await sender.run(AbortSignal.abort());
    expect(spool.rows).toBe(1);
    expect(SOON.aborted).toBe(false);
  });
});
