import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { readFileSync } from "node:fs";
import type { Agent } from "node:https";
import { AgentKeysError } from "../errors/index.ts";
import type { AuditStore } from "./index.ts";

export interface S3StoreOptions {
  bucket: string;
  region: string;
  /** Empty for AWS's own. */
  endpoint: string;
  forcePathStyle: boolean;
  /** JSON file `{accessKeyId, secretAccessKey}`; empty for the identity that the SDK finds by itself (a role of the pod). */
  credentialsFile: string;
  /** Instead of a file. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  httpsAgent?: Agent;
}

const TIMEOUT_MS = 10_000;
const statusOf = (fault: unknown): number | undefined => (fault as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

const nameOf = (cause: unknown): string => (cause instanceof Error ? cause.name : "");

function unavailable(cause: unknown): AgentKeysError {
  return new AgentKeysError("audit_unavailable", { cause, detail: nameOf(cause) });
}

function unreadable(cause: unknown): AgentKeysError {
  const message = `The audit bucket cannot be read (${nameOf(cause)}): check its endpoint and your rights, then try again`;
  return new AgentKeysError("audit_unavailable", { cause, message });
}

/** Read afresh each time that it is asked for: a Secret may be renewed. */
function readCredentials(file: string): { accessKeyId: string; secretAccessKey: string } {
  const { accessKeyId, secretAccessKey } = JSON.parse(readFileSync(file, "utf8")) as Record<string, string | undefined>;
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new AgentKeysError("config_invalid", { message: "The audit credentials file must hold accessKeyId and secretAccessKey" });
  return { accessKeyId, secretAccessKey };
}

/** A bucket by the S3 API. */
export function s3Store(options: S3StoreOptions): AuditStore {
  const { bucket, region, endpoint, forcePathStyle, credentialsFile: file, httpsAgent } = options;
  const s3 = new S3Client({
    ...{ region, forcePathStyle, maxAttempts: 2 },
    ...(endpoint === "" ? {} : { endpoint }),
    ...(httpsAgent === undefined ? {} : { requestHandler: { httpsAgent } }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(file === "" ? {} : { credentials: () => Promise.resolve().then(() => readCredentials(file)) }),
  });
  const limit = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  async function* pages(of: { Prefix: string; StartAfter?: string; Delimiter?: string }): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const from = token === undefined ? {} : { ContinuationToken: token };
      const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, ...of, ...from }), limit()).catch((cause: unknown) => {
        throw unreadable(cause);
      });
      yield page;
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }
  return {
    create: async (key, text) => {
      const object = { Bucket: bucket, Key: key, Body: text, ContentType: "application/x-ndjson", IfNoneMatch: "*" };
      try {
        await s3.send(new PutObjectCommand(object), limit());
        return true;
      } catch (cause) {
        if (statusOf(cause) === 412) return false;
        throw unavailable(cause);
      }
    },
    get: async (key) => {
      try {
        const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), limit());
        return (await body?.transformToString()) ?? "";
      } catch (cause) {
        if (cause instanceof Error && cause.name === "NoSuchKey") return null;
        throw unreadable(cause);
      }
    },
    async *list(prefix, after) {
      for await (const page of pages({ Prefix: prefix, ...(after === undefined ? {} : { StartAfter: after }) }))
        for (const { Key: key } of page.Contents ?? []) if (key !== undefined) yield key;
    },
    folders: async (prefix) => {
      const found: string[] = [];
      for await (const page of pages({ Prefix: prefix, Delimiter: "/" }))
        for (const { Prefix: folder = "" } of page.CommonPrefixes ?? []) found.push(folder.slice(prefix.length, -1));
      return found;
    },
    close: () => s3.destroy(),
  };
}
