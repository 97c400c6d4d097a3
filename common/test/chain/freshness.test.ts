import { expect, test } from "@jest/globals";
import { FakeClock } from "@agentkeys/common/testing";
import { createFreshnessCheck } from "../../src/chain/freshness.ts";

const NOW = 1_800_000_000;
const isOld = /s old, more than 60 s/;

test("a view of 60 s counts, one of 61 s does not", () => {
  const assertFresh = createFreshnessCheck(60, new FakeClock(NOW));
  expect(() => assertFresh({ blockNumber: 1, blockTimestamp: NOW - 60 })).not.toThrow();
  expect(() => assertFresh({ blockNumber: 2, blockTimestamp: NOW - 61 })).toThrow(isOld);
});

test("a chain that stands still grows old although its clock runs ahead", () => {
  const clock = new FakeClock(NOW);
  const assertFresh = createFreshnessCheck(60, clock);
  const block = { blockNumber: 7, blockTimestamp: NOW + 3600 };
  assertFresh(block);
  clock.advance(60_000);
  expect(() => assertFresh(block)).not.toThrow();
  clock.advance(1_000);
  expect(() => assertFresh(block)).toThrow(isOld);
  expect(() => assertFresh({ ...block, blockNumber: 8 })).not.toThrow();
});

test("nothing is checked when no age is given", () => {
  const assertFresh = createFreshnessCheck(undefined, new FakeClock(NOW));
  expect(() => assertFresh({ blockNumber: 1, blockTimestamp: 0 })).not.toThrow();
});
