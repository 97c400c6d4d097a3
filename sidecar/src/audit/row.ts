import { hash } from "node:crypto";

/** Names of a policy may be longer than a text of a row: a row that is too long is refused by the broker, with its whole batch. */
const MAX_NAME_CHARS = 256;
const DIGEST_CHARS = 32;

/** A name as a row holds it: of a long one its beginning, `~` and the beginning of its SHA-256, so that two of them stay distinct. */
export function rowName(name: string): string {
  if (name.length <= MAX_NAME_CHARS) return name;
  return `${name.slice(0, MAX_NAME_CHARS - DIGEST_CHARS - 1)}~${hash("sha256", name, "hex").slice(0, DIGEST_CHARS)}`;
}

/** What one call leaves behind, before it is chained and says when it ended. All values are names from the policy, numbers or closed codes. */
export interface AuditEntry {
  requestId: string;
  /** As {@link rowName} shortens it; so is the route. */
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
