/** A token bucket that refills evenly over its window; the limit may change between calls. */
export interface Bucket {
  /** Refills up to now; answers how long until one token is there, 0 when it is. No limit: always 0. */
  waitMs(limit: number | undefined, nowMs: number): number;
  /** Takes the token that {@link waitMs} just found. */
  take(): void;
}

/** Starts full. A clock that steps back gives no tokens. */
export function createBucket(windowMs: number): Bucket {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAtMs = 0;
  return {
    waitMs(limit, nowMs) {
      const elapsedMs = Math.max(0, nowMs - filledAtMs);
      filledAtMs = nowMs;
      if (limit === undefined) {
        tokens = Number.POSITIVE_INFINITY;
        return 0;
      }
      tokens = Math.min(limit, tokens + (elapsedMs * limit) / windowMs);
      return tokens >= 1 ? 0 : ((1 - tokens) * windowMs) / limit;
    },
    take() {
      tokens -= 1;
    },
  };
}
