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
import { folderStore } from "@agentkeys/common/audit-store";
import { CredentialAudit } from "@agentkeys/contracts";
import { Contract } from "ethers";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BatchSource } from "../../../broker/src/domain/audit-batch.ts";
import { checkOperator } from "../../src/audit/check.ts";
import { problemsOfProof, proveRow } from "../../src/audit/proof.ts";
import { OPERATOR, startAuditWorld, type AuditWorld } from "./world.ts";

const SOURCE: BatchSource = {
  operator: OPERATOR,
  actor: "",
  device: "",
  source: "sidecar",
  namespace: "team-a",
  pod: "pod-1",
  podUid: "u",
};
const streams = ["aa", "bb"].map((byte) => streamId(Date.UTC(2026, 10, 25), byte.repeat(16)));
let dir = "";
let world: AuditWorld;

/** A copy of a bucket that nobody changed. */
let clean = "";

const headerOf = (stream: string, first: number, last: number): BatchHeader => ({
  version: 1,
  ...SOURCE,
  stream,
  first,
  last,
  storedAt: "",
});

/** Three batches of three rows. */
async function storeStream(stream: string): Promise<void> {
  let head = { sequence: 0, hash: GENESIS };
  for (const first of [1, 4, 7]) {
    const rows = Array.from({ length: 3 }, () => {
      const linked = linkRow({ kind: "call", namespace: "team-a", pod: "pod-1", n: Math.random() }, stream, head);
      ({ head } = linked);
      return linked.text;
    });
    await folderStore(clean).create(batchKey(OPERATOR, stream, first), serialiseBatch(headerOf(stream, first, first + 2), rows));
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "agentkeys-audit-"));
  clean = join(dir, "clean");
  world = await startAuditWorld();
  const store = folderStore(clean);
  await storeStream(streamId(Date.UTC(2026, 10, 24), "c".repeat(32)));
  await world.auditor(store).turn();
  for (const stream of streams) await storeStream(stream);
  await world.auditor(store).turn();
  expect(await checkOperator(store, world.chain, OPERATOR)).toMatchObject({ streams: 3, trees: 2, rows: 27, pending: 0, problems: [] });
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(dir, { recursive: true });
});

test("any row is proven, to the contract as well", async () => {
  const { config, chain } = world;
  const contract = config.contracts.audit ?? "";
  const wanted = `${streams[1] ?? ""}/3`;
  const proof = await proveRow({ store: folderStore(clean), chain, chainId: 31337, contract }, OPERATOR, wanted);
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

test("a new chain gets all trees in one transaction, and a row of before is proven there", async () => {
  const [other, copy] = [await startAuditWorld(), join(dir, "moved")];
  cpSync(clean, copy, { recursive: true });
  const store = folderStore(copy);
  await other.auditor(store).turn();
  expect(await checkOperator(store, other.chain, OPERATOR)).toMatchObject({ trees: 2, rows: 27, pending: 0, problems: [] });
  const contract = other.config.contracts.audit ?? "";
  const proofs = await Promise.all(
    [`${streams[0] ?? ""}/9`, `${streamId(Date.UTC(2026, 10, 24), "c".repeat(32))}/1`].map((row) =>
      proveRow({ store, chain: other.chain, chainId: 31337, contract }, OPERATOR, row),
    ),
  );
  expect(proofs.map(({ tree }) => tree.index)).toEqual([1, 0]);
  expect(new Set(proofs.map(({ chain }) => chain.transaction)).size).toBe(1);
  for (const proof of proofs) expect(await problemsOfProof(proof, other.chain)).toEqual([]);
  await other.stop();
}, 30_000);

describe("somebody who can write the bucket", () => {
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
