import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  batchKey,
  GENESIS,
  linkRow,
  manifestKey,
  parseBatch,
  serialiseBatch,
  streamId,
  type BatchHeader,
} from "@agentkeys/common/audit-rows";
import { folderStore, type AuditStore } from "@agentkeys/common/audit-store";
import { systemClock } from "@agentkeys/common/clock";
import { toAgentKeysError } from "@agentkeys/common/errors";
import { until } from "@agentkeys/common/testing";
import { CredentialAudit } from "@agentkeys/contracts";
import { Contract } from "ethers";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { Appender } from "../../../broker/src/audit/append.ts";
import { readSentBatch, type BatchSource } from "../../../broker/src/domain/audit-batch.ts";
import { checkOperator, readRows } from "../../src/audit/check.ts";
import { problemsOfProof, proveRow } from "../../src/audit/proof.ts";
import { CREDENTIALS, OPERATOR, startAuditWorld, type AuditWorld } from "./world.ts";

const SOURCE: BatchSource = {
  operator: OPERATOR,
  actor: "",
  device: "",
  source: "sidecar",
  namespace: "team-a",
  pod: "pod-1",
  podUid: "u",
};
const NODE = process.execPath;
let dir = "";
let world: AuditWorld;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "agentkeys-audit-"));
  mkdirSync(join(dir, "store"));
  world = await startAuditWorld(join(dir, "store"));
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(dir, { recursive: true });
});

/** The broker's part that stores, behind a port that can go away and come back. */
async function startTaker(store: AuditStore, port = 0): Promise<{ port: number; kill: () => Promise<void> }> {
  const appender = new Appender({ store, clock: systemClock });
  const server = http.createServer((request, response) => {
    void text(request)
      .then((body) => appender.append(readSentBatch(body), SOURCE))
      .then(
        (ack) => response.setHeader("content-type", "application/json").end(JSON.stringify(ack)),
        (fault: unknown) => response.writeHead(toAgentKeysError(fault).status).end(),
      );
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    kill: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function startWriter(stateDir: string, port: number, from: number): { child: ChildProcess; last: () => number } {
  const script = new URL("writer.ts", import.meta.url).pathname;
  const child = spawn(NODE, [script, stateDir, `http://127.0.0.1:${port}/`, String(from)], { stdio: ["ignore", "pipe", "inherit"] });
  let last = from;
  child.stdout.on("data", (chunk: Buffer) => (last = Number(chunk.toString().trim().split("\n").at(-1))));
  return { child, last: () => last };
}

async function rowsOf(store: AuditStore): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  const onProblem = (problem: string): never => {
    throw new TypeError(problem);
  };
  for await (const { row } of readRows(store, OPERATOR, onProblem)) rows.push({ ...row.fields });
  return rows;
}

test("whoever stores rows can neither change one, nor write a tree, nor reach a credential; the auditor can change no row", async () => {
  const [broker, auditor, reader] = [world.as("audit-broker"), world.as("audit-auditor"), world.as("audit-reader")];
  expect(await broker.create("audit/x/1", "a")).toBe(true);
  expect(await broker.create("audit/x/1", "b")).toBe(false);
  expect(await reader.get("audit/x/1")).toBe("a");
  expect(await broker.get("audit/x/2")).toBeNull();
  await expect(broker.create("roots/x/1", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  await expect(auditor.create("audit/x/2", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  await expect(reader.create("audit/x/3", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  for (const user of ["audit-broker", "audit-auditor", "audit-reader"] as const) {
    const credentials = world.as(user, CREDENTIALS);
    await expect(credentials.create("bots/x", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
    await expect(credentials.get("bots/x")).rejects.toMatchObject({ code: "audit_unavailable" });
  }
});

describe("a load in whose middle everything is killed", () => {
  test("leaves each acknowledged row exactly once, and the ends that were not clean are seen", async () => {
    const store = world.as("audit-broker");
    const stateDir = join(dir, "state");
    let taker = await startTaker(store);
    const { port } = taker;
    const first = startWriter(stateDir, port, 0);
    await until(() => first.last() > 500);
    await taker.kill();
    const atBrokerKill = first.last();
    await until(() => first.last() > atBrokerKill + 500);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    taker = await startTaker(store, port);
    const second = startWriter(stateDir, port, 1_000_000);
    await until(() => second.last() > 1_000_500);
    second.child.kill("SIGKILL");
    await once(second.child, "exit");
    const third = startWriter(stateDir, port, 2_000_000);
    await until(() => third.last() > 2_000_200);
    third.child.kill("SIGTERM");
    await once(third.child, "exit");
    await taker.kill();
    const rows = await rowsOf(store);
    const numbers = rows.filter(({ kind }) => kind === "call").map(({ n }) => Number(n));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, index) => index + 1));
    expect(rows.filter(({ kind }) => kind !== "call").map(({ kind, reason }) => `${String(kind)} ${String(reason)}`)).toEqual([
      "open new",
      "open resumed",
      "open resumed",
      "close stopped",
    ]);
    // No more than the last moments before a kill can be missing, and nothing before them.
    const ofFirst = numbers.filter((n) => n < 1_000_000);
    expect(ofFirst).toEqual(ofFirst.map((_n, index) => index + 1));
    expect(ofFirst.length).toBeGreaterThan(atBrokerKill);
    expect(numbers.filter((n) => n > 2_000_000).length).toBeGreaterThanOrEqual(third.last() - 2_000_000);
  }, 60_000);

  test("goes on chain; an auditor that was killed after it wrote the tree goes on with it", async () => {
    const store = world.as("audit-auditor");
    await world.auditor(store, () => Promise.reject(new TypeError("killed"))).turn();
    expect(await store.get(manifestKey(OPERATOR, 0))).not.toBeNull();
    expect(await world.chain.rootCount(OPERATOR)).toBe(0);
    await world.auditor(store).turn();
    await world.auditor(store).turn();
    const reader = world.as("audit-reader");
    const report = await checkOperator(reader, world.chain, OPERATOR);
    expect(report).toMatchObject({ streams: 1, trees: 1, pending: 0, lost: 0, problems: [] });
    expect(report.rows).toBeGreaterThan(1000);
  }, 30_000);

  test("and any row of it is proven, to the contract as well", async () => {
    const { config, chain } = world;
    const contract = config.contracts.audit ?? "";
    const reader = world.as("audit-reader");
    const [, , third] = await rowsOf(reader);
    const proof = await proveRow({ store: reader, chain, chainId: 31337, contract }, OPERATOR, `${String(third?.["stream"])}/3`);
    expect(await problemsOfProof(proof, chain)).toEqual([]);
    const onChain = new Contract(contract, CredentialAudit.abi, world.anvil.provider);
    const ask = onChain.getFunction("verifyEntryInRoot") as unknown as (...args: unknown[]) => Promise<boolean>;
    const path = proof.proof.map((sibling) => `0x${sibling}`);
    expect(await ask(`0x${OPERATOR}`, proof.tree.index, `0x${proof.hash}`, proof.position, path)).toBe(true);
    expect(await ask(`0x${OPERATOR}`, proof.tree.index, `0x${proof.hash}`, proof.position + 1, path)).toBe(false);
    const forged = { ...proof, row: proof.row.replace('"n":', '"n":9') };
    expect(await problemsOfProof(forged, chain)).toEqual([
      "the row is not the one that the hash is of: it was changed",
      "the row is not in the tree at this place",
    ]);
    expect(await problemsOfProof({ ...proof, chain: { ...proof.chain, transaction: `0x${"1".repeat(64)}` } }, chain)).toEqual([
      "the named transaction did not append this root",
    ]);
  }, 30_000);
});

describe("somebody who can write the bucket", () => {
  let clean = "";
  const streams = ["aa", "bb"].map((byte) => streamId(Date.UTC(2026, 10, 25), byte.repeat(16)));
  const headerOf = (stream: string, first: number, last: number): BatchHeader => ({
    version: 1,
    ...SOURCE,
    stream,
    first,
    last,
    storedAt: "",
  });

  beforeAll(async () => {
    clean = join(dir, "clean");
    const store = folderStore(clean);
    for (const stream of streams) {
      let head = { sequence: 0, hash: GENESIS };
      for (const first of [1, 4, 7]) {
        const rows = Array.from({ length: 3 }, () => {
          const linked = linkRow({ kind: "call", namespace: "team-a", pod: "pod-1", n: Math.random() }, stream, head);
          ({ head } = linked);
          return linked.text;
        });
        await store.create(batchKey(OPERATOR, stream, first), serialiseBatch(headerOf(stream, first, first + 2), rows));
      }
    }
    // Trees of this copy come after those of the bucket.
    const before = await world.chain.rootCount(OPERATOR);
    const bucket = world.as("audit-reader");
    for (let index = 0; index < before; index += 1) {
      await store.create(manifestKey(OPERATOR, index), (await bucket.get(manifestKey(OPERATOR, index))) ?? "");
    }
    for await (const key of bucket.list(`audit/${OPERATOR}/`)) await store.create(key, (await bucket.get(key)) ?? "");
    await world.auditor(store).turn();
    expect(await checkOperator(store, world.chain, OPERATOR)).toMatchObject({ streams: 3, trees: before + 1, pending: 0, problems: [] });
  }, 30_000);

  const keyOf = (stream = 0, first = 4): string => batchKey(OPERATOR, streams[stream] ?? "", first);
  type Edit = (of: { read: (key: string) => string; write: (key: string, text: string) => void; remove: (key: string) => void }) => void;
  const inRows =
    (change: (rows: string[]) => string[]): Edit =>
    ({ read, write }) => {
      const { header, rows } = parseBatch(read(keyOf()));
      write(keyOf(), serialiseBatch(header, change(rows.map((row) => row.text))));
    };
  const rechained: Edit = ({ read, write }) => {
    const stream = streams[0] ?? "";
    let head = { sequence: 3, hash: parseBatch(read(keyOf(0, 1))).rows.at(-1)?.hash ?? "" };
    for (const first of [4, 7]) {
      const { header, rows } = parseBatch(read(keyOf(0, first)));
      const forged = rows.map(({ fields }) => {
        const said = Object.fromEntries(Object.entries(fields).filter(([name]) => !["stream", "sequence", "previousHash"].includes(name)));
        const linked = linkRow({ ...said, ...(first === 4 ? { n: 7 } : {}) }, stream, head);
        ({ head } = linked);
        return linked.text;
      });
      write(keyOf(0, first), serialiseBatch(header, forged));
    }
  };
  const edits: [string, Edit, RegExp][] = [
    ["changes a row", inRows(([a = "", ...rest]) => [a.replace('"n":', '"n":1'), ...rest]), /row 4 of stream .*changed/],
    ["drops a row", inRows((rows) => rows.toSpliced(1, 1)), /row 5 of stream .*dropped/],
    ["drops an object", ({ remove }) => remove(keyOf()), /row 4 of stream .*dropped/],
    ["cuts an object short", inRows((rows) => rows.slice(0, 2)), /row 6 of stream .*dropped/],
    ["cuts a stream's end off", ({ remove }) => remove(keyOf(0, 7)), /row 9 of stream .*dropped/],
    ["reorders rows", inRows((rows) => rows.toReversed()), /row 6 of stream .*its sequence is 6 where 4 follows/],
    [
      "swaps objects of two streams",
      ({ read, write }) => {
        const [a, b] = [read(keyOf(0)), read(keyOf(1))];
        write(keyOf(0), b);
        write(keyOf(1), a);
      },
      /it holds what belongs elsewhere/,
    ],
    ["changes a row and makes the chain fit", rechained, /row 4 of stream .*it is not the row of tree/],
    ["drops a tree", ({ remove }) => remove(manifestKey(OPERATOR, 1)), /tree 1: .*missing/],
    [
      "changes a tree with its row",
      ({ read, write }) => {
        rechained({ read, write, remove: () => undefined });
        const manifest = JSON.parse(read(manifestKey(OPERATOR, 1))) as { rows: string[] };
        manifest.rows[3] = parseBatch(read(keyOf())).rows[0]?.hash ?? "";
        write(manifestKey(OPERATOR, 1), JSON.stringify(manifest));
      },
      /tree 1: its manifest is not the one whose root/,
    ],
    ["puts something else in a batch's place", ({ write }) => write(keyOf(), "garbage"), /it is no batch of audit rows/],
  ];

  test.each(edits)("and %s is found out, by name", async (_what, edit, problem) => {
    const copy = mkdtempSync(join(dir, "copy-"));
    cpSync(clean, copy, { recursive: true });
    const at = (key: string): string => join(copy, key);
    edit({
      read: (key) => readFileSync(at(key), "utf8"),
      write: (key, content) => {
        mkdirSync(dirname(at(key)), { recursive: true });
        writeFileSync(at(key), content);
      },
      remove: (key) => rmSync(at(key)),
    });
    const { problems } = await checkOperator(folderStore(copy), world.chain, OPERATOR);
    expect(problems.join("\n")).toMatch(problem);
  });

  test("cannot have a tree made of a stream that was changed before", async () => {
    const copy = mkdtempSync(join(dir, "copy-"));
    cpSync(clean, copy, { recursive: true });
    const forged = linkRow({ kind: "call" }, streams[0] ?? "", { sequence: 9, hash: GENESIS });
    writeFileSync(join(copy, keyOf(0, 10)), serialiseBatch(headerOf(streams[0] ?? "", 10, 10), [forged.text]));
    const before = await world.chain.rootCount(OPERATOR);
    await world.auditor(folderStore(copy)).turn();
    expect(await world.chain.rootCount(OPERATOR)).toBe(before);
  });
});
