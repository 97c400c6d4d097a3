import { describe, expect, test } from "@jest/globals";
import { runSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { readFileSync } from "node:fs";
import { localPolicy } from "../../../cli/src/evaluation/provision-store.ts";
import { ROLE_POLICY, WALLET_KEYED_POLICY } from "../../../cli/src/evaluation/role-policy.ts";

const BUCKET = "agentkeys-credentials";
const A = "aa".repeat(32);
const B = "bb".repeat(32);
const WALLET_A = `0x${"a1".repeat(20)}`;
const WALLET_B = `0x${"b2".repeat(20)}`;
const ROLE = "arn:aws:iam::123456789012:role/agentkeys";
const read = (name: string): string => readFileSync(new URL(`../files/policies/${name}.json`, import.meta.url), "utf8");
const policy = (name: string): object => JSON.parse(read(name).replaceAll("@BUCKET@", BUCKET)) as object;

interface Ask {
  tags?: Record<string, string>;
  prefix?: string;
  withWallet?: boolean;
}

/** What the independent evaluator says of one S3 action by a session of the role. It must have used every key it was given. */
async function judge(action: string, resource: string, { tags = {}, prefix, withWallet = false }: Ask = {}): Promise<string | undefined> {
  const identity = [{ name: "role", policy: policy("role-policy") }];
  if (withWallet) identity.push({ name: "v1", policy: policy("role-policy-v1-wallet-keyed") });
  const context: Record<string, string> = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]),
  );
  if (prefix !== undefined) context["s3:prefix"] = prefix;
  return simulate({
    request: {
      action: `s3:${action}`,
      resource: { resource: `arn:aws:s3:::${BUCKET}${resource}`, accountId: "123456789012" },
      principal: ROLE,
      contextVariables: context,
    },
    identityPolicies: identity,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
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

/** `accounts.google.com` stands in for the issuer: the evaluator knows its `:aud` key and drops that of a custom one. */
const ISSUER = "accounts.google.com";
const trust = JSON.parse(read("trust-policy").replaceAll("@ISSUER@", ISSUER).replaceAll("@ACCOUNT@", "123456789012")) as object;
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

describe("the local store's policy", () => {
  const wallets = { [A]: { wallet: WALLET_A } };

  test("is the shipped one: files and code are equal", () => {
    expect(JSON.parse(ROLE_POLICY)).toEqual(JSON.parse(read("role-policy")));
    expect(JSON.parse(WALLET_KEYED_POLICY)).toEqual(JSON.parse(read("role-policy-v1-wallet-keyed")));
  });

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
