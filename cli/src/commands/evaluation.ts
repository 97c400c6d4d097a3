import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@agentkeys/common/secret";
import { noMoreWords, required, usage, type Call, type CommandBody } from "../command.ts";
import { provisionStore } from "../evaluation/provision-store.ts";
import { ROLE_POLICY, WALLET_KEYED_POLICY } from "../evaluation/role-policy.ts";

export const provision: CommandBody = {
  operands: "--endpoint <url> --bucket <name> --root-dir <folder>",
  detail: "Run by the chart's own Job in the evaluation profile; people do not need it.",
  example: "agentkeys evaluation provision-store --endpoint https://store:9000 --bucket credentials --root-dir /etc/agentkeys/root",
  options: {
    endpoint: { type: "string", value: "<url>", description: "the store" },
    bucket: { type: "string", value: "<name>", description: "bucket to make" },
    "root-dir": { type: "string", value: "<folder>", description: "folder with the files user and password of the store's root" },
    "wallets-file": {
      type: "string",
      value: "<file>",
      description: "wallets.json of the signer, while wallet-keyed storage is being migrated",
    },
    "audit-bucket": { type: "string", value: "<name>", description: "bucket of audit rows to make" },
    "audit-dir": { type: "string", value: "<folder>", description: "folder with credentials of its users: broker.json and auditor.json" },
    "ca-file": { type: "string", value: "<file>", description: "CA of the store's certificate" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const dir = required(call, "root-dir");
    const caFile = call.text("ca-file");
    const walletsFile = call.text("wallets-file");
    await provisionStore({
      endpoint: required(call, "endpoint"),
      bucket: required(call, "bucket"),
      rootUser: readFileSync(join(dir, "user"), "utf8"),
      rootPassword: Secret.of(readFileSync(join(dir, "password"))),
      policyName: "sts.amazonaws.com",
      policyText: ROLE_POLICY,
      ...(walletsFile === undefined ? {} : { wallets: readWallets(walletsFile), walletPolicyText: WALLET_KEYED_POLICY }),
      ...auditOf(call),
      clock: call.machine.clock,
      onProgress: call.say,
      ...(caFile === undefined ? {} : { caPem: readFileSync(caFile, "utf8") }),
    });
    return undefined;
  },
};

/** The signer's `wallets.json`, whose actors may read their older, wallet-keyed storage. */
function readWallets(path: string): Record<string, { wallet: string }> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, { wallet: string }>;
  } catch {
    throw usage("--wallets-file is not a readable JSON object");
  }
}

/** The audit bucket and its two users, as the chart's Secrets name them. */
function auditOf(call: Call): Pick<Parameters<typeof provisionStore>[0], "audit"> {
  const [bucket, dir] = [call.text("audit-bucket"), call.text("audit-dir")];
  if (bucket === undefined || dir === undefined) return {};
  const userOf = (name: string): { accessKeyId: string; secretAccessKey: string } => {
    const { accessKeyId = "", secretAccessKey = "" } = JSON.parse(readFileSync(join(dir, `${name}.json`), "utf8")) as Record<
      string,
      string
    >;
    return { accessKeyId, secretAccessKey };
  };
  const users = [
    { ...userOf("broker"), policyName: "audit-broker" as const },
    { ...userOf("auditor"), policyName: "audit-auditor" as const },
  ];
  return { audit: { bucket, users } };
}
