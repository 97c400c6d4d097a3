import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import { renderPolicies, type AwsPolicies, type AwsSettings } from "../aws/policies.ts";
import { renderTerraform } from "../aws/terraform.ts";
import { noMoreWords, required, type Call, type CommandBody } from "../command.ts";
import type { OptionSpecs } from "../command.ts";

const OPTIONS = {
  bucket: { type: "string", value: "<name>", description: "bucket of credentials, `store.bucket` of the chart" },
  account: { type: "string", value: "<id>", description: "AWS account" },
  issuer: { type: "string", value: "<url>", description: "issuer of the signer's tokens, `oidcIssuer` of the chart" },
  audience: {
    type: "string",
    default: "sts.amazonaws.com",
    value: "<name>",
    description: "audience of the signer's tokens, `oidcAudience` of the chart",
  },
  role: { type: "string", default: "agentkeys", value: "<name>", description: "name of the role, the end of `store.roleArn` of the chart" },
  migration: {
    type: "boolean",
    description: "while wallet-keyed storage is being migrated: its statements as a second policy, _v1_wallet_keyed beside _v2_omni_keyed",
  },
} as const satisfies OptionSpecs;

const OUT = {
  out: { type: "string", value: "<folder>", description: "write a file for each policy instead" },
} as const satisfies OptionSpecs;

function settingsOf(call: Call): AwsSettings {
  noMoreWords(call, 0);
  return {
    bucket: required(call, "bucket"),
    account: required(call, "account"),
    issuer: required(call, "issuer"),
    audience: required(call, "audience"),
    roleName: required(call, "role"),
    isMigrating: call.flag("migration"),
  };
}

/** Name and text of each file that the AWS command line takes. */
function filesOf({ trust, role, bucket }: AwsPolicies): [string, string][] {
  const roles = Object.entries(role).map(([name, text]): [string, string] => [`role-${name}.json`, text]);
  return [["trust-policy.json", trust], ...roles, ["bucket-policy.json", bucket]];
}

function writeFiles(folder: string, files: readonly [string, string][]): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), `${text}\n`);
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${folder} cannot be written: choose another --out`, cause });
  }
}

export const awsPolicies: CommandBody = {
  operands: "--bucket <name> --account <id> --issuer <url>",
  detail: `Prints one JSON object: the role's trust policy, its inline policies by name, and the bucket's policy. They are those of the
chart (files/policies), filled in. Nothing is called; see docs/how-to/aws.md for how to apply them.`,
  example: "agentkeys aws policies --bucket acme-agentkeys --account 123456789012 --issuer https://oidc.acme.example",
  options: { ...OPTIONS, ...OUT },
  run: (call) => {
    const policies = renderPolicies(settingsOf(call));
    const folder = call.text("out");
    if (folder !== undefined) {
      const files = filesOf(policies);
      writeFiles(folder, files);
      const names = files.map(([name]) => ({ file: join(folder, name) }));
      call.answer(names, names);
      return Promise.resolve(undefined);
    }
    const parse = (text: string): unknown => JSON.parse(text);
    const role = Object.fromEntries(Object.entries(policies.role).map(([name, text]) => [name, parse(text)]));
    const all = { trustPolicy: parse(policies.trust), rolePolicies: role, bucketPolicy: parse(policies.bucket) };
    call.machine.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return Promise.resolve(undefined);
  },
};

export const awsTerraform: CommandBody = {
  operands: "--bucket <name> --account <id> --issuer <url>",
  detail: `Prints HCL for Terraform or OpenTofu: the bucket with versions and without public access, the OIDC provider of the signer's issuer,
the role and the policies of aws policies. Publish the issuer's two files first (agentkeys oidc export): AWS reads them when the
provider is made.`,
  example: "agentkeys aws terraform --bucket acme-agentkeys --account 123456789012 --issuer https://oidc.acme.example",
  options: OPTIONS,
  run: (call) => {
    call.machine.stdout.write(renderTerraform(settingsOf(call)));
    return Promise.resolve(undefined);
  },
};
