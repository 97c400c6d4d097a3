/**
 * Our own certificates: authority, leaves, trust bundle and the `caBundle` of our webhooks. Must not know bindings or chains.
 */
export { createAuthority, isLeafOf, issueLeaf, lifeSpent, subjectNames, type KeyPairPem } from "./authority.ts";
export { ensureTls, TLS_SERVICES, type SecretObject, type TlsOptions } from "./ensure.ts";
export { isLeafDue, planAuthority, trustBundle, type AuthorityState } from "./plan.ts";
export { secretTls } from "./source.ts";
