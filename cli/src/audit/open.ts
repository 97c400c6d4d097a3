import { openAuditChain, type AuditChain } from "@agentkeys/common/audit-chain";
import { folderStore, s3Store, type AuditStore } from "@agentkeys/common/audit-store";
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Agent } from "node:https";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openChainConfig } from "../chain/config.ts";
import { recentProviderOf } from "../chain/provider.ts";
import { usage, type Call, type OptionSpecs } from "../command.ts";

export const STORE_OPTIONS = {
  from: { type: "string", value: "<folder>", description: "a copy of the bucket, instead of the bucket itself" },
  bucket: { type: "string", value: "<name>", description: "audit bucket, read with your own AWS credentials" },
  region: { type: "string", value: "<name>", default: "us-east-1", description: "its region" },
  endpoint: { type: "string", value: "<url>", description: "its S3 endpoint, where it is not AWS's own" },
  "ca-file": { type: "string", value: "<file>", description: "CA of that endpoint" },
  "credentials-file": {
    type: "string",
    value: "<file>",
    description: "JSON {accessKeyId, secretAccessKey}, instead of what the AWS SDK finds",
  },
  operator: { type: "string", value: "<omni>", description: "operator, where the bucket holds several" },
} as const satisfies OptionSpecs;

/** A folder, a bucket, or the evaluation profile's own store through a forwarded port. */
export async function openStore(call: Call): Promise<AuditStore> {
  const [from, bucket] = [call.text("from"), call.text("bucket")];
  if (from !== undefined && bucket !== undefined) throw usage("--from and --bucket exclude each other");
  if (from !== undefined) return folderStore(assertFolder(from));
  const store = bucket === undefined ? await evaluationStore(call) : bucketStore(call, bucket);
  call.defer(() => store.close());
  return store;
}

/** An empty answer of a folder that is not there would read like a clean one. */
function assertFolder(path: string): string {
  if (existsSync(join(path, "audit"))) return path;
  throw new AgentKeysError("config_invalid", { message: `There is no ${join(path, "audit")}: give --from the copy of an audit bucket` });
}

function bucketStore(call: Call, bucket: string): AuditStore {
  const [caFile, credentialsFile] = [call.text("ca-file"), call.text("credentials-file") ?? ""];
  if (credentialsFile !== "") readFile(credentialsFile, "--credentials-file");
  const endpoint = call.text("endpoint") ?? "";
  return s3Store({
    bucket,
    endpoint,
    region: call.text("region") ?? "us-east-1",
    forcePathStyle: endpoint !== "",
    credentialsFile,
    ...(caFile === undefined ? {} : { httpsAgent: new Agent({ ca: readFile(caFile, "--ca-file"), keepAlive: true }) }),
  });
}

function readFile(path: string, option: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${path} cannot be read: check ${option}`, cause });
  }
}

async function evaluationStore(call: Call): Promise<AuditStore> {
  const namespace = call.text("namespace") ?? "";
  const { kubectl } = call.machine;
  const at = (name: string): { namespace: string; name: string } => ({ namespace, name });
  const secret = await kubectl.get<{ data?: Record<string, string> }>("secret", at("agentkeys-audit-auditor"));
  const trust = await kubectl.get<{ data?: Record<string, string> }>("configmap", at("agentkeys-trust-bundle"));
  const [sealed, ca] = [secret?.data?.["credentials.json"], trust?.data?.["ca.crt"]];
  if (sealed === undefined || ca === undefined)
    throw usage("Give --bucket or --from: this cluster has no store of the evaluation profile (or you may not read its Secret)");
  const credentials = JSON.parse(Buffer.from(sealed, "base64").toString()) as { accessKeyId: string; secretAccessKey: string };
  const forwarded = await kubectl.forward(namespace, "service/agentkeys-store", 9000);
  call.defer(forwarded.close);
  // A connection for each object, closed after it, ends kubectl's forwarding now and then.
  const httpsAgent = new Agent({ ca, servername: `agentkeys-store.${namespace}.svc`, keepAlive: true, maxSockets: 1 });
  const endpoint = `https://127.0.0.1:${forwarded.port}`;
  return s3Store({
    bucket: "agentkeys-audit",
    region: "us-east-1",
    forcePathStyle: true,
    credentialsFile: "",
    endpoint,
    credentials,
    httpsAgent,
  });
}

/** Operators to look at: the one that was asked for, or all of the bucket. */
export async function operatorsOf(call: Call, store: AuditStore): Promise<string[]> {
  const given = call.text("operator")?.toLowerCase().replace(/^0x/, "");
  if (given === undefined) return await store.folders("audit/");
  if (!/^[0-9a-f]{64}$/.test(given)) throw usage("--operator must be an omni: 64 hex digits");
  return [given];
}

/** The contract on the chain of --chain-file, or of the cluster. A root counts once it is final there. */
export async function openChain(call: Call): Promise<{ config: ChainConfig; contract: string; chain: AuditChain }> {
  const config = await openChainConfig(call);
  const contract = config.contracts.audit;
  if (contract === undefined)
    throw new AgentKeysError("config_invalid", { message: "The chain file names no contract `audit`: no roots are kept on this chain" });
  const provider = await recentProviderOf(config, call.machine.clock);
  call.defer(() => provider.destroy());
  return { config, contract, chain: openAuditChain(provider, contract, config.finality) };
}
