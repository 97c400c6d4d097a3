/** What one call leaves behind, before it is chained and says when it ended. All values are names from the policy, numbers or closed codes. */
export interface AuditEntry {
  requestId: string;
  caller: string;
  namespace: string;
  pod: string;
  binding: string;
  service: string;
  method: string;
  /** The rule that matched (`/v1/models/*`), never the path that was asked for. */
  route: string;
  status: number;
  bytesIn: number;
  bytesOut: number;
  /** Zero and null until prices apply. */
  costNanoDollars: number;
  priceVersion: string | null;
  credentialVersion: string | null;
  decision: "allow" | "deny";
  reason: string;
}

/** Takes what a call leaves behind. Must not block and must not throw: a full spool counts and drops by its own rule. */
export interface AuditRecorder {
  record(kind: "call", entry: AuditEntry, endedMs: number): unknown;
}
