import type { Clock } from "@agentkeys/common/clock";
import { objectPrefix, walletPrefix } from "@agentkeys/common/envelope";
import { bareHex } from "@agentkeys/common/identity";
import { signJws, type SigningKey } from "@agentkeys/common/jose";

const LIFE_SECONDS = 300;

/** Whose session it is; `wallet` only while the actor's older, wallet-keyed storage is being read. */
export interface SessionOf {
  actorOmni: string;
  wallet: string | null;
}

/** Web identity token of an actor (protocol §6). The omni is validated as 64 hex: stores without tags fence on `sub`. */
export function mintWebIdentity(of: { key: SigningKey; issuer: string; audience: string; clock: Clock } & SessionOf): Promise<string> {
  const omni = bareHex(of.actorOmni);
  const now = of.clock.nowSeconds();
  const tags = { agentkeys_actor_omni: [omni], ...(of.wallet === null ? {} : { agentkeys_user_wallet: [of.wallet] }) };
  const payload = {
    iss: of.issuer,
    aud: of.audience,
    sub: omni,
    iat: now,
    exp: now + LIFE_SECONDS,
    agentkeys_actor_omni: omni,
    "https://aws.amazon.com/tags": { principal_tags: tags, transitive_tag_keys: Object.keys(tags) },
  };
  return signJws(of.key, { typ: "JWT", payload });
}

/** Session policy sent along: a second, narrower fence; the role's own policy is the boundary. Wallet-keyed storage is never written. */
export function sessionPolicy(bucket: string, { actorOmni, wallet }: SessionOf): string {
  const arn = `arn:aws:s3:::${bucket}`;
  const grant = (prefix: string, actions: string[]): object[] => [
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [arn], Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } } },
    { Effect: "Allow", Action: actions, Resource: [`${arn}/${prefix}*`] },
  ];
  const own = grant(objectPrefix(actorOmni), ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]);
  const older = wallet === null ? [] : grant(walletPrefix(wallet), ["s3:GetObject", "s3:DeleteObject"]);
  return JSON.stringify({ Version: "2012-10-17", Statement: [...own, ...older] });
}
