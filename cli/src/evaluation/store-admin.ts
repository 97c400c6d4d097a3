/** The evaluation store's admin API: policies and users. */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Secret } from "@agentkeys/common/secret";
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { Agent, request } from "undici";

export interface StoreAdmin {
  endpoint: string;
  rootUser: string;
  rootPassword: Secret;
  caPem?: string;
  clock: Clock;
}

/** A PUT to the admin API; throws `s3_put` with what it answered. */
export async function adminPut(admin: StoreAdmin, path: string, query: Record<string, string>, body: string | Buffer): Promise<void> {
  const url = new URL(`${admin.endpoint}/minio/admin/v3/${path}?${new URLSearchParams(query).toString()}`);
  url.searchParams.sort();
  const dispatcher = new Agent({ connect: admin.caPem === undefined ? {} : { ca: admin.caPem } });
  try {
    const answer = await request(url, { method: "PUT", body, headers: signedHeaders(admin, url, body), dispatcher });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new AgentKeysError("s3_put", { detail: `${path}: ${answer.statusCode} ${text.slice(0, 200)}` });
  } finally {
    await dispatcher.close();
  }
}

/** Makes a user, or gives it this key, with one policy. */
export async function putUser(
  admin: StoreAdmin,
  user: { accessKeyId: string; secretAccessKey: string },
  policyName: string,
): Promise<void> {
  const account = JSON.stringify({ secretKey: user.secretAccessKey, status: "enabled" });
  await adminPut(admin, "add-user", { accessKey: user.accessKeyId }, sealed(admin.rootPassword, account));
  await adminPut(admin, "set-user-or-group-policy", { policyName, userOrGroup: user.accessKeyId, isGroup: "false" }, "");
}

const PBKDF2_AES_GCM = 2;
const PBKDF2_ROUNDS = 8192;
const OVERHEAD = 16;

/** As the admin API wants what is secret: salt, id, nonce, and one last fragment of a chunked AES-256-GCM stream (sio). */
function sealed(password: Secret, text: string): Buffer {
  const [salt, nonce] = [randomBytes(32), randomBytes(8)];
  const key = pbkdf2Sync(password.reveal(), salt, PBKDF2_ROUNDS, 32, "sha256");
  const gcm = (counter: number, plain: string, associated: Buffer): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(counter);
    const cipher = createCipheriv("aes-256-gcm", key, Buffer.concat([nonce, count])).setAAD(associated);
    return Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  };
  const tag = gcm(0, "", Buffer.alloc(0)).subarray(-OVERHEAD);
  const last = Buffer.concat([Buffer.of(0x80), tag]);
  return Buffer.concat([salt, Buffer.of(PBKDF2_AES_GCM), nonce, gcm(1, text, last)]);
}

/** AWS Signature Version 4 of one PUT (the store's admin API wants it too). */
function signedHeaders({ rootUser, rootPassword, clock }: StoreAdmin, url: URL, body: string | Buffer): Record<string, string> {
  const hash = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const stamp = new Date(clock.nowMs()).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const day = stamp.slice(0, 8);
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const headers = { host: url.host, "x-amz-content-sha256": hash(body), "x-amz-date": stamp };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["PUT", url.pathname, url.searchParams.toString(), lines.join(""), names, hash(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", stamp, scope, hash(canonical)].join("\n");
  const key = [day, "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${rootPassword.reveal()}`);
  const signature = hmac(key, toSign).toString("hex");
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${rootUser}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}
