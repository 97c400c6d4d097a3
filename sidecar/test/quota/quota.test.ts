import { expect, test } from "@jest/globals";
import { FakeClock } from "@agentkeys/common/testing";
import { createQuota } from "../../src/quota/index.ts";

const none = { perMinute: undefined, perHour: undefined, concurrent: undefined };

test("Q1 as many are admitted at once as fit, and a slot comes back once", () => {
  const quota = createQuota(new FakeClock());
  const first = quota.admit("pod", "a", { ...none, concurrent: 2 });
  expect(quota.admit("pod", "a", { ...none, concurrent: 2 }).admitted).toBe(true);
  expect(quota.admit("pod", "a", { ...none, concurrent: 2 })).toMatchObject({ admitted: false, reason: "concurrency_limited" });
  expect(quota.admit("pod", "b", { ...none, concurrent: 2 }).admitted).toBe(true);
  if (first.admitted) {
    first.release();
    first.release();
  }
  expect(quota.admit("pod", "a", { ...none, concurrent: 2 }).admitted).toBe(true);
  expect(quota.admit("pod", "a", { ...none, concurrent: 2 }).admitted).toBe(false);
});

test("the hour holds when the minute would allow, and a refusal costs nothing", () => {
  const clock = new FakeClock();
  const quota = createQuota(clock);
  const limits = { perMinute: 10, perHour: 3, concurrent: undefined };
  for (let count = 0; count < 3; count += 1) expect(quota.admit("pod", "a", limits).admitted).toBe(true);
  for (let count = 0; count < 5; count += 1)
    expect(quota.admit("pod", "a", limits)).toEqual({ admitted: false, reason: "rate_limited", retryAfterSeconds: 1200, limit: 3 });
  clock.advance(1_200_000);
  expect(quota.admit("pod", "a", limits).admitted).toBe(true);
});

test("callers have buckets of their own; a lower limit takes hold at once; a clock that steps back gives nothing", () => {
  const clock = new FakeClock();
  const quota = createQuota(clock);
  expect(quota.admit("uid:1", "a", { ...none, perMinute: 1 }).admitted).toBe(true);
  expect(quota.admit("uid:1", "a", { ...none, perMinute: 1 }).admitted).toBe(false);
  expect(quota.admit("uid:2", "a", { ...none, perMinute: 5 }).admitted).toBe(true);
  expect(quota.admit("uid:2", "a", { ...none, perMinute: 1 }).admitted).toBe(true);
  expect(quota.admit("uid:2", "a", { ...none, perMinute: 1 }).admitted).toBe(false);
  clock.advance(-3_600_000);
  expect(quota.admit("uid:2", "a", { ...none, perMinute: 1 }).admitted).toBe(false);
});
