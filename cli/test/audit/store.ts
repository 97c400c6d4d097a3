/** A real object store with the audit bucket and its users, as the evaluation profile makes it; it can be killed and started again. */
import { freePort } from "@agentkeys/common/testing";
import { s3Store, type AuditStore } from "@agentkeys/common/audit-store";
import { systemClock } from "@agentkeys/common/clock";
import { Secret } from "@agentkeys/common/secret";
import { Agent } from "node:https";
import { startMinio } from "../../../creds-worker/test/minio.ts";
import { AUDIT_POLICIES } from "../../src/evaluation/audit-policies.ts";
import { provisionStore } from "../../src/evaluation/provision-store.ts";
import { ROLE_POLICY } from "../../src/evaluation/role-policy.ts";

export const BUCKET = "agentkeys-audit";
export const CREDENTIALS = "agentkeys-credentials";
const ROOT = { rootUser: "agentkeys-root", rootPassword: Secret.of("root-password-0123456789") };
export type User = keyof typeof AUDIT_POLICIES;

export interface AuditBucket {
  endpoint: string;
  /** The audit bucket, or another one, as a user sees it. */
  as: (user: User, bucket?: string) => AuditStore;
  credentialsOf: (user: User) => { accessKeyId: string; secretAccessKey: string };
  /** SIGKILL; what it acknowledged is on its disk. */
  kill: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts it with its objects in `dir`, which must be there. */
export async function startAuditStore(dir: string, leaf: { cert: string; key: string; ca: string }): Promise<AuditBucket> {
  const port = await freePort();
  const launch = (): ReturnType<typeof startMinio> => startMinio({ dir, leaf, port, buckets: [], wallets: {} });
  const credentialsOf = (user: User): { accessKeyId: string; secretAccessKey: string } => ({
    accessKeyId: user,
    secretAccessKey: `secret-of-${user}-0123456789`,
  });
  let minio = await launch();
  const { endpoint } = minio;
  const users = (Object.keys(AUDIT_POLICIES) as User[]).map((policyName) => ({ ...credentialsOf(policyName), policyName }));
  await provisionStore({
    ...{ endpoint, ...ROOT, bucket: CREDENTIALS, policyName: "sts.amazonaws.com", policyText: ROLE_POLICY, caPem: leaf.ca },
    audit: { bucket: BUCKET, users },
    clock: { ...systemClock, sleep: () => systemClock.sleep(100) },
    onProgress: () => undefined,
  });
  const httpsAgent = new Agent({ ca: leaf.ca, keepAlive: true });
  return {
    endpoint,
    credentialsOf,
    as: (user, bucket = BUCKET) => {
      const credentials = credentialsOf(user);
      return s3Store({ bucket, endpoint, region: "us-east-1", forcePathStyle: true, credentialsFile: "", credentials, httpsAgent });
    },
    kill: () => minio.stop(),
    start: async () => {
      minio = await launch();
    },
    stop: async () => {
      httpsAgent.destroy();
      await minio.stop();
    },
  };
}
