/**
 * Request quotas per (caller, service): token buckets by the minute and by the hour, and running requests. Must not know HTTP,
 * prices or credentials.
 */
export { createQuota, type Quota, type QuotaAnswer, type QuotaLimits } from "./quota.ts";
