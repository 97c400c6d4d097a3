import { createHash } from "node:crypto";
import type { Hex } from "@agentkeys/common/identity";
import type { AppliedScope, ScopeManagement } from "../api/types.ts";

export interface Scope {
  services: readonly Hex[];
  readOnly: boolean;
  isSet: boolean;
}

export type ScopeReason = "InSync" | "RevokedOnChain" | "ChangedOnChain" | "NotWritten" | "OutOfSync" | "ProposalPending";

export interface ScopePlan {
  shouldWrite: boolean;
  reason: ScopeReason;
}

/** Text that is equal for equal scopes, whatever the order of their services. */
export function scopeHash(scope: Scope): string {
  if (!scope.isSet || scope.services.length === 0) return "none";
  return createHash("sha256")
    .update(JSON.stringify({ services: [...new Set(scope.services)].sort(), readOnly: scope.readOnly }))
    .digest("hex")
    .slice(0, 32);
}

/**
 * Whether the scope is to be written. What somebody else took away on chain is never granted again by itself, on another chain
 * neither: only a new generation of the binding, or another value of its resync annotation, is a new wish.
 */
export function planScope(of: {
  management: ScopeManagement;
  wanted: Scope;
  chain: Scope;
  generation: number;
  deviceRegisteredAt: number;
  resync?: string | undefined;
  applied?: AppliedScope | undefined;
  /** Whether the last look found that somebody else had taken it away. */
  wasTaken?: boolean;
}): ScopePlan {
  const { wanted, chain, applied } = of;
  const onChain = scopeHash(chain);
  if (onChain === scopeHash(wanted)) return { shouldWrite: false, reason: "InSync" };
  // A person decides about each proposal, so one is made of what somebody else took away too.
  if (of.management === "Propose") return { shouldWrite: false, reason: "ProposalPending" };
  if (of.management !== "Sync") return { shouldWrite: false, reason: "NotWritten" };
  const isKnownHere = applied?.deviceRegisteredAt === of.deviceRegisteredAt || of.wasTaken === true;
  const isSameWish = isKnownHere && applied?.generation === of.generation && applied.resync === of.resync;
  if (isSameWish && applied.scopeHash !== onChain)
    return { shouldWrite: false, reason: onChain === "none" ? "RevokedOnChain" : "ChangedOnChain" };
  return { shouldWrite: true, reason: "OutOfSync" };
}
