import { afterAll, describe } from "@jest/globals";
import { folderStore } from "@agentkeys/common/audit-store";
import { FakeAuditStore } from "@agentkeys/common/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeAuditStore } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "agentkeys-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a copy in a folder", () => describeAuditStore(() => folderStore(folder)));
describe("the fake of tests", () => {
  const fake = new FakeAuditStore();
  describeAuditStore(() => fake);
});
