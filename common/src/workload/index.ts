/**
 * What rules say of workloads, in bindings and on workstations alike: SPIFFE IDs, pins, and the verifier whose word about measurements
 * counts. Must not know certificates of callers, sockets, or where the rules are written.
 */
export { attestationPolicy, DEFAULT_MAX_AGE_SECONDS, LEAST_MAX_AGE_SECONDS, pinProblem, workloadCaller, type Pins } from "./callers.ts";
export { MAX_SPIFFE_ID_BYTES, parseSpiffeId, SPIFFE_ID_PATTERN, type SpiffeId } from "./spiffe-id.ts";
export { VERIFIER_KEY_PATTERN, verifierKey } from "./verifier-key.ts";
