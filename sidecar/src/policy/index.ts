/**
 * A binding's policy, compiled once: routes, rules and auth slots ready for the hot path. Must not know sockets, credentials
 * or how the policy arrived.
 */
export { compilePolicy, type CompiledAuth, type CompiledPolicy, type CompiledService } from "./compile.ts";
export type { ClaimPath, CompiledAttestation } from "./attestation.ts";
export { canonicalPath } from "./canonical-path.ts";
export { compileRules, type RuleSet } from "./rules.ts";
