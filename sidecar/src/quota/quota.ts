import type { Clock } from "@agentkeys/common/clock";
import { createBucket, type Bucket } from "./bucket.ts";

export interface QuotaLimits {
  perMinute: number | undefined;
  perHour: number | undefined;
  concurrent: number | undefined;
}

/** Admitted (`release` exactly once at the end, more is harmless), or refused with what the client is told. */
export type QuotaAnswer =
  | { admitted: true; release: () => void }
  | { admitted: false; reason: "rate_limited" | "concurrency_limited"; retryAfterSeconds: number; limit: number };

export interface Quota {
  admit(caller: string, service: string, limits: QuotaLimits): QuotaAnswer;
}

interface Account {
  minute: Bucket;
  hour: Bucket;
  running: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Accounts live as long as the process: callers are the pod or a few uids, services come from the policy, so the set is small. */
export function createQuota(clock: Clock): Quota {
  const accounts = new Map<string, Account>();
  const accountOf = (caller: string, service: string): Account => {
    const key = `${caller}|${service}`;
    let account = accounts.get(key);
    if (account === undefined) accounts.set(key, (account = { minute: createBucket(MINUTE_MS), hour: createBucket(HOUR_MS), running: 0 }));
    return account;
  };
  return {
    admit(caller, service, limits) {
      const account = accountOf(caller, service);
      if (limits.concurrent !== undefined && account.running >= limits.concurrent)
        return { admitted: false, reason: "concurrency_limited", retryAfterSeconds: 1, limit: limits.concurrent };
      const now = clock.nowMs();
      const minuteWait = account.minute.waitMs(limits.perMinute, now);
      const hourWait = account.hour.waitMs(limits.perHour, now);
      const waitMs = Math.max(minuteWait, hourWait);
      if (waitMs > 0) {
        const limit = (hourWait > minuteWait ? limits.perHour : limits.perMinute) ?? 0;
        return { admitted: false, reason: "rate_limited", retryAfterSeconds: Math.ceil(waitMs / 1000), limit };
      }
      account.minute.take();
      account.hour.take();
      account.running += 1;
      let isReleased = false;
      return {
        admitted: true,
        release: () => {
          if (!isReleased) account.running -= 1;
          isReleased = true;
        },
      };
    },
  };
}
