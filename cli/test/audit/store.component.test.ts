import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createTestAuthority } from "@agentkeys/common/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeAuditStore } from "../../../common/test/audit/store-contract.ts";
import { CREDENTIALS, startAuditStore, type AuditBucket } from "./store.ts";

let dir = "";
let bucket: AuditBucket;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "agentkeys-store-"));
  bucket = await startAuditStore(dir, createTestAuthority().issue());
}, 60_000);
afterAll(async () => {
  await bucket.stop();
  rmSync(dir, { recursive: true });
});

describe("a bucket", () => describeAuditStore(() => bucket.as("audit-broker")));

test("whoever stores rows can neither change one, nor write a tree, nor reach a credential; the auditor can change no row", async () => {
  const [broker, auditor, reader] = [bucket.as("audit-broker"), bucket.as("audit-auditor"), bucket.as("audit-reader")];
  expect(await broker.create("audit/y/1", "a")).toBe(true);
  expect(await broker.create("audit/y/1", "b")).toBe(false);
  expect(await reader.get("audit/y/1")).toBe("a");
  expect(await broker.get("audit/y/2")).toBeNull();
  await expect(broker.create("roots/y/1", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  await expect(auditor.create("audit/y/2", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  await expect(reader.create("audit/y/3", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
  for (const user of ["audit-broker", "audit-auditor", "audit-reader"] as const) {
    const credentials = bucket.as(user, CREDENTIALS);
    await expect(credentials.create("bots/x", "a")).rejects.toMatchObject({ code: "audit_unavailable" });
    await expect(credentials.get("bots/x")).rejects.toMatchObject({ code: "audit_unavailable" });
  }
});
