/**
 * The operator's rules: acceptance of services, policies, scopes, conditions. No I/O, no clock, no randomness.
 */
export { acceptServices, type AcceptedService, type RefusedService } from "./accept.ts";
export { changedVerdicts, mergeConditions, readyVerdict, type Verdict } from "./conditions.ts";
export { managementOf } from "./management.ts";
export { isPathCovered } from "./paths.ts";
export { agentOf, buildPolicy, type BindingIdentity } from "./policy.ts";
export { planScope, scopeHash, type Scope, type ScopePlan } from "./scope.ts";
