import { S3Client } from "@aws-sdk/client-s3";
import { systemClock } from "@agentkeys/common/clock";
import { Secret } from "@agentkeys/common/secret";
import { followingAgent, staticTls } from "@agentkeys/common/tls";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { provisionStore } from "../../cli/src/evaluation/provision-store.ts";
import { freePort } from "@agentkeys/common/testing";
import { ROLE_POLICY, WALLET_KEYED_POLICY } from "../../cli/src/evaluation/role-policy.ts";

const ROOT = { accessKeyId: "agentkeys-root", secretAccessKey: "root-password-0123456789" };
const BINARY = `${process.env["AGENTKEYS_CACHE"] ?? `${homedir()}/.cache/agentkeys/cluster`}/bin/minio`;

export interface Minio {
  endpoint: string;
  root: S3Client;
  /** A client; `credentials` may be root's or those of a session. */
  s3(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): S3Client;
  stop(): Promise<void>;
}

/** A real object store with a real token service that believes `issuer`, provisioned as the evaluation profile does it. */
export async function startMinio(of: {
  dir: string;
  leaf: { cert: string; key: string; ca: string };
  /** Whose tokens are believed; nobody's when left out. */
  issuer?: string;
  buckets: readonly string[];
  wallets: Readonly<Record<string, { wallet: string }>>;
  /** One that is free when left out. */
  port?: number;
}): Promise<Minio> {
  if (!existsSync(BINARY)) throw new TypeError(`There is no object store at ${BINARY}: run make setup`);
  const certs = join(of.dir, "certs");
  mkdirSync(join(certs, "CAs"), { recursive: true });
  writeFileSync(join(certs, "public.crt"), of.leaf.cert);
  writeFileSync(join(certs, "private.key"), of.leaf.key);
  writeFileSync(join(certs, "CAs", "ca.crt"), of.leaf.ca);
  const port = of.port ?? (await freePort());
  const endpoint = `https://127.0.0.1:${port}`;
  const store = spawn(BINARY, ["server", join(of.dir, "data"), "--address", `127.0.0.1:${port}`, "--certs-dir", certs], {
    stdio: "ignore",
    env: {
      HOME: of.dir,
      MINIO_BROWSER: "off",
      MINIO_CI_CD: "1",
      MINIO_ROOT_USER: ROOT.accessKeyId,
      MINIO_ROOT_PASSWORD: ROOT.secretAccessKey,
      ...(of.issuer === undefined
        ? {}
        : {
            MINIO_IDENTITY_OPENID_CONFIG_URL: `${of.issuer}/.well-known/openid-configuration`,
            MINIO_IDENTITY_OPENID_CLIENT_ID: "sts.amazonaws.com",
            MINIO_IDENTITY_OPENID_CLIENT_SECRET: randomBytes(32).toString("hex"),
            MINIO_IDENTITY_OPENID_CLAIM_NAME: "aud",
          }),
    },
  });
  const httpsAgent = followingAgent(staticTls(of.leaf));
  const stop = async (): Promise<void> => {
    httpsAgent.destroy();
    await new Promise<void>((resolve) => {
      if (store.exitCode !== null) resolve();
      else store.once("exit", () => resolve()).kill("SIGKILL");
    });
  };
  const s3: Minio["s3"] = (credentials) =>
    new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, maxAttempts: 1, credentials, requestHandler: { httpsAgent } });
  try {
    for (const bucket of of.buckets)
      await provisionStore({
        endpoint,
        bucket,
        rootUser: ROOT.accessKeyId,
        rootPassword: Secret.of(ROOT.secretAccessKey),
        policyName: "sts.amazonaws.com",
        policyText: ROLE_POLICY,
        wallets: of.wallets,
        walletPolicyText: WALLET_KEYED_POLICY,
        caPem: of.leaf.ca,
        clock: { ...systemClock, sleep: () => systemClock.sleep(100) },
        onProgress: () => undefined,
      });
  } catch (fault) {
    // Or a store that could not be provisioned would outlive the test.
    await stop();
    throw fault;
  }
  return { endpoint, root: s3(ROOT), s3, stop };
}
