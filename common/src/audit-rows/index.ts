/**
 * Audit rows at rest: how they are chained, kept in objects and gathered in trees. Whoever has read access to the bucket and to the
 * chain can check all of it with what is here. Pure; must not know who writes a row or where objects lie.
 */
export {
  asObject,
  batchKey,
  dayOf,
  manifestKey,
  parseBatch,
  parseManifest,
  receiptKey,
  serialiseBatch,
  serialiseManifest,
  STREAM,
  STREAM_LIFE_DAYS,
  streamAgeDays,
  streamDay,
  streamId,
  type Batch,
  type BatchHeader,
  type Checkpoint,
  type Manifest,
  type Range,
} from "./objects.ts";
export { GENESIS, linkRow, problemOfLink, readRow, rowHash, type ChainHead, type Row } from "./rows.ts";
export { inclusionProof, isIncluded, leafHash, treeRoot } from "./merkle.ts";
