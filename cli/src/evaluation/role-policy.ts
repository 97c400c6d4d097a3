import { POLICY_TEXTS } from "../aws/generated/policies.ts";

/** The role policy shipped for AWS, with `@BUCKET@` in it. */
export const ROLE_POLICY: string = POLICY_TEXTS["role-policy"];

/**
 * Attached beside {@link ROLE_POLICY} only while wallet-keyed storage is being migrated: reads and removals under the wallet that
 * the signer maps to the actor. A session without that tag matches nothing.
 */
export const WALLET_KEYED_POLICY: string = POLICY_TEXTS["role-policy-v1-wallet-keyed"];
