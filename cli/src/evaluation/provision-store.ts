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
import { Agent as HttpsAgent } from "node:https";
import { AUDIT_POLICIES } from "./audit-policies.ts";
import { adminPut, putUser } from "./store-admin.ts";

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
  /** Bucket of audit rows, and who may use it for what. */
  audit?: { bucket: string; users: { accessKeyId: string; secretAccessKey: string; policyName: keyof typeof AUDIT_POLICIES }[] };
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
      await createBucket(options, options.bucket);
      await putPolicy(options);
      if (options.audit !== undefined) await createBucket(options, options.audit.bucket);
      await putAuditUsers(options);
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

async function createBucket(options: ProvisionOptions, bucket: string): Promise<void> {
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
    await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch((fault: unknown) => {
      if (!(fault instanceof Error && fault.name === "BucketAlreadyOwnedByYou")) throw fault;
    });
    await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  } finally {
    s3.destroy();
  }
}

async function putPolicy(options: ProvisionOptions): Promise<void> {
  await adminPut(options, "add-canned-policy", { name: options.policyName }, JSON.stringify(localPolicy(options)));
}

/** Users of the audit bucket: none of them can reach the other bucket. */
async function putAuditUsers(options: ProvisionOptions): Promise<void> {
  const { audit } = options;
  if (audit === undefined) return;
  for (const { policyName, ...user } of audit.users) {
    const text = JSON.stringify(AUDIT_POLICIES[policyName]).replaceAll("@AUDIT_BUCKET@", audit.bucket);
    await adminPut(options, "add-canned-policy", { name: policyName }, text);
    await putUser(options, user, policyName);
  }
}
