import type { Clock } from "@agentkeys/common/clock";
import { bareHex } from "@agentkeys/common/identity";
import { signJws, type SigningKey } from "@agentkeys/common/jose";

const AUDIENCE = "sts.amazonaws.com";
const LIFE_SECONDS = 300;

/** Web identity token of an actor (protocol §6). The omni is validated as 64 hex: stores without tags fence on `sub`. */
export function mintWebIdentity(of: { key: SigningKey; issuer: string; actorOmni: string; clock: Clock }): Promise<string> {
  const omni = bareHex(of.actorOmni);
  const now = of.clock.nowSeconds();
  const payload = {
    iss: of.issuer,
    aud: AUDIENCE,
    sub: omni,
    iat: now,
    exp: now + LIFE_SECONDS,
    agentkeys_actor_omni: omni,
    "https://aws.amazon.com/tags": { principal_tags: { agentkeys_actor_omni: [omni] }, transitive_tag_keys: ["agentkeys_actor_omni"] },
  };
  return signJws(of.key, { typ: "JWT", payload });
}

/** Session policy sent along: a second, narrower fence; the role's own policy is the boundary. */
export function sessionPolicy(bucket: string, actorOmni: string): string {
  const prefix = `bots/${bareHex(actorOmni)}/credentials/`;
  const arn = `arn:aws:s3:::${bucket}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [arn], Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } } },
      { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: [`${arn}/${prefix}*`] },
    ],
  });
}
