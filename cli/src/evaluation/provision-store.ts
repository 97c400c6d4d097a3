/**
 * Makes the evaluation profile's object store usable: bucket with versions, and the one policy that fences actors.
 * The policy is the one shipped for AWS; MinIO knows no principal tags, so the actor's omni comes from the token's `sub`.
 */
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import type { Clock } from "@agentkeys/common/clock";
import { walletPrefix } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { bareHex } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { createHash, createHmac } from "node:crypto";
import { Agent as HttpsAgent } from "node:https";
import { Agent, request } from "undici";

export interface ProvisionOptions {
  endpoint: string;
  rootUser: string;
  rootPassword: Secret;
  bucket: string;
  /** Name of the policy; tokens with this audience get it. */
  policyName: string;
  /** The policy for AWS, with `@BUCKET@` in it. */
  policyText: string;
  /** Actors with older, wallet-keyed storage, as in the signer's `wallets.json`; with `walletPolicyText`. */
  wallets?: Readonly<Record<string, { wallet: string }>>;
  walletPolicyText?: string;
  caPem?: string;
  clock: Clock;
  onProgress: (text: string) => void;
}

interface Statement extends Record<string, unknown> {
  Sid?: string;
  Condition?: object;
}
interface Policy {
  Version: string;
  Statement: Statement[];
}

const ATTEMPTS = 60;
const RETRY_MS = 2000;
const OMNI_SHAPE = "?".repeat(64);

/**
 * The store knows no second tag, and a claim that is absent could be set by the caller: so each wallet is written out, bound to
 * the `sub` of its actor.
 */
function walletStatements({ bucket, wallets = {}, walletPolicyText }: PolicyOptions): Statement[] {
  if (walletPolicyText === undefined) return [];
  return Object.entries(wallets).flatMap(([actor, { wallet }], index) => {
    const prefix = walletPrefix(wallet).split("/")[1] ?? "";
    const text = walletPolicyText.replaceAll("@BUCKET@", bucket).replaceAll("${aws:PrincipalTag/agentkeys_user_wallet}", prefix);
    const { Statement: statements } = JSON.parse(text) as Policy;
    return statements.map(({ Sid: sid = "", Condition: condition, ...rest }) => ({
      ...rest,
      Sid: `${sid}_${index}`,
      Condition: { ...condition, StringEquals: { "jwt:sub": [bareHex(actor)] } },
    }));
  });
}

type PolicyOptions = Pick<ProvisionOptions, "policyText" | "bucket" | "wallets" | "walletPolicyText">;

/** The AWS policy with the local store's guards: `sub` must look like an omni, and old versions stay. */
export function localPolicy(options: PolicyOptions): Policy {
  const { policyText, bucket } = options;
  const text = policyText.replaceAll("@BUCKET@", bucket).replaceAll("${aws:PrincipalTag/agentkeys_actor_omni}", "${jwt:sub}");
  const policy = JSON.parse(text) as Policy;
  const everything = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
  return {
    ...policy,
    Statement: [
      ...policy.Statement,
      ...walletStatements(options),
      { Effect: "Deny", Action: ["s3:*"], Resource: everything, Condition: { StringNotLike: { "jwt:sub": [OMNI_SHAPE] } } },
      { Effect: "Deny", Action: ["s3:DeleteObjectVersion"], Resource: [`arn:aws:s3:::${bucket}/*`] },
    ],
  };
}

/** Creates bucket and policy; retries while the store starts, then throws `s3_put`. */
export async function provisionStore(options: ProvisionOptions): Promise<void> {
  let last: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await createBucket(options);
      await putPolicy(options);
      options.onProgress("store provisioned");
      return;
    } catch (fault) {
      last = fault;
      options.onProgress(
        `store is not ready (attempt ${attempt} of ${ATTEMPTS}): ${fault instanceof Error ? fault.message : String(fault)}`,
      );
      await options.clock.sleep(RETRY_MS);
    }
  }
  throw new AgentKeysError("s3_put", { message: "The store could not be provisioned: see its log", cause: last });
}

async function createBucket(options: ProvisionOptions): Promise<void> {
  const httpsAgent = new HttpsAgent(options.caPem === undefined ? {} : { ca: options.caPem });
  const credentials = { accessKeyId: options.rootUser, secretAccessKey: options.rootPassword.reveal() };
  const s3 = new S3Client({
    endpoint: options.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials,
    requestHandler: { httpsAgent },
    maxAttempts: 1,
  });
  try {
    await s3.send(new CreateBucketCommand({ Bucket: options.bucket })).catch((fault: unknown) => {
      if (!(fault instanceof Error && fault.name === "BucketAlreadyOwnedByYou")) throw fault;
    });
    await s3.send(new PutBucketVersioningCommand({ Bucket: options.bucket, VersioningConfiguration: { Status: "Enabled" } }));
  } finally {
    s3.destroy();
  }
}

async function putPolicy(options: ProvisionOptions): Promise<void> {
  const url = new URL(`${options.endpoint}/minio/admin/v3/add-canned-policy?name=${encodeURIComponent(options.policyName)}`);
  const body = JSON.stringify(localPolicy(options));
  const dispatcher = new Agent({ connect: options.caPem === undefined ? {} : { ca: options.caPem } });
  try {
    const answer = await request(url, { method: "PUT", body, headers: signedHeaders(options, url, body), dispatcher });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new AgentKeysError("s3_put", { detail: `policy: ${answer.statusCode} ${text.slice(0, 200)}` });
  } finally {
    await dispatcher.close();
  }
}

/** AWS Signature Version 4 of one PUT (the store's admin API wants it too). */
function signedHeaders(options: ProvisionOptions, url: URL, body: string): Record<string, string> {
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const stamp = new Date(options.clock.nowMs()).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const day = stamp.slice(0, 8);
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const headers = { host: url.host, "x-amz-content-sha256": hash(body), "x-amz-date": stamp };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["PUT", url.pathname, url.searchParams.toString(), lines.join(""), names, hash(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, hash(canonical)].join("\n");
  const key = [day, "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${options.rootPassword.reveal()}`);
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${options.rootUser}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}
