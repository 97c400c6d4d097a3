/**
 * Audit rows of the data path: one per call, each holding the hash of the row before. Must not know HTTP: it never sees a
 * header, a query value or a body.
 */
export { createAuditLog, type AuditLog } from "./log.ts";
export { auditHash, createAuditTrail, type AuditTrail } from "./trail.ts";
export type { AuditRow, AuditEntry, AuditSink } from "./row.ts";
