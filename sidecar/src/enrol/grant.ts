import type { Delegation } from "@agentkeys/common/delegation-token";
import type { PolicyUpdate } from "@agentkeys/common/wire";

export interface HeldDelegation {
  token: string;
  message: Delegation;
}

/** A new delegation, with the policy when it comes from the same hand. */
export interface Grant extends HeldDelegation {
  binding?: PolicyUpdate;
}
