import { describe, expect, test } from "@jest/globals";
import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { readFileSync } from "node:fs";
import { POLICY_TEXTS } from "../../../cli/src/aws/generated/policies.ts";
import { renderPolicies } from "../../../cli/src/aws/policies.ts";
import { AUDIT_POLICIES } from "../../../cli/src/evaluation/audit-policies.ts";
import { localPolicy } from "../../../cli/src/evaluation/provision-store.ts";
import { ROLE_POLICY, WALLET_KEYED_POLICY } from "../../../cli/src/evaluation/role-policy.ts";

const BUCKET = "agentkeys-credentials";
const A = "aa".repeat(32);
const B = "bb".repeat(32);
const WALLET_A = `0x${"a1".repeat(20)}`;
const WALLET_B = `0x${"b2".repeat(20)}`;
const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/agentkeys`;
/** `accounts.google.com` stands in for the issuer: the evaluator knows its `:aud` key and drops that of a custom one. */
const ISSUER = "accounts.google.com";
const read = (name: string): string => readFileSync(new URL(`../files/policies/${name}.json`, import.meta.url), "utf8");
/** What `agentkeys aws policies` prints. */
const printed = (isMigrating: boolean): ReturnType<typeof renderPolicies> =>
  renderPolicies({
    bucket: BUCKET,
    account: ACCOUNT,
    issuer: `https://${ISSUER}`,
    audience: "sts.amazonaws.com",
    roleName: "agentkeys",
    isMigrating,
  });
const parsed = (text: string): object => JSON.parse(text) as object;

const EVERYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };

interface Ask {
  tags?: Record<string, string>;
  prefix?: string;
  withWallet?: boolean;
  /** With the bucket's policy, and a role that somebody gave all of S3 by mistake. */
  isWideOpen?: boolean;
  isPlain?: boolean;
  principal?: string;
}

/** What the independent evaluator says of one S3 action by a session of the role. It must have used every key it was given. */
async function judge(action: string, resource: string, ask: Ask = {}): Promise<string | undefined> {
  const { tags = {}, prefix, withWallet = false, isWideOpen = false, isPlain = false, principal = ROLE } = ask;
  const { role, bucket } = printed(withWallet);
  const identity = Object.entries(role).map(([name, text]) => ({ name, policy: parsed(text) }));
  if (isWideOpen) identity.push({ name: "mistake", policy: EVERYTHING });
  const context: Record<string, string> = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]),
  );
  if (prefix !== undefined) context["s3:prefix"] = prefix;
  return simulate({
    request: {
      action: `s3:${action}`,
      resource: { resource: `arn:aws:s3:::${BUCKET}${resource}`, accountId: ACCOUNT },
      principal,
      contextVariables: isWideOpen ? { ...context, "aws:SecureTransport": String(!isPlain), "aws:PrincipalArn": principal } : context,
    },
    identityPolicies: identity,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(isWideOpen ? { resourcePolicy: parsed(bucket) } : {}),
  });
}

async function simulate(simulation: Simulation): Promise<string | undefined> {
  const answer = await runSimulation(simulation, {});
  expect(answer.resultType).toBe("single");
  if (answer.resultType !== "single") return undefined;
  expect(answer.result.ignoredContextKeys ?? []).toEqual([]);
  return answer.result.analysis.result;
}

const own = { agentkeys_actor_omni: A };
const mapped = { ...own, agentkeys_user_wallet: WALLET_A };
const objectOf = (owner: string, rest = "credentials/openai.enc"): string => `/bots/${owner}/${rest}`;
const OBJECT_ACTIONS = ["GetObject", "PutObject", "DeleteObject"];

describe("the role policy for AWS, by an independent evaluator", () => {
  test.each(OBJECT_ACTIONS)("ISO-01 s3:%s on the session's own credentials is allowed", async (action) => {
    expect(await judge(action, objectOf(A), { tags: own })).toBe("Allowed");
  });

  test("the session's own list is allowed, down to one key", async () => {
    for (const prefix of [`bots/${A}/credentials/`, `bots/${A}/credentials/openai.enc`])
      expect(await judge("ListBucket", "", { tags: own, prefix })).toBe("Allowed");
  });

  test.each(OBJECT_ACTIONS)("ISO-02 s3:%s on another actor's is denied, and anywhere but credentials/", async (action) => {
    for (const resource of [objectOf(B), objectOf(A, "memory/x"), objectOf(A, "credentials"), "/openai.enc", objectOf(`${A}x`)])
      expect([resource, await judge(action, resource, { tags: own })]).toEqual([resource, "ImplicitlyDenied"]);
  });

  test("ISO-03 another actor's list, a wider prefix and a bare list are denied", async () => {
    for (const prefix of [`bots/${B}/credentials/`, "bots/", `bots/${A}/`, "", undefined])
      expect([prefix, await judge("ListBucket", "", { tags: own, ...(prefix === undefined ? {} : { prefix }) })]).toEqual([
        prefix,
        "ImplicitlyDenied",
      ]);
  });

  test("a session without the tag reaches nothing, and a tag of * is no wildcard", async () => {
    for (const action of OBJECT_ACTIONS)
      for (const tags of [{}, { agentkeys_actor_omni: "*" }, { other: A }])
        expect(await judge(action, objectOf(A), { tags })).toBe("ImplicitlyDenied");
    expect(await judge("ListBucket", "", { tags: { agentkeys_actor_omni: "*" }, prefix: `bots/${A}/credentials/` })).toBe(
      "ImplicitlyDenied",
    );
  });

  test.each(["DeleteObjectVersion", "GetObjectVersion", "PutObjectAcl", "PutObjectTagging"])(
    "s3:%s is denied on the own object",
    async (action) => {
      expect(await judge(action, objectOf(A), { tags: own })).toBe("ImplicitlyDenied");
    },
  );
});

describe("the wallet-keyed policy of a migration", () => {
  test("ISO-11 the wallet tag admits reading and removing under that wallet only", async () => {
    for (const action of ["GetObject", "DeleteObject"]) {
      expect(await judge(action, objectOf(WALLET_A), { tags: mapped, withWallet: true })).toBe("Allowed");
      expect(await judge(action, objectOf(WALLET_B), { tags: mapped, withWallet: true })).toBe("ImplicitlyDenied");
    }
    expect(await judge("ListBucket", "", { tags: mapped, prefix: `bots/${WALLET_A}/credentials/`, withWallet: true })).toBe("Allowed");
    expect(await judge("ListBucket", "", { tags: mapped, prefix: `bots/${WALLET_B}/credentials/`, withWallet: true })).toBe(
      "ImplicitlyDenied",
    );
    expect(await judge("PutObject", objectOf(WALLET_A), { tags: mapped, withWallet: true })).toBe("ImplicitlyDenied");
  });

  test("ISO-11 each tag admits only its own prefix", async () => {
    const walletOnly = { agentkeys_user_wallet: WALLET_A };
    expect(await judge("GetObject", objectOf(A), { tags: walletOnly, withWallet: true })).toBe("ImplicitlyDenied");
    expect(await judge("GetObject", objectOf(WALLET_A), { tags: own, withWallet: true })).toBe("ImplicitlyDenied");
    expect(await judge("GetObject", objectOf(A), { tags: mapped, withWallet: true })).toBe("Allowed");
    expect(await judge("GetObject", objectOf(B), { tags: mapped, withWallet: true })).toBe("ImplicitlyDenied");
  });

  test("nothing under a wallet is reached while the policy is not attached", async () => {
    expect(await judge("GetObject", objectOf(WALLET_A), { tags: mapped })).toBe("ImplicitlyDenied");
  });
});

describe("the bucket policy for AWS", () => {
  const open = { isWideOpen: true };

  test("leaves the session its own credentials and their list", async () => {
    for (const action of OBJECT_ACTIONS) expect(await judge(action, objectOf(A), { tags: own, ...open })).toBe("Allowed");
    expect(await judge("ListBucket", "", { tags: own, prefix: `bots/${A}/credentials/`, ...open })).toBe("Allowed");
  });

  test.each(OBJECT_ACTIONS)("ISO-02 s3:%s on another actor's is denied even when the role may do everything", async (action) => {
    for (const resource of [objectOf(B), objectOf(A, "memory/x"), "/openai.enc", objectOf(`${A}x`)])
      expect([resource, await judge(action, resource, { tags: own, ...open })]).toEqual([resource, "ExplicitlyDenied"]);
    for (const tags of [{}, { agentkeys_actor_omni: "*" }, { other: A }])
      expect(await judge(action, objectOf(A), { tags, ...open })).toBe("ExplicitlyDenied");
  });

  test("ISO-03 so are another actor's list, a wider prefix and a bare list", async () => {
    for (const prefix of [`bots/${B}/credentials/`, "bots/", "", undefined])
      expect([prefix, await judge("ListBucket", "", { tags: own, ...open, ...(prefix === undefined ? {} : { prefix }) })]).toEqual([
        prefix,
        "ExplicitlyDenied",
      ]);
  });

  test("old versions stay, and nothing goes over plain HTTP", async () => {
    expect(await judge("DeleteObjectVersion", objectOf(A), { tags: own, ...open })).toBe("ExplicitlyDenied");
    expect(await judge("PutBucketVersioning", "", { tags: own, ...open })).toBe("ExplicitlyDenied");
    expect(await judge("GetObject", objectOf(A), { tags: own, ...open, isPlain: true })).toBe("ExplicitlyDenied");
  });

  test("ISO-11 wallet-keyed storage is within the fence during a migration only", async () => {
    expect(await judge("GetObject", objectOf(WALLET_A), { tags: mapped, withWallet: true, ...open })).toBe("Allowed");
    expect(await judge("GetObject", objectOf(WALLET_B), { tags: mapped, withWallet: true, ...open })).toBe("ExplicitlyDenied");
    expect(await judge("GetObject", objectOf(WALLET_A), { tags: mapped, ...open })).toBe("ExplicitlyDenied");
    for (const owner of [B, WALLET_A])
      expect(await judge("GetObject", objectOf(owner), { tags: own, withWallet: true, ...open })).toBe("ExplicitlyDenied");
    const prefix = `bots/${WALLET_A}/credentials/`;
    expect(await judge("ListBucket", "", { tags: mapped, prefix, withWallet: true, ...open })).toBe("Allowed");
    expect(await judge("ListBucket", "", { tags: mapped, prefix, ...open })).toBe("ExplicitlyDenied");
  });

  test("people of the account keep what the account gives them, for restores", async () => {
    const principal = `arn:aws:iam::${ACCOUNT}:role/backup`;
    expect(await judge("GetObjectVersion", objectOf(A), { ...open, principal })).toBe("Allowed");
  });
});

const trust = parsed(printed(false).trust);
const taggedWith = (...others: string[]): Record<string, string | string[]> => ({
  "aws:RequestTag/agentkeys_actor_omni": A,
  "aws:TagKeys": ["agentkeys_actor_omni", ...others],
});
const tagged = taggedWith();

function assume(action: string, context: Record<string, string | string[]>): Promise<string | undefined> {
  return simulate({
    request: {
      action: `sts:${action}`,
      resource: { resource: ROLE, accountId: "123456789012" },
      principal: `arn:aws:iam::123456789012:oidc-provider/${ISSUER}`,
      contextVariables: context,
    },
    identityPolicies: [],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: trust,
  });
}

describe("the trust policy for AWS", () => {
  const aud = { [`${ISSUER}:aud`]: "sts.amazonaws.com" };

  test("a token for our audience with the actor's tag assumes and tags", async () => {
    expect(await assume("AssumeRoleWithWebIdentity", { ...aud, ...tagged })).toBe("Allowed");
    expect(await assume("TagSession", tagged)).toBe("Allowed");
  });

  test("ISO-11 a token with the wallet's tag besides assumes and tags", async () => {
    const both = taggedWith("agentkeys_user_wallet");
    expect(await assume("AssumeRoleWithWebIdentity", { ...aud, ...both })).toBe("Allowed");
    expect(await assume("TagSession", both)).toBe("Allowed");
  });

  test("a token that carries any tag but ours is refused: other policies of the account may go by tags", async () => {
    const more = taggedWith("agentkeys_user_wallet", "department");
    expect(await assume("AssumeRoleWithWebIdentity", { ...aud, ...more })).toBe("ImplicitlyDenied");
    expect(await assume("TagSession", more)).toBe("ImplicitlyDenied");
  });

  test("ISO-09 a token without the tags claim is refused", async () => {
    expect(await assume("AssumeRoleWithWebIdentity", aud)).toBe("ImplicitlyDenied");
    expect(await assume("AssumeRoleWithWebIdentity", { ...aud, "aws:RequestTag/other": A, "aws:TagKeys": ["other"] })).toBe(
      "ImplicitlyDenied",
    );
    expect(await assume("TagSession", {})).toBe("ImplicitlyDenied");
  });

  test("another audience, or none, is refused", async () => {
    expect(await assume("AssumeRoleWithWebIdentity", { [`${ISSUER}:aud`]: "elsewhere", ...tagged })).toBe("ImplicitlyDenied");
    expect(await assume("AssumeRoleWithWebIdentity", tagged)).toBe("ImplicitlyDenied");
  });

  test("tagging has a statement of its own", () => {
    const { Statement: statements } = trust as { Statement: { Action: string | string[] }[] };
    expect(statements.map(({ Action: action }) => action)).toEqual(["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]);
  });
});

describe("what the command prints", () => {
  test("is what the chart ships: `make generate` copies it", () => {
    for (const [name, text] of Object.entries(POLICY_TEXTS)) expect([name, text]).toEqual([name, read(name)]);
  });

  test("holds no gap, and no name of a statement that AWS refuses", () => {
    for (const isMigrating of [false, true]) {
      const { trust: assumed, role, bucket } = printed(isMigrating);
      for (const text of [assumed, bucket, ...Object.values(role)]) {
        expect(text).not.toMatch(/@[A-Z]+@/);
        const { Statement: statements } = JSON.parse(text) as { Statement: { Sid: string }[] };
        for (const { Sid: sid } of statements) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
      }
    }
  });

  test("has a pair for a migration", () => {
    expect(Object.keys(printed(true).role)).toEqual(["own_credentials_v2_omni_keyed", "own_credentials_v1_wallet_keyed"]);
    expect(Object.keys(printed(false).role)).toEqual(["own_credentials"]);
  });
});

describe("the local store's policy", () => {
  const wallets = { [A]: { wallet: WALLET_A } };

  test("has no variable left but the token's sub, and names wallets only for their actors", () => {
    const text = JSON.stringify(localPolicy({ policyText: ROLE_POLICY, bucket: BUCKET, wallets, walletPolicyText: WALLET_KEYED_POLICY }));
    expect(new Set(text.match(/\$\{[^}]*\}/g))).toEqual(new Set(["${jwt:sub}"]));
    expect(text).not.toContain("@");
    const { Statement: statements } = JSON.parse(text) as { Statement: { Resource: string; Condition?: Record<string, object> }[] };
    const older = statements.filter((statement) => JSON.stringify(statement).includes(WALLET_A));
    expect(older).toHaveLength(2);
    for (const { Condition: condition } of older) expect(condition?.["StringEquals"]).toEqual({ "jwt:sub": [A] });
    expect(JSON.stringify(localPolicy({ policyText: ROLE_POLICY, bucket: BUCKET }))).not.toContain("wallet");
  });

  test.each([{ "*": { wallet: WALLET_A } }, { [A]: { wallet: "*" } }, { [A]: { wallet: "" } }])(
    "refuses a map that is no omni and wallet",
    (map) => {
      expect(() => localPolicy({ policyText: ROLE_POLICY, bucket: BUCKET, wallets: map, walletPolicyText: WALLET_KEYED_POLICY })).toThrow(
        expect.objectContaining({ code: "invalid_input" }),
      );
    },
  );
});

describe("the policies of the audit bucket, by an independent evaluator", () => {
  const AUDIT = "agentkeys-audit";
  const judgeAudit = async (user: string, action: string, resource: string): Promise<string | undefined> =>
    simulate({
      request: {
        action: `s3:${action}`,
        resource: { resource: `arn:aws:s3:::${resource}`, accountId: "123456789012" },
        principal: "arn:aws:iam::123456789012:role/audit",
        contextVariables: {},
      },
      identityPolicies: [{ name: user, policy: JSON.parse(read(user).replaceAll("@AUDIT_BUCKET@", AUDIT)) as object }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    });

  test.each(Object.entries(AUDIT_POLICIES))("%s is the one that the evaluation store is given", (user, given) => {
    expect(JSON.parse(read(user))).toEqual(given);
  });

  test.each([
    ["audit-broker", "PutObject", `${AUDIT}/audit/x`, "Allowed"],
    ["audit-broker", "GetObject", `${AUDIT}/audit/x`, "Allowed"],
    ["audit-broker", "DeleteObject", `${AUDIT}/audit/x`, "ImplicitlyDenied"],
    ["audit-broker", "PutObject", `${AUDIT}/roots/x`, "ImplicitlyDenied"],
    ["audit-auditor", "GetObject", `${AUDIT}/audit/x`, "Allowed"],
    ["audit-auditor", "PutObject", `${AUDIT}/audit/x`, "ImplicitlyDenied"],
    ["audit-auditor", "PutObject", `${AUDIT}/roots/x`, "Allowed"],
    ["audit-auditor", "DeleteObject", `${AUDIT}/roots/x`, "ImplicitlyDenied"],
    ["audit-reader", "GetObject", `${AUDIT}/roots/x`, "Allowed"],
    ["audit-reader", "PutObject", `${AUDIT}/audit/x`, "ImplicitlyDenied"],
    ["audit-broker", "GetObject", `${BUCKET}/bots/${A}/credentials/openai.enc`, "ImplicitlyDenied"],
    ["audit-auditor", "GetObject", `${BUCKET}/bots/${A}/credentials/openai.enc`, "ImplicitlyDenied"],
    ["audit-broker", "PutObject", `${BUCKET}/bots/${A}/credentials/openai.enc`, "ImplicitlyDenied"],
  ])("%s may s3:%s %s: %s", async (user, action, resource, verdict) => {
    expect(await judgeAudit(user, action, resource)).toBe(verdict);
  });
});
