/** The object store as an attacker meets it: web identity tokens of any shape, sessions of one actor, and its administrator's own hands. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { bareHex } from "@agentkeys/common/identity";
import type { Claims } from "@agentkeys/common/jose";
import { Agent } from "node:https";
import { SYSTEM } from "../kube.ts";
import type { Kit } from "./kit.ts";
import { nowSeconds } from "./tokens.ts";

export const BUCKET = "agentkeys-credentials";
export type Credentials = NonNullable<S3ClientConfig["credentials"]>;

const agents = new WeakMap<Kit, Agent>();

/** One connection pool a stage: a forwarded port does not survive peers that reset. */
function agentOf(kit: Kit): Agent {
  const known = agents.get(kit) ?? new Agent({ ca: kit.loot.caPem, servername: kit.store.host, keepAlive: true, maxSockets: 2 });
  agents.set(kit, known);
  return known;
}

function dialling(kit: Kit): Pick<S3ClientConfig, "endpoint" | "region" | "maxAttempts"> & { requestHandler: { httpsAgent: Agent } } {
  const httpsAgent = agentOf(kit);
  return { endpoint: `https://127.0.0.1:${kit.store.port}`, region: "us-east-1", maxAttempts: 1, requestHandler: { httpsAgent } };
}

/** S3 with these credentials. */
export function s3With(kit: Kit, credentials: Credentials): S3Client {
  return new S3Client({ ...dialling(kit), forcePathStyle: true, credentials });
}

/** S3 as the store's administrator. */
export function rootS3(kit: Kit): S3Client {
  const { user, password } = kit.loot.storeRoot;
  return s3With(kit, { accessKeyId: user, secretAccessKey: password.reveal() });
}

/** The claims the signer puts into an actor's web identity token. */
export function identityClaims(actorOmni: string): Claims {
  const omni = bareHex(actorOmni);
  return {
    iss: `https://agentkeys-signer-oidc.${SYSTEM}.svc:8093`,
    aud: "sts.amazonaws.com",
    sub: omni,
    iat: nowSeconds(),
    exp: nowSeconds() + 300,
    agentkeys_actor_omni: omni,
    "https://aws.amazon.com/tags": { principal_tags: { agentkeys_actor_omni: [omni] }, transitive_tag_keys: ["agentkeys_actor_omni"] },
  };
}

/** Temporary credentials for a web identity token; throws what the token service says. */
export async function assume(kit: Kit, token: string, policy?: string): Promise<Credentials> {
  const sts = new STSClient({ ...dialling(kit), credentials: { accessKeyId: "unused", secretAccessKey: "unused" } });
  const { Credentials: given } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: "arn:aws:iam::000000000000:role/agentkeys",
      RoleSessionName: "attack",
      WebIdentityToken: token,
      DurationSeconds: 900,
      ...(policy === undefined ? {} : { Policy: policy }),
    }),
  );
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken: sessionToken = "" } = given ?? {};
  return { accessKeyId, secretAccessKey, sessionToken };
}

export const get = (s3: S3Client, key: string, versionId?: string): Promise<Buffer> =>
  s3
    .send(new GetObjectCommand({ Bucket: BUCKET, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }))
    .then(async ({ Body }) => Buffer.from((await Body?.transformToByteArray()) ?? []));

export const put = (s3: S3Client, key: string, blob: Uint8Array): Promise<unknown> =>
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: blob }));

export const remove = (s3: S3Client, key: string, versionId?: string): Promise<unknown> =>
  s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }));

export const copy = (s3: S3Client, from: string, to: string): Promise<unknown> =>
  s3.send(new CopyObjectCommand({ Bucket: BUCKET, CopySource: `${BUCKET}/${from}`, Key: to }));

export const list = (s3: S3Client, prefix?: string): Promise<string[]> =>
  s3
    .send(new ListObjectsV2Command({ Bucket: BUCKET, ...(prefix === undefined ? {} : { Prefix: prefix }) }))
    .then(({ Contents = [] }) => Contents.map(({ Key = "" }) => Key));

/** Hangs up. */
export function closeStore(kit: Kit): void {
  agents.get(kit)?.destroy();
}

/** Runs `during` while an object holds other bytes; puts the old ones back whatever happens. */
export async function withObject(kit: Kit, key: string, change: (old: Buffer) => Uint8Array, during: () => Promise<void>): Promise<void> {
  const root = rootS3(kit);
  const old = await get(root, key);
  await put(root, key, change(old));
  try {
    await during();
  } finally {
    await put(root, key, old);
  }
}
