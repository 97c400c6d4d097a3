import { expect, test } from "@jest/globals";
import { createAuditLog } from "../../src/audit/index.ts";

const ROW = { kind: "call", time: "2026-01-01T00:00:00.000Z", text: '{"kind":"call","pod":"a \\"quoted\\" pod"}', hash: "ab" };

test("rows that come together are written together, each a line in the frame of every log line", () => {
  const written: string[] = [];
  const write = createAuditLog({ write: (text) => written.push(text) });
  write([ROW, ROW]);
  write([{ ...ROW, hash: null }]);
  expect(written).toHaveLength(2);
  const lines = written.join("").trimEnd().split("\n");
  const frame = { component: "sidecar", level: "info", message: "call", timestamp: ROW.time, type: "audit" };
  const row = { ...frame, kind: "call", pod: 'a "quoted" pod' };
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ ...row, hash: "ab" }, { ...row, hash: "ab" }, row]);
});
