/**
 * Request quotas per (caller, service): token buckets by the minute and by the hour, and running requests; and how often a caller may fail. Must not know HTTP,
 * prices or credentials.
 */
export { FAILURES_PER_MINUTE, createFailureLimit, type FailureLimit } from "./failures.ts";
export { createQuota, type Quota, type QuotaAnswer, type QuotaLimits } from "./quota.ts";
