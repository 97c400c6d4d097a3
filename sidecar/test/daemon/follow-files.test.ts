import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { FakeClock } from "@agentkeys/common/testing";
import { followFiles } from "../../src/daemon/follow-files.ts";

let path: string;
let clock: FakeClock;
let changes: number;
let stopping: AbortController;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), "agentkeys-follow-")), "policy.toml");
  writeFileSync(path, "1");
  [clock, changes, stopping] = [new FakeClock(), 0, new AbortController()];
  void followFiles({ paths: [path], clock, onChange: () => (changes += 1) }, stopping.signal);
});
afterEach(() => stopping.abort());

/** Lets `count` looks happen. */
async function looks(count: number): Promise<void> {
  for (let look = 0; look < count; look += 1) {
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a file that is still being written does not count until it is still", async () => {
  for (let part = 0; part < 5; part += 1) {
    writeFileSync(path, "x".repeat(part + 2));
    await looks(1);
  }
  expect(changes).toBe(0);
  await looks(1);
  expect(changes).toBe(1);
  await looks(5);
  expect(changes).toBe(1);
});

test("a file of the same size that takes the other's place counts, and so does one that goes", async () => {
  writeFileSync(`${path}.new`, "2");
  renameSync(`${path}.new`, path);
  await looks(2);
  expect(changes).toBe(1);
  rmSync(path);
  await looks(2);
  expect(changes).toBe(2);
});
