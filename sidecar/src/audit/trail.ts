import { hash } from "node:crypto";
import type { AuditEntry, AuditRow, AuditSink } from "./row.ts";

const GENESIS = "0".repeat(64);

export interface AuditTrail {
  record(entry: AuditEntry): AuditRow;
}

/** Hash of a row over every field but `hash`; a verifier recomputes it from a stored row. */
export function auditHash(row: Omit<AuditRow, "hash">): string {
  return hash("sha256", JSON.stringify(row), "hex");
}

/** Chains entries from `sequence` 1 and hands each row to the sink; a changed, removed or reordered row breaks the chain. */
export function createAuditTrail(sink: AuditSink): AuditTrail {
  let previousHash = GENESIS;
  let sequence = 0;
  return {
    record(entry) {
      sequence += 1;
      const linked = { ...entry, sequence, previousHash };
      const text = JSON.stringify(linked);
      const row: AuditRow = Object.assign(linked, { hash: hash("sha256", text, "hex") });
      previousHash = row.hash;
      sink.append(row, text);
      return row;
    },
  };
}
