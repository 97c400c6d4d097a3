/**
 * Where audit rows and trees lie: a bucket, or a copy of one in a folder. Objects are created once and never changed. Must not know
 * what is in them.
 */
export { folderStore } from "./folder.ts";
export { openAuditStore, type AuditStoreConfig } from "./open.ts";
export { s3Store, type S3StoreOptions } from "./s3.ts";

/** Objects by key, as in a bucket. */
export interface AuditStore {
  /** Creates an object; answers false when there is one of that key, which is left as it is. Throws `audit_unavailable`. */
  create(key: string, text: string): Promise<boolean>;
  /** Null when there is none. Throws `audit_unavailable`. */
  get(key: string): Promise<string | null>;
  /** Keys under a prefix, in their order, those up to and with `after` left out. Throws `audit_unavailable`. */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /** Names between a prefix that ends in a slash and the next slash, in their order. Throws `audit_unavailable`. */
  folders(prefix: string): Promise<string[]>;
  close(): void;
}
