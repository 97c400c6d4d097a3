import { expect, test } from "@jest/globals";
import { auditHash, createAuditLog, createAuditTrail, type AuditEntry, type AuditRow } from "../../src/audit/index.ts";

const ENTRY: AuditEntry = {
  time: "2026-01-01T00:00:00.000Z",
  requestId: "00",
  caller: "pod",
  namespace: "team-a",
  pod: 'a "quoted" pod\n',
  binding: "agent",
  service: "openai",
  method: "GET",
  route: "/v1/**",
  status: 200,
  bytesIn: 0,
  bytesOut: 2,
  costNanoDollars: 0,
  priceVersion: null,
  credentialVersion: "v1",
  decision: "allow",
  reason: "ok",
};

/** A log that holds rows until the test says so. */
function openLog(): { record: (entry: AuditEntry) => AuditRow; written: string[]; letGo: () => void; flush: () => void } {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const log = createAuditLog({ write: (text) => written.push(text) }, (flush) => void waiting.push(flush));
  const trail = createAuditTrail(log);
  return {
    record: (entry) => trail.record(entry),
    written,
    letGo: () => waiting.splice(0).forEach((flush) => flush()),
    flush: () => log.flush(),
  };
}

test("rows of a few milliseconds are written together, each a line in the frame of every log line, and their hashes hold", () => {
  const { record, written, letGo } = openLog();
  const rows = [record(ENTRY), record({ ...ENTRY, requestId: "01" })];
  expect(written).toEqual([]);
  letGo();
  rows.push(record({ ...ENTRY, requestId: "02" }));
  letGo();
  expect(written).toHaveLength(2);
  const lines = written.join("").trimEnd().split("\n");
  const frame = { component: "sidecar", level: "info", message: "call", timestamp: ENTRY.time, type: "audit" };
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows.map((row) => ({ ...frame, ...row })));
  for (const { hash, ...row } of rows) expect(auditHash(row)).toBe(hash);
  expect(rows.slice(1).map(({ previousHash }) => previousHash)).toEqual(rows.slice(0, -1).map(({ hash }) => hash));
});

test("rows still held are written when the process ends, and only once", () => {
  const { record, written, letGo, flush } = openLog();
  record(ENTRY);
  flush();
  expect(written).toHaveLength(1);
  letGo();
  flush();
  expect(written).toHaveLength(1);
});
