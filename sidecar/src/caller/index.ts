/**
 * Who is asking, in a pod: the peer must sit on loopback, so in this pod's network namespace; a uid only when a service
 * names its callers. Must not know services, credentials or HTTP.
 */
export { createCallerGuard, type Caller, type CallerGuard } from "./guard.ts";
export { findSocketUid } from "./proc-net-tcp.ts";
