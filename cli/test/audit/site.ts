/** A site whose rows are kept in a real object store and put on chain by a real auditor. */
import { openAuditChain, type AuditChain } from "@agentkeys/common/audit-chain";
import { bareHex, parseKey32 } from "@agentkeys/common/identity";
import { captureLog, createTestAuthority } from "@agentkeys/common/testing";
import { JsonRpcProvider } from "ethers";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAuditor } from "../../../operator/src/evaluation/auditor.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import { Program, startSite, type Site } from "../../../sidecar/test/site/index.ts";
import { BUCKET, startAuditStore, type AuditBucket, type User } from "./store.ts";

/** As text, which a Secret may hold as well as bytes. */
const AUDITOR_KEY = "43".repeat(32);

export interface AuditSite extends Site {
  /** 64 hex digits. */
  operator: string;
  bucket: AuditBucket;
  auditor: Program;
  chain: AuditChain;
  rpc: JsonRpcProvider;
  /** `agentkeys audit verify`, as a process: its exit code and its answer. */
  verify: () => Promise<{ code: number | null; reports: unknown }>;
}

/** Starts everything with `count` proxies. */
export async function startAuditSite(count: number): Promise<AuditSite> {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-audit-"));
  const write = (name: string, value: string | object): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
    return path;
  };
  mkdirSync(join(folder, "store"));
  const authority = createTestAuthority();
  const [chain, bucket] = await Promise.all([startChain(), startAuditStore(join(folder, "store"), authority.issue())]);
  const contract = chain.config.contracts.audit ?? "";
  const credentials = (user: User): string => write(`${user}.json`, bucket.credentialsOf(user));
  const site = await startSite({
    ...{ proxies: count, chain, authority },
    brokerEnv: {
      AGENTKEYS_BROKER_AUDIT_BUCKET: BUCKET,
      AGENTKEYS_BROKER_AUDIT_ENDPOINT: bucket.endpoint,
      AGENTKEYS_BROKER_AUDIT_FORCE_PATH_STYLE: "true",
      AGENTKEYS_BROKER_AUDIT_CREDENTIALS_FILE: credentials("audit-broker"),
    },
    sidecarEnv: { AGENTKEYS_SIDECAR_AUDIT_BATCH_MS: "100", AGENTKEYS_SIDECAR_START_WAIT_MS: "0" },
  });
  const operator = bareHex(site.identity.operatorOmni);
  const rpc = new JsonRpcProvider(chain.url, 31337, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1, pollingInterval: 20 });
  const auditorKey = parseKey32(Buffer.from(AUDITOR_KEY));
  await ensureAuditor({ chain: chain.config, auditorKey, walletKey: chain.walletKey, log: captureLog().log });
  const chainFile = write("chain.json", chain.config);
  const caFile = write("ca.crt", authority.ca);
  const auditor = new Program(site.entry, "auditor", {
    AGENTKEYS_AUDITOR_ADMIN_LISTEN: "0",
    AGENTKEYS_AUDITOR_CHAIN_FILE: chainFile,
    AGENTKEYS_AUDITOR_WALLET_FILE: write("auditor.key", AUDITOR_KEY),
    AGENTKEYS_AUDITOR_CA_FILE: caFile,
    AGENTKEYS_AUDITOR_ROOT_INTERVAL_SECONDS: "1",
    AGENTKEYS_AUDITOR_AUDIT_BUCKET: BUCKET,
    AGENTKEYS_AUDITOR_AUDIT_ENDPOINT: bucket.endpoint,
    AGENTKEYS_AUDITOR_AUDIT_FORCE_PATH_STYLE: "true",
    AGENTKEYS_AUDITOR_AUDIT_CREDENTIALS_FILE: credentials("audit-auditor"),
  });
  await auditor.start();
  const where = ["--bucket", BUCKET, "--endpoint", bucket.endpoint, "--ca-file", caFile, "--chain-file", chainFile];
  const asReader = [...where, "--credentials-file", credentials("audit-reader"), "--json"];
  return {
    ...site,
    ...{ operator, bucket, auditor, rpc, chain: openAuditChain(rpc, contract) },
    verify: async () => {
      const words = [site.entry, "cli", "audit", "verify", ...asReader];
      return await new Promise((resolve) => {
        const child = execFile(process.execPath, words, { env: { HOME: folder } }, (_fault, stdout) =>
          resolve({ code: child.exitCode, reports: JSON.parse(stdout) as unknown }),
        );
      });
    },
    stop: async () => {
      await auditor.end("SIGKILL");
      await site.stop();
      await bucket.stop();
      rpc.destroy();
      await chain.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
