/**
 * Credentials in the object store, each call with the actor's own session (protocol §6). Never the worker's identity:
 * there is none. Must not know KEKs or caps.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { objectKey, objectPrefix } from "@agentkeys/common/envelope";
import { AgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import type { StsAnswer } from "@agentkeys/common/wire";

const MAX_OBJECT_BYTES = 131_072;

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

/** The store as one actor's session sees it. */
export interface Vault {
  /** Null only when the object does not exist; a refused or failed read throws `s3_get`. */
  get(service: string): Promise<StoredBlob | null>;
  /** `ifVersion`: null for create only, undefined for any. A lost race throws `version_conflict`. */
  put(service: string, blob: Uint8Array, ifVersion: string | null | undefined): Promise<string>;
  remove(service: string): Promise<void>;
  list(): Promise<ListedBlob[]>;
}

export type OpenVault = (actorOmni: Hex, session: StsAnswer) => Vault;

/** Opens vaults on one bucket. */
export function createVaults(of: { bucket: string; client: Omit<S3ClientConfig, "credentials"> }): OpenVault {
  return (actorOmni, session) => {
    const credentials = {
      accessKeyId: session.access_key_id,
      secretAccessKey: session.secret_access_key,
      sessionToken: session.session_token,
    };
    return vaultOf(new S3Client({ maxAttempts: 2, ...of.client, credentials }), of.bucket, actorOmni);
  };
}

const unquoted = (etag: string | undefined): string => (etag ?? "").replaceAll('"', "");
const statusOf = (fault: unknown): number | undefined => (fault as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
const nameOf = (fault: unknown): string => (fault instanceof Error ? fault.name : "");

function asError(code: ErrorCode) {
  return (cause: unknown): never => {
    throw new AgentKeysError(code, { cause, detail: nameOf(cause) });
  };
}

function vaultOf(s3: S3Client, bucket: string, actorOmni: Hex): Vault {
  const at = (service: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: objectKey(actorOmni, service) });
  return {
    async get(service) {
      try {
        const answer = await s3.send(new GetObjectCommand(at(service)));
        if ((answer.ContentLength ?? 0) > MAX_OBJECT_BYTES) throw new AgentKeysError("s3_get", { detail: "object too large" });
        return { blob: Buffer.from((await answer.Body?.transformToByteArray()) ?? []), version: unquoted(answer.ETag) };
      } catch (fault) {
        if (nameOf(fault) === "NoSuchKey" && statusOf(fault) === 404) return null;
        return asError("s3_get")(fault);
      }
    },
    async put(service, blob, ifVersion) {
      const condition = ifVersion === undefined ? {} : ifVersion === null ? { IfNoneMatch: "*" } : { IfMatch: `"${ifVersion}"` };
      try {
        const answer = await s3.send(
          new PutObjectCommand({ ...at(service), Body: blob, ContentType: "application/octet-stream", ...condition }),
        );
        return unquoted(answer.ETag);
      } catch (fault) {
        const status = statusOf(fault);
        if (status === 412 || status === 409 || (status === 404 && typeof ifVersion === "string"))
          throw new AgentKeysError("version_conflict", { cause: fault });
        return asError("s3_put")(fault);
      }
    },
    async remove(service) {
      await s3.send(new DeleteObjectCommand(at(service))).catch(asError("s3_put"));
    },
    async list() {
      const prefix = objectPrefix(actorOmni);
      const found: ListedBlob[] = [];
      let token: string | undefined;
      do {
        const page = await s3
          .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) }))
          .catch(asError("s3_list"));
        for (const { Key: key = "", ETag: etag, LastModified: at } of page.Contents ?? [])
          if (key.endsWith(".enc"))
            found.push({ service: key.slice(prefix.length, -".enc".length), version: unquoted(etag), updatedAt: at?.toISOString() ?? "" });
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
      return found;
    },
  };
}
