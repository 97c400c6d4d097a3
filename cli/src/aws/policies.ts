/**
 * The policies of the store on AWS, filled in. Pure; must not know AWS's API nor how they are shown.
 */
import { usage } from "../command.ts";
import { POLICY_TEXTS } from "./generated/policies.ts";

/** What the account decides. */
export interface AwsSettings {
  bucket: string;
  /** Twelve digits. */
  account: string;
  /** Issuer of the signer's tokens, an https origin. */
  issuer: string;
  /** `aud` of the signer's tokens, as in its own configuration. */
  audience: string;
  roleName: string;
  /** Wallet-keyed storage is being migrated: its statements beside the others. */
  isMigrating: boolean;
}

/** Each one JSON text, as AWS takes it. */
export interface AwsPolicies {
  trust: string;
  /** Inline policies of the role by name. */
  role: Readonly<Record<string, string>>;
  bucket: string;
}

const SHAPES = {
  bucket: { of: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, hint: "3 to 63 small letters, digits, dots and dashes" },
  account: { of: /^\d{12}$/, hint: "12 digits" },
  issuer: { of: /^https:\/\/[a-z0-9.-]+(:\d{1,5})?$/, hint: "an https origin without a path" },
  audience: { of: /^[A-Za-z0-9._:/-]{1,255}$/, hint: "letters, digits and ._:/-" },
  roleName: { of: /^[A-Za-z0-9_+=,.@-]{1,64}$/, hint: "at most 64 of AWS's characters for names" },
} as const;

/** Checks every value; what goes into a policy must not be able to end a string there. Throws `invalid_input`. */
export function checkSettings(settings: AwsSettings): AwsSettings {
  for (const name of Object.keys(SHAPES) as (keyof typeof SHAPES)[])
    if (!SHAPES[name].of.test(settings[name])) throw usage(`--${name === "roleName" ? "role" : name} must be ${SHAPES[name].hint}`);
  return settings;
}

/** ARN of the role. */
export function roleArn({ account, roleName }: AwsSettings): string {
  return `arn:aws:iam::${account}:role/${roleName}`;
}

/** Name of the issuer as AWS writes it in ARNs and condition keys. */
const issuerName = (issuer: string): string => issuer.slice("https://".length);

function filled(name: keyof typeof POLICY_TEXTS, settings: AwsSettings): string {
  const text = POLICY_TEXTS[name]
    .replaceAll("@BUCKET@", settings.bucket)
    .replaceAll("@ACCOUNT@", settings.account)
    .replaceAll("@ISSUER@", issuerName(settings.issuer))
    .replaceAll("@AUDIENCE@", settings.audience)
    .replaceAll("@ROLE@", roleArn(settings));
  return JSON.stringify(JSON.parse(text), null, 2);
}

/**
 * Trust, role and bucket policy. In a migration the role has a pair of policies, `…_v2_omni_keyed` and `…_v1_wallet_keyed`: the
 * second is detached when the migration is over. The suffix is in the policies' names, as AWS takes no underscore in a statement's.
 */
export function renderPolicies(of: AwsSettings): AwsPolicies {
  const settings = checkSettings(of);
  const own = filled("role-policy", settings);
  return {
    trust: filled("trust-policy", settings),
    role: settings.isMigrating
      ? { own_credentials_v2_omni_keyed: own, own_credentials_v1_wallet_keyed: filled("role-policy-v1-wallet-keyed", settings) }
      : { own_credentials: own },
    bucket: filled(settings.isMigrating ? "bucket-policy-v1-wallet-keyed" : "bucket-policy", settings),
  };
}
