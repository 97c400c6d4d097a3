/** A real chain with the contracts and an auditor, and a real object store with the audit bucket's users. */
import { openAuditChain, appendRootData, setAuditorData, type AuditChain } from "@agentkeys/common/audit-chain";
import { s3Store, type AuditStore } from "@agentkeys/common/audit-store";
import { FailoverProvider, type ChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { bareHex, operatorOmni } from "@agentkeys/common/identity";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, createTestAuthority } from "@agentkeys/common/testing";
import { createJournal, openSender } from "@agentkeys/common/transactions";
import { SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts } from "@agentkeys/contracts/deploy";
import { Interface, Wallet } from "ethers";
import { Agent } from "node:https";
import { startAnvil, type Anvil } from "../../../contracts/test/anvil.ts";
import { Auditor } from "../../../broker/src/auditor/auditor.ts";
import { createAuditorMetrics } from "../../../broker/src/auditor/metrics.ts";
import { startMinio, type Minio } from "../../../creds-worker/test/minio.ts";
import { AUDIT_POLICIES } from "../../src/evaluation/audit-policies.ts";
import { provisionStore } from "../../src/evaluation/provision-store.ts";
import { ROLE_POLICY } from "../../src/evaluation/role-policy.ts";

const master = new Wallet(`0x${"42".repeat(32)}`);
const auditorWallet = new Wallet(`0x${"43".repeat(32)}`);
export const OPERATOR = bareHex(operatorOmni(master.address));
export const BUCKET = "agentkeys-audit";
export const CREDENTIALS = "agentkeys-credentials";
const ROOT = { rootUser: "agentkeys-root", rootPassword: Secret.of("root-password-0123456789") };
type User = keyof typeof AUDIT_POLICIES;

export interface AuditWorld {
  anvil: Anvil;
  config: ChainConfig;
  chain: AuditChain;
  minio: Minio;
  /** The audit bucket, or another one, as a user sees it. */
  as(user: User, bucket?: string): AuditStore;
  auditor(store: AuditStore, append?: (root: string) => Promise<void>): Auditor;
  stop(): Promise<void>;
}

export async function startAuditWorld(dir: string): Promise<AuditWorld> {
  const anvil = await startAnvil({ wallets: [master, auditorWallet] });
  const wallet = master.connect(anvil.provider);
  const config = await deployContracts({ wallet, profile: "anvil", rpcUrls: [anvil.url] });
  const contract = config.contracts.audit ?? "";
  const send = async (to: string, data: string): Promise<void> => {
    const sent = await wallet.sendTransaction({ to, data });
    await sent.wait();
  };
  const omni = operatorOmni(master.address);
  const register = new Interface(SidecarRegistry.abi).encodeFunctionData("registerMasterDevice", [
    `0x${"01".repeat(32)}`,
    omni,
    omni,
    7,
    "0x",
  ]);
  await send(config.contracts.registry, register);
  await send(contract, setAuditorData(OPERATOR, auditorWallet.address));
  const leaf = createTestAuthority().issue();
  const minio = await startMinio({ dir, leaf, buckets: [], wallets: {} });
  const { endpoint } = minio;
  const users = (Object.keys(AUDIT_POLICIES) as User[]).map((policyName) => ({
    accessKeyId: policyName,
    secretAccessKey: `secret-of-${policyName}-0123456789`,
    policyName,
  }));
  await provisionStore({
    ...{ endpoint, ...ROOT, bucket: CREDENTIALS, policyName: "sts.amazonaws.com", policyText: ROLE_POLICY, caPem: leaf.ca },
    audit: { bucket: BUCKET, users },
    clock: { ...systemClock, sleep: () => systemClock.sleep(100) },
    onProgress: () => undefined,
  });
  const httpsAgent = new Agent({ ca: leaf.ca });
  const provider = new FailoverProvider({ rpcUrls: [anvil.url], chainId: 31337, clock: systemClock, timeoutMs: 5000, attempts: 1 });
  const chain = openAuditChain(provider, contract);
  const sender = openSender({
    ...{ provider, wallet: auditorWallet, clock: systemClock, journal: createJournal(), pollMs: 20, waitMs: 10_000, replaceAfterMs: 5000 },
  });
  return {
    ...{ anvil, config, chain, minio },
    as: (user, bucket = BUCKET) => {
      const credentials = users.find(({ accessKeyId }) => accessKeyId === user) ?? { accessKeyId: "", secretAccessKey: "" };
      return s3Store({ bucket, endpoint, region: "us-east-1", forcePathStyle: true, credentialsFile: "", credentials, httpsAgent });
    },
    auditor: (store, before = () => Promise.resolve()) =>
      new Auditor({
        ...{ store, chain, clock: systemClock, log: captureLog().log, metrics: createAuditorMetrics(createMetrics("auditor")) },
        address: auditorWallet.address.toLowerCase(),
        append: async (operator, root, count) => {
          await before(root);
          return sender.send({ to: contract, data: appendRootData(operator, root, count) });
        },
      }),
    stop: async () => {
      provider.destroy();
      httpsAgent.destroy();
      await minio.stop();
      await anvil.stop();
    },
  };
}
