import { describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TestMachine } from "../fakes/machine.ts";

const SETTINGS = ["--bucket", "acme-agentkeys", "--account", "123456789012", "--issuer", "https://oidc.acme.example"];
const READER = join(process.env["AGENTKEYS_CACHE"] ?? join(homedir(), ".cache/agentkeys/cluster"), "bin/hcl-eval");

interface Printed {
  trustPolicy: object;
  rolePolicies: Record<string, object>;
  bucketPolicy: object;
}
interface Block {
  type: string;
  labels: string[];
  attributes: Record<string, unknown>;
  blocks: Block[];
}

async function printed(...more: string[]): Promise<Printed> {
  const { code, out } = await new TestMachine().run(["aws", "policies", ...SETTINGS, ...more]);
  expect(code).toBe(0);
  return JSON.parse(out) as Printed;
}

/** What Terraform would read, by HashiCorp's own parser. */
async function terraform(...more: string[]): Promise<Block[]> {
  const { code, out } = await new TestMachine().run(["aws", "terraform", ...SETTINGS, ...more]);
  expect(code).toBe(0);
  return JSON.parse(execFileSync(READER, { input: out, encoding: "utf8" })) as Block[];
}

const json = (value: unknown): unknown => JSON.parse(value as string);

describe("aws policies", () => {
  test("prints trust, role and bucket policy, filled in", async () => {
    const { trustPolicy, rolePolicies, bucketPolicy } = await printed("--role", "keys", "--audience", "sts.amazonaws.com.cn");
    expect(JSON.stringify(trustPolicy)).toContain('"oidc.acme.example:aud":"sts.amazonaws.com.cn"');
    expect(JSON.stringify(trustPolicy)).toContain("arn:aws:iam::123456789012:oidc-provider/oidc.acme.example");
    expect(Object.keys(rolePolicies)).toEqual(["own_credentials"]);
    expect(JSON.stringify(bucketPolicy)).toContain('"aws:PrincipalArn":"arn:aws:iam::123456789012:role/keys"');
  });

  test("writes a file for each with --out", async () => {
    const machine = new TestMachine();
    const folder = join(machine.folder, "policies");
    const { code, json: files } = await machine.run(["aws", "policies", ...SETTINGS, "--migration", "--out", folder, "--json"]);
    expect(code).toBe(0);
    const names = ["trust-policy", "role-own_credentials_v2_omni_keyed", "role-own_credentials_v1_wallet_keyed", "bucket-policy"];
    expect(files()).toEqual(names.map((name) => ({ file: join(folder, `${name}.json`) })));
    const { bucketPolicy } = await printed("--migration");
    expect(JSON.parse(readFileSync(join(folder, "bucket-policy.json"), "utf8"))).toEqual(bucketPolicy);
  });

  test.each([
    ["--account", "1234"],
    ["--bucket", 'x","Effect":"Allow'],
    ["--issuer", "http://oidc.acme.example"],
    ["--issuer", "https://oidc.acme.example/path"],
    ["--audience", 'a"b'],
    ["--role", "a b"],
  ])("%s %s is refused", async (option, value) => {
    for (const command of ["policies", "terraform"])
      expect(await new TestMachine().run(["aws", command, ...SETTINGS, option, value])).toMatchObject({
        code: 2,
        out: "",
        err: expect.stringContaining(option),
      });
  });
});

describe("aws terraform", () => {
  const find = (blocks: Block[], type: string, name: string): Record<string, unknown> => {
    const found = blocks.filter(({ labels }) => labels[0] === type && labels[1] === name);
    expect(found).toHaveLength(1);
    return found[0]?.attributes ?? {};
  };

  test.each([[[]], [["--migration"]]])("with %j reads as the same policies", async (more) => {
    const blocks = await terraform(...more);
    const { trustPolicy, rolePolicies, bucketPolicy } = await printed(...more);
    expect(json(find(blocks, "aws_iam_role", "agentkeys")["assume_role_policy"])).toEqual(trustPolicy);
    expect(json(find(blocks, "aws_s3_bucket_policy", "credentials")["policy"])).toEqual(bucketPolicy);
    const roles = blocks.filter(({ labels }) => labels[0] === "aws_iam_role_policy").map(({ attributes }) => attributes);
    expect(Object.fromEntries(roles.map(({ name, policy }) => [name, json(policy)]))).toEqual(rolePolicies);
    for (const { role } of roles) expect(role).toEqual({ reference: "aws_iam_role.agentkeys.id" });
  });

  test("makes the provider, and the bucket with versions and without public access", async () => {
    const blocks = await terraform();
    expect(find(blocks, "aws_iam_openid_connect_provider", "signer")).toEqual({
      url: "https://oidc.acme.example",
      client_id_list: ["sts.amazonaws.com"],
    });
    expect(find(blocks, "aws_s3_bucket", "credentials")).toEqual({ bucket: "acme-agentkeys" });
    const bucket = { reference: "aws_s3_bucket.credentials.id" };
    const access = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
    expect(find(blocks, "aws_s3_bucket_public_access_block", "credentials")).toEqual({
      bucket,
      ...Object.fromEntries(access.map((name) => [name, true])),
    });
    const versioning = blocks.find(({ labels }) => labels[0] === "aws_s3_bucket_versioning");
    expect([versioning?.attributes, versioning?.blocks[0]?.attributes]).toEqual([{ bucket }, { status: "Enabled" }]);
  });

  test("refers to nothing that it does not make", async () => {
    const blocks = await terraform("--migration");
    const made = new Set(blocks.filter(({ type }) => type === "resource").map(({ labels }) => labels.join(".")));
    const references = [...JSON.stringify(blocks).matchAll(/"reference":"([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references.length).toBeGreaterThan(8);
    for (const path of references) expect(made).toContain(path.split(".").slice(0, 2).join("."));
  });
});
