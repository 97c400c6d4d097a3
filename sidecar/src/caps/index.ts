/**
 * Caps and credentials: how a key gets into memory and how long it stays. Must not know requests or upstreams.
 */
export { Credentials } from "./credentials.ts";
export { callService, fetchCredential, type CallDeps } from "./fetch.ts";
