import type { AgentKeysBinding, ScopeManagement } from "../api/types.ts";

/** How the chain follows a binding. An operator without a wallet proposes what it would otherwise write. */
export function managementOf(binding: AgentKeysBinding, canWrite: boolean): ScopeManagement {
  const asked = binding.spec.scope?.management ?? "Sync";
  return asked === "Sync" && !canWrite ? "Propose" : asked;
}
