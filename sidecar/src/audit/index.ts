/**
 * Audit rows of the data path: one per call, as log lines and as batches to the broker. Must not know HTTP's side of a call: it never
 * sees a header, a query value or a body.
 */
export { createAuditLog, type AuditLog } from "./log.ts";
export { rowName, type AuditEntry, type AuditRecorder } from "./row.ts";
export { sendBatch, type SendDeps } from "./send.ts";
