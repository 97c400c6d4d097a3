import { renderPolicies, type AwsSettings } from "./policies.ts";

/** A JSON policy as heredoc: nothing in it is a template for Terraform, whose `${` AWS uses as well. */
function heredoc(json: string): string {
  return `<<-POLICY\n${json.replaceAll(/[$%](?=\{)/g, (sign) => sign + sign).replace(/^/gm, "    ")}\n  POLICY`;
}

const resource = (type: string, name: string, ...lines: string[]): string =>
  `resource "${type}" "${name}" {\n${lines.map((line) => `  ${line}`).join("\n")}\n}\n`;

function bucketOf({ bucket }: AwsSettings, policy: string): string[] {
  const id = "bucket = aws_s3_bucket.credentials.id";
  return [
    resource("aws_s3_bucket", "credentials", `bucket = "${bucket}"`),
    resource("aws_s3_bucket_versioning", "credentials", id, `versioning_configuration {\n    status = "Enabled"\n  }`),
    resource(
      "aws_s3_bucket_public_access_block",
      "credentials",
      id,
      "block_public_acls       = true",
      "block_public_policy     = true",
      "ignore_public_acls      = true",
      "restrict_public_buckets = true",
    ),
    resource("aws_s3_bucket_ownership_controls", "credentials", id, `rule {\n    object_ownership = "BucketOwnerEnforced"\n  }`),
    resource(
      "aws_s3_bucket_policy",
      "credentials",
      id,
      `policy = ${heredoc(policy)}`,
      "depends_on = [aws_s3_bucket_public_access_block.credentials, aws_iam_role.agentkeys]",
    ),
  ];
}

/** Everything the store needs on AWS as Terraform: OIDC provider, role, bucket and policies. Throws `invalid_input`. */
export function renderTerraform(settings: AwsSettings): string {
  const policies = renderPolicies(settings);
  const parts = [
    `terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = ">= 5.81"\n    }\n  }\n}\n`,
    ...bucketOf(settings, policies.bucket),
    resource(
      "aws_iam_openid_connect_provider",
      "signer",
      `url            = "${settings.issuer}"`,
      `client_id_list = ["${settings.audience}"]`,
    ),
    resource(
      "aws_iam_role",
      "agentkeys",
      `name               = "${settings.roleName}"`,
      `assume_role_policy = ${heredoc(policies.trust)}`,
      "depends_on         = [aws_iam_openid_connect_provider.signer]",
    ),
    ...Object.entries(policies.role).map(([name, policy]) =>
      resource("aws_iam_role_policy", name, "role = aws_iam_role.agentkeys.id", `name = "${name}"`, `policy = ${heredoc(policy)}`),
    ),
    `output "role_arn" {\n  value = aws_iam_role.agentkeys.arn\n}\n`,
  ];
  return `# Written by \`agentkeys aws terraform\`; store.bucket and store.roleArn of the chart's values name what is made here.\n\n${parts.join("\n")}`;
}
