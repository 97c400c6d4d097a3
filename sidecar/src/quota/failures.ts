import type { Clock } from "@agentkeys/common/clock";
import { createBucket, type Bucket } from "./bucket.ts";

/** Failures of identity that one caller may have in a minute before it is made to wait. */
export const FAILURES_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
/** More callers than this share one account, so that made-up ones cost no memory. */
const MAX_ACCOUNTS = 256;

/** Slows down a caller that keeps sending wrong keys or is not allowed; what succeeds is never counted. */
export interface FailureLimit {
  /** How long the caller has to wait; 0 when it need not. */
  waitMs(caller: string): number;
  count(caller: string): void;
}

/** Costs nothing until something fails. */
export function createFailureLimit(clock: Clock): FailureLimit {
  const accounts = new Map<string, Bucket>();
  const keyOf = (caller: string): string => (accounts.has(caller) || accounts.size < MAX_ACCOUNTS ? caller : "");
  return {
    waitMs: (caller) => (accounts.size === 0 ? 0 : (accounts.get(keyOf(caller))?.waitMs(FAILURES_PER_MINUTE, clock.nowMs()) ?? 0)),
    count(caller) {
      const key = keyOf(caller);
      let bucket = accounts.get(key);
      if (bucket === undefined) accounts.set(key, (bucket = createBucket(MINUTE_MS)));
      if (bucket.waitMs(FAILURES_PER_MINUTE, clock.nowMs()) === 0) bucket.take();
    },
  };
}
