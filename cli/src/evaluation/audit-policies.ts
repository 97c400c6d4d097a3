/** Who may do what in the audit bucket; a test holds them equal to charts/agentkeys/files/policies/audit-*.json. */
const BUCKET = "arn:aws:s3:::@AUDIT_BUCKET@";
const policy = (...statements: object[]): object => ({ Version: "2012-10-17", Statement: statements });
const allow = (sid: string, action: string | string[], resource: string | string[]): object => ({
  Sid: sid,
  Effect: "Allow",
  Action: action,
  Resource: resource,
});

export const AUDIT_POLICIES = {
  "audit-broker": policy(
    allow("TellMissingFromForbidden", "s3:ListBucket", BUCKET),
    allow("StoreRows", ["s3:GetObject", "s3:PutObject"], `${BUCKET}/audit/*`),
  ),
  "audit-auditor": policy(
    allow("ListRowsAndTrees", "s3:ListBucket", BUCKET),
    allow("ReadRowsAndTrees", "s3:GetObject", `${BUCKET}/*`),
    allow("WriteTrees", "s3:PutObject", [`${BUCKET}/roots/*`, `${BUCKET}/receipts/*`]),
  ),
  "audit-reader": policy(allow("ListRowsAndTrees", "s3:ListBucket", BUCKET), allow("ReadRowsAndTrees", "s3:GetObject", `${BUCKET}/*`)),
} as const;
