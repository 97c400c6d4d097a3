import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import { assertService } from "@agentkeys/common/identity";
import { addAbortSignal, type Readable } from "node:stream";

const MAX_OBJECT_BYTES = 131_072;
/** One exchange with the store, its body included. */
const TIMEOUT_MS = 10_000;
const SUFFIX = ".enc";

export interface StoredBlob {
  blob: Buffer;
  /** ETag without quotes. */
  version: string;
}
export interface ListedBlob {
  service: string;
  version: string;
  updatedAt: string;
}
/** What a removal did; failures are object names without the actor's prefix. */
export interface Removal {
  deleted: number;
  failures: string[];
}

/** One prefix of the store as one actor's session sees it. */
export interface Vault {
  /** Null only when the object does not exist; a refused or failed read throws `s3_get`. */
  get(service: string): Promise<StoredBlob | null>;
  /** Its first two bytes, by which its envelope is known; fewer when it has no more. Null and faults as `get`. */
  head(service: string): Promise<Buffer | null>;
  /** `ifVersion`: null for create only, undefined for any. A lost race throws `version_conflict`. */
  put(service: string, blob: Uint8Array, ifVersion: string | null | undefined): Promise<string>;
  /** Deletes one credential; none deleted when there is none. */
  remove(service: string): Promise<Removal>;
  /** Deletes every object under the prefix, page by page, whatever its name. */
  removeAll(): Promise<Removal>;
  list(): Promise<ListedBlob[]>;
}

export interface VaultOptions {
  s3: S3Client;
  bucket: string;
  /** Ends in a slash; the session can reach nothing else. */
  prefix: string;
}

const unquoted = (etag: string | undefined): string => (etag ?? "").replaceAll('"', "");
const statusOf = (fault: unknown): number | undefined => (fault as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : "");
const limit = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

function asError(code: ErrorCode) {
  return (cause: unknown): never => {
    throw cause instanceof AgentKeysError ? cause : new AgentKeysError(code, { cause, detail: nameOf(cause) });
  };
}

/** Counts while reading: a Content-Length can lie or be missing. */
async function readBounded(body: Readable, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, body) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_OBJECT_BYTES) throw new AgentKeysError("s3_get", { detail: "object too large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The vault of one prefix. */
export function vaultOf(options: VaultOptions): Vault {
  const { s3, bucket, prefix } = options;
  const keyOf = (service: string): string => `${prefix}${assertService(service)}${SUFFIX}`;
  return {
    get: (service) => read(options, keyOf(service)),
    head: async (service) => {
      const found = await read(options, keyOf(service), { Range: "bytes=0-1" });
      return found === null ? null : found.blob.subarray(0, 2);
    },
    put: async (service, blob, ifVersion) => {
      const condition = ifVersion === undefined ? {} : ifVersion === null ? { IfNoneMatch: "*" } : { IfMatch: `"${ifVersion}"` };
      const object = { Bucket: bucket, Key: keyOf(service), Body: blob, ContentType: "application/octet-stream" };
      try {
        return unquoted((await s3.send(new PutObjectCommand({ ...object, ...condition }), limit())).ETag);
      } catch (fault) {
        const status = statusOf(fault);
        if (status === 412 || status === 409 || (status === 404 && typeof ifVersion === "string"))
          throw new AgentKeysError("version_conflict", { cause: fault });
        return asError("s3_put")(fault);
      }
    },
    remove: async (service) => {
      const key = keyOf(service);
      if (!(await exists(options, key))) return { deleted: 0, failures: [] };
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), limit()).catch(asError("s3_put"));
      return { deleted: 1, failures: [] };
    },
    removeAll: () => removeAll(options),
    list: async () => {
      const found: ListedBlob[] = [];
      for await (const page of pagesOf(options))
        for (const { Key: key = "", ETag: etag, LastModified: at } of page.Contents ?? [])
          if (key.endsWith(SUFFIX))
            found.push({
              service: key.slice(prefix.length, -SUFFIX.length),
              version: unquoted(etag),
              updatedAt: at?.toISOString() ?? "",
            });
      return found;
    },
  };
}

async function read(options: VaultOptions, key: string, part: { Range?: string } = {}): Promise<StoredBlob | null> {
  const { abortSignal } = limit();
  try {
    const answer = await options.s3.send(new GetObjectCommand({ Bucket: options.bucket, Key: key, ...part }), { abortSignal });
    return { blob: await readBounded(answer.Body as Readable, abortSignal), version: unquoted(answer.ETag) };
  } catch (fault) {
    if (nameOf(fault) === "NoSuchKey" && statusOf(fault) === 404) return null;
    // A range of an empty object cannot be satisfied.
    if (statusOf(fault) === 416) return { blob: Buffer.alloc(0), version: "" };
    // AWS hides a missing key behind 403 when ListBucket is bound to a prefix; the list says which of the two it is.
    if (statusOf(fault) === 403 && !(await exists(options, key))) return null;
    return asError("s3_get")(fault);
  }
}

/** Whether an object is listed; the first key with a prefix is the one that equals it. Throws `s3_list`. */
async function exists({ s3, bucket }: VaultOptions, key: string): Promise<boolean> {
  const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }), limit()).catch(asError("s3_list"));
  return page.Contents?.[0]?.Key === key;
}

async function* pagesOf({ s3, bucket, prefix }: VaultOptions): AsyncGenerator<ListObjectsV2CommandOutput> {
  let token: string | undefined;
  do {
    const from = token === undefined ? {} : { ContinuationToken: token };
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from }), limit()).catch(asError("s3_list"));
    yield page;
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** A page holds at most 1,000 keys, which is what one DeleteObjects takes. Versions stay: the session may not delete them. */
async function removeAll(options: VaultOptions): Promise<Removal> {
  const { s3, bucket, prefix } = options;
  const removal: Removal = { deleted: 0, failures: [] };
  for await (const page of pagesOf(options)) {
    const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    if (keys.length === 0) continue;
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true } });
    const { Errors: errors = [] } = await s3.send(command, limit()).catch(asError("s3_put"));
    removal.failures.push(...errors.map(({ Key: key = "" }) => key.slice(prefix.length)));
    removal.deleted += keys.length - errors.length;
  }
  return removal;
}
