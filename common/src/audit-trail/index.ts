/**
 * The writer's side of the audit: rows are chained, spooled in the state folder and sent to the broker until it has them. Must not
 * know what a row is about, nor HTTP.
 */
export { folderFiles, memoryFiles, type SpoolFiles } from "./files.ts";
export { createAuditMetrics, openTrail, type OpenTrailDeps, type RunningTrail } from "./open.ts";
export { Sender, type BatchAck, type OutgoingBatch, type SenderDeps } from "./sender.ts";
export { Spool, type Segment, type SpoolOptions } from "./spool.ts";
export { AuditTrail, type AuditFields, type Recorded, type TrailDeps } from "./trail.ts";
