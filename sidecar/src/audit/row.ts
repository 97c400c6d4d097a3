/** What one call leaves behind, before it is chained. All values are names from the policy, numbers or closed codes. */
export interface AuditEntry {
  /** RFC 3339, UTC. */
  time: string;
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

/** A chained row: `hash` is SHA-256 over the row without `hash`, in this field order, as JSON. */
export interface AuditRow extends AuditEntry {
  sequence: number;
  previousHash: string;
  hash: string;
}

/** Takes finished rows. Must not block and must not throw: a slow or full sink drops or buffers by its own rule. */
export interface AuditSink {
  /** `linked` is the JSON text of the row without `hash`, over which `hash` was taken. */
  append(row: AuditRow, linked: string): void;
}
