/** The role policy shipped for AWS; a test holds it equal to charts/agentkeys/files/policies/role-policy.json. */
export const ROLE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ListOwnCredentials",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::@BUCKET@",
      Condition: { StringLike: { "s3:prefix": "bots/${aws:PrincipalTag/agentkeys_actor_omni}/credentials/*" } },
    },
    {
      Sid: "UseOwnCredentials",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: "arn:aws:s3:::@BUCKET@/bots/${aws:PrincipalTag/agentkeys_actor_omni}/credentials/*",
    },
  ],
});

/**
 * Attached beside {@link ROLE_POLICY} only while wallet-keyed storage is being migrated: reads and removals under the wallet that
 * the signer maps to the actor. A session without that tag matches nothing.
 */
export const WALLET_KEYED_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "ListOwnCredentialsV1WalletKeyed",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::@BUCKET@",
      Condition: { StringLike: { "s3:prefix": "bots/${aws:PrincipalTag/agentkeys_user_wallet}/credentials/*" } },
    },
    {
      Sid: "ReadAndRemoveOwnCredentialsV1WalletKeyed",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:DeleteObject"],
      Resource: "arn:aws:s3:::@BUCKET@/bots/${aws:PrincipalTag/agentkeys_user_wallet}/credentials/*",
    },
  ],
});
