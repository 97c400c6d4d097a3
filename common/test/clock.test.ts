import { expect, test } from "@jest/globals";
import { createStamp } from "@agentkeys/common/clock";
import fc from "fast-check";

test("a stamp says what Date says, in whatever order times come", () => {
  const stamp = createStamp();
  const time = fc.oneof(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.integer({ min: 1_800_000_000_000, max: 1_800_000_002_000 }));
  fc.assert(fc.property(time, (ms) => expect(stamp(ms)).toBe(new Date(ms).toISOString())));
  expect(stamp(1_800_000_000_999.9)).toBe(new Date(1_800_000_000_999).toISOString());
});
