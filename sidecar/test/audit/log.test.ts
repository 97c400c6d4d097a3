import { expect, test } from "@jest/globals";
import { createAuditLog } from "../../src/audit/index.ts";

const ROW = { kind: "call", time: "2026-01-01T00:00:00.000Z", text: '{"kind":"call","pod":"a \\"quoted\\" pod"}', hash: "ab" };

/** A log that holds rows until the test says so. */
function openLog(): {
  append: (row: typeof ROW | (Omit<typeof ROW, "hash"> & { hash: null })) => void;
  written: string[];
  letGo: () => void;
  flush: () => void;
} {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const log = createAuditLog({ write: (text) => written.push(text) }, (flush) => void waiting.push(flush));
  return {
    append: (row) => log.append(row),
    written,
    letGo: () => waiting.splice(0).forEach((flush) => flush()),
    flush: () => log.flush(),
  };
}

test("rows of a few milliseconds are written together, each a line in the frame of every log line", () => {
  const { append, written, letGo } = openLog();
  append(ROW);
  append(ROW);
  expect(written).toEqual([]);
  letGo();
  append({ ...ROW, hash: null });
  letGo();
  expect(written).toHaveLength(2);
  const lines = written.join("").trimEnd().split("\n");
  const frame = { component: "sidecar", level: "info", message: "call", timestamp: ROW.time, type: "audit" };
  const row = { ...frame, kind: "call", pod: 'a "quoted" pod' };
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ ...row, hash: "ab" }, { ...row, hash: "ab" }, row]);
});

test("rows still held are written when the process ends, and only once", () => {
  const { append, written, letGo, flush } = openLog();
  append(ROW);
  flush();
  expect(written).toHaveLength(1);
  letGo();
  flush();
  expect(written).toHaveLength(1);
});
