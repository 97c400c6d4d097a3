import { describe, expect, test } from "@jest/globals";
import {
  batchKey,
  GENESIS,
  inclusionProof,
  isIncluded,
  leafHash,
  linkRow,
  problemOfLink,
  readRow,
  rowHash,
  streamDay,
  streamId,
  treeRoot,
} from "@agentkeys/common/audit-rows";
import fc from "fast-check";
import { createHash } from "node:crypto";

const STREAM = streamId(Date.UTC(2026, 10, 25), "ab".repeat(16));
const HEAD = { sequence: 0, hash: GENESIS };
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));

describe("a row", () => {
  test("is chained by its exact text", () => {
    const first = linkRow({ kind: "open", time: "t" }, STREAM, HEAD);
    const second = linkRow({ kind: "call" }, STREAM, first.head);
    expect(first.head).toEqual({ sequence: 1, hash: rowHash(first.text) });
    expect(problemOfLink(readRow(first.text), STREAM, HEAD)).toBeNull();
    expect(problemOfLink(readRow(second.text), STREAM, first.head)).toBeNull();
    expect(problemOfLink(readRow(second.text), STREAM, HEAD)).toMatch(/sequence is 2 where 1 follows/);
    expect(problemOfLink(readRow(second.text), STREAM, { sequence: 1, hash: GENESIS })).toMatch(/another row before/);
    expect(problemOfLink(readRow(first.text), `${STREAM}x`, HEAD)).toMatch(/of stream/);
  });

  test("has the bytes of its fields and the chain's three as one object", () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
    const entry = fc.dictionary(fc.stringMatching(/^f[A-Za-z]{0,8}$/), value, { minKeys: 1 });
    fc.assert(
      fc.property(entry, fc.nat(), hex, (fields, sequence, hash) => {
        const { text } = linkRow(fields, STREAM, { sequence, hash });
        expect(text).toBe(JSON.stringify({ ...fields, stream: STREAM, sequence: sequence + 1, previousHash: hash }));
      }),
    );
  });

  test.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no chain", '{"a":1}'],
    ["a nested value", `{"stream":"s","sequence":1,"previousHash":"${GENESIS}","headers":{"authorization":"x"}}`],
    ["a long text", `{"stream":"s","sequence":1,"previousHash":"${GENESIS}","a":"${"x".repeat(513)}"}`],
    ["a name that is no name", `{"stream":"s","sequence":1,"previousHash":"${GENESIS}","__proto__":1}`],
    ["sequence zero", `{"stream":"s","sequence":0,"previousHash":"${GENESIS}"}`],
    ["too much of all", `{"stream":"s","sequence":1,"previousHash":"${GENESIS}"${`,"a":"${"x".repeat(500)}"`.repeat(9)}}`],
  ])("with %s is refused", (_what, text) => {
    expect(() => readRow(text)).toThrow(/audit row/);
  });

  test("lies under its operator, the day its stream was opened, and the batch's first sequence", () => {
    expect(streamDay(STREAM)).toBe("2026-11-25");
    expect(batchKey("0".repeat(64), STREAM, 51)).toBe(`audit/${"0".repeat(64)}/2026-11-25/${STREAM}/000000000051.ndjson`);
    expect(() => batchKey("0".repeat(64), "../../x", 1)).toThrow(/no stream/);
  });
});

/** RFC 6962, section 2.1, word for word: another way to the same root. */
function rootByRfc(rows: readonly string[]): Buffer {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return leafHash(only);
  let split = 1;
  while (split * 2 < rows.length) split *= 2;
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(rootByRfc(rows.slice(0, split)))
    .update(rootByRfc(rows.slice(split)))
    .digest();
}

describe("a tree", () => {
  test("has the root of RFC 6962, and a proof for each row at its place alone", () => {
    fc.assert(
      fc.property(fc.array(hex, { minLength: 1, maxLength: 70 }), fc.nat(), (rows, seed) => {
        const root = treeRoot(rows);
        expect(root).toBe(rootByRfc(rows).toString("hex"));
        const position = seed % rows.length;
        const of = { rowHash: rows[position] ?? "", position, count: rows.length, proof: inclusionProof(rows, position), root };
        expect(isIncluded(of)).toBe(true);
        expect(isIncluded({ ...of, rowHash: "ff".repeat(32) })).toBe(false);
        expect(isIncluded({ ...of, position: of.count })).toBe(false);
        if (rows.length > 1) expect(isIncluded({ ...of, position: (position + 1) % rows.length })).toBe(false);
        expect(isIncluded({ ...of, proof: [...of.proof, root] })).toBe(false);
        if (of.proof.length > 0) expect(isIncluded({ ...of, proof: of.proof.slice(1) })).toBe(false);
      }),
    );
  });

  test("of nothing is the hash of nothing, and an inner node is no row", () => {
    expect(treeRoot([])).toBe(createHash("sha256").digest("hex"));
    const rows = ["11", "22", "33", "44"].map((byte) => byte.repeat(32));
    const inner = treeRoot(rows.slice(0, 2));
    const proof = [treeRoot(rows.slice(2))];
    expect(isIncluded({ rowHash: inner, position: 0, count: 2, proof, root: treeRoot(rows) })).toBe(false);
  });
});
