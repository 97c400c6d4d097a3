/**
 * The release of the tests as a production installation: the master wallet's key outside the cluster, daily budgets in PostgreSQL,
 * the image by its digest. Chain, store and the keys of the services stay those of the evaluation profile, as if they were brought.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { startPostgres, type TestPostgres } from "../../broker/test/postgres.ts";
import { makeCertificate } from "./certificate.ts";
import { startChain, type OtherChain } from "./chains.ts";
import { apply, getJson, helm, kubectl, secretObject, serviceUrl, SYSTEM } from "./kube.ts";
import { prepareRelay, removeRelay, type Relay } from "./relay.ts";
import { CHART, PROVIDER, release, TEAM_A, TEAM_B, walletFile } from "./world.ts";

/** Address of this machine that pods reach, and theirs: PostgreSQL stands outside the cluster. */
const NODE_IP = "10.250.0.1";
const POD_CIDR = "10.244.0.0/16";
const LEDGER_HOST = `ledger.${PROVIDER}.svc`;
const STORE = `https://agentkeys-store.${SYSTEM}.svc:9000`;
const WALLET = "agentkeys-wallet";
/** What the evaluation profile has and production is brought. */
const BROUGHT = ["deployment/agentkeys-chain", "deployment/agentkeys-store", "service/agentkeys-chain", "service/agentkeys-store"];

export interface Production {
  /** Of the master wallet; its key is in the file alone. */
  address: string;
  walletFile: string;
  /** The Secret that held it, as helm made it. */
  wallet: object;
  postgres: TestPostgres;
  relay: Relay;
  /** RPC of the chain that the installation is on at first. */
  chainUrl: string;
  /** Another one, to which it may move. */
  other: Promise<OtherChain>;
}

interface WalletSecret {
  metadata: { name: string; namespace: string; labels?: object; annotations?: object };
}

let current: Partial<Production> | undefined;

/** The installation that {@link becomeProduction} made. */
export function theProduction(): Production {
  assert.ok(current?.address !== undefined, "the release is no production installation");
  return current as Production;
}

/** The digest under which the running image was loaded. */
async function imageDigest(): Promise<string> {
  const { items } = await getJson<{ items: { status: { containerStatuses: { imageID: string }[] } }[] }>(
    ...["pods", "-n", SYSTEM, "-l", "app.kubernetes.io/component=signer"],
  );
  const { imageID = "" } = items[0]?.status.containerStatuses[0] ?? {};
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(imageID) ?? [];
  assert.ok(digest !== undefined, `the image has no digest (${imageID}): hack/cluster/load.sh localhost/agentkeys:dev`);
  return digest;
}

/** PostgreSQL outside the cluster, a role that owns its database, and the Secret with its URL. */
async function startLedger(): Promise<TestPostgres> {
  const { cert, key } = makeCertificate([`DNS:${LEDGER_HOST}`]);
  const postgres = await startPostgres({ tls: { cert, key }, outside: { address: NODE_IP, from: POD_CIDR } });
  const password = randomBytes(16).toString("hex");
  await postgres.query(`CREATE ROLE ledger LOGIN PASSWORD '${password}'`);
  await postgres.query("CREATE DATABASE ledger OWNER ledger");
  const metadata = { name: "ledger", namespace: PROVIDER };
  const url = `postgresql://ledger:${password}@${LEDGER_HOST}:5432/ledger?sslmode=verify-full&sslrootcert=/etc/agentkeys/ledger/ca.crt`;
  await apply(
    { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ name: "pg", port: 5432, targetPort: postgres.port }] } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { ...metadata, labels: { "kubernetes.io/service-name": "ledger" } },
      addressType: "IPv4",
      ports: [{ name: "pg", port: postgres.port }],
      endpoints: [{ addresses: [NODE_IP] }],
    },
    secretObject("prod-ledger", { url, "ca.crt": cert }),
  );
  return postgres;
}

/** values.yaml as in docs/how-to/production.md. */
const valuesOf = (digest: string, walletAddress: string): object => ({
  profile: "production",
  image: { repository: "localhost/agentkeys", digest },
  chain: { secretName: "prod-chain" },
  store: { s3Endpoint: STORE, stsEndpoint: STORE, forcePathStyle: true, roleArn: "arn:aws:iam::000000000000:role/agentkeys" },
  externalLedger: { secretName: "prod-ledger", key: "url" },
  keys: { k1Secret: "agentkeys-k1", k2Secret: "agentkeys-k2", k3Secret: "agentkeys-k3", walletAddress, auditorSecret: "agentkeys-auditor" },
  audit: {
    ...{ bucket: "agentkeys-audit", endpoint: STORE, forcePathStyle: true },
    ...{ brokerSecret: "agentkeys-audit-broker", auditorSecret: "agentkeys-audit-auditor" },
  },
  auditor: { rootIntervalSeconds: 5 },
  oidcIssuer: `https://agentkeys-signer-oidc.${SYSTEM}.svc:8093`,
  credentialNamespaces: [TEAM_A, TEAM_B],
  replicas: { operator: 1, webhook: 1, broker: 2, credsWorker: 1, signer: 1 },
  logLevel: "debug",
});

/** Changes values of the release, and waits until every pod has them. */
export async function upgrade(...flags: string[]): Promise<void> {
  await helm("upgrade", "agentkeys", CHART, "-n", SYSTEM, ...flags);
  await kubectl("-n", SYSTEM, "rollout", "status", "deployment", "-l", "app.kubernetes.io/instance=agentkeys", "--timeout=120s");
}

/** Takes the wallet's key out of the cluster and brings the release to production's values, a relay among them. */
export async function becomeProduction(): Promise<void> {
  const [file, { metadata, ...wallet }] = [await walletFile(), await getJson<WalletSecret>("secret", WALLET, "-n", SYSTEM)];
  const { name, namespace, labels, annotations } = metadata;
  const other = startChain();
  // Who awaits it hears of a fault.
  other.catch(() => undefined);
  current = { walletFile: file, wallet: { ...wallet, metadata: { name, namespace, labels, annotations } }, other };
  const { address } = new Wallet(`0x${(await readFile(file)).toString("hex")}`);
  const chainUrl = await serviceUrl(SYSTEM, "agentkeys-chain", 8545);
  const [digest, { relay, values: relayed }] = await Promise.all([imageDigest(), prepareRelay({ wallet: address, chainUrl })]);
  current.postgres = await startLedger();
  const { data } = await getJson<{ data: { "chain.json": string } }>("configmap", "agentkeys-chain", "-n", SYSTEM);
  await apply(secretObject("prod-chain", data));
  await kubectl("-n", SYSTEM, "annotate", ...BROUGHT, "helm.sh/resource-policy=keep", "--overwrite");
  await kubectl("-n", SYSTEM, "delete", "secret", WALLET);
  const values = join(await mkdtemp(join(tmpdir(), "agentkeys-production-")), "values.yaml");
  await writeFile(values, JSON.stringify(valuesOf(digest, address)));
  await upgrade("-f", values, ...relayed.flatMap((value) => ["--set", value]));
  Object.assign(current, { chainUrl, address, relay });
}

/** The release as it was, whatever of the above was done; waits for nothing but the operator. */
export async function becomeEvaluation(): Promise<void> {
  if (current === undefined) return;
  const { wallet, postgres, other } = current;
  if (wallet !== undefined) await apply(wallet);
  await release();
  await kubectl("-n", SYSTEM, "rollout", "status", "deployment/agentkeys-operator", "--timeout=120s");
  await removeRelay();
  await kubectl("-n", SYSTEM, "delete", "secret", "prod-chain", "prod-ledger", "--ignore-not-found");
  await (await other?.catch(() => undefined))?.remove();
  await kubectl("-n", PROVIDER, "delete", "service", "ledger", "--ignore-not-found");
  await postgres?.stop();
  current = undefined;
}
