/** Web identity tokens that are none, at the store's token service; K2 is used where the lie is in the claims. */
import { objectKey } from "@agentkeys/common/envelope";
import type { AttackCase } from "../case.ts";
import { failsWith } from "../expect.ts";
import type { Kit } from "../kit.ts";
import { assume, get, identityClaims, list, put, s3With } from "../store.ts";
import { nowSeconds, sign, unsigned } from "../tokens.ts";

const DENIED = /^AccessDenied /;
const keyOfB = (kit: Kit): string => objectKey(kit.b.device.actorOmni, "attack-alpha");

/** A token the token service must not take; `words` is what it answers. */
const refusedToken = (id: string, title: string, words: RegExp, token: (kit: Kit) => Promise<string> | string): AttackCase => ({
  id,
  title,
  run: async (kit) => failsWith(assume(kit, await token(kit)), words),
});

const claimsOfB = (kit: Kit, lie: object = {}): object => ({ ...identityClaims(kit.b.device.actorOmni), ...lie });

export const webIdentityCases: readonly AttackCase[] = [
  refusedToken("ISO-09a", "a token by a key the store does not know", /^InvalidParameterValue .*No public key found for kid/, (kit) =>
    sign(kit.b.session.key, claimsOfB(kit), "JWT"),
  ),
  refusedToken("ISO-09b", "a token by another key under K2's name", /^InvalidParameterValue .*verification error/, (kit) =>
    sign({ ...kit.b.session.key, kid: kit.loot.k2.kid }, claimsOfB(kit), "JWT"),
  ),
  refusedToken("ISO-09c", "an expired token", /^InvalidParameterValue .*Token is expired/, (kit) =>
    sign(kit.loot.k2, claimsOfB(kit, { iat: nowSeconds() - 600, exp: nowSeconds() - 300 }), "JWT"),
  ),
  refusedToken("ISO-09d", "a token for another audience", /^(AccessDenied|InvalidParameter)/, (kit) =>
    sign(kit.loot.k2, claimsOfB(kit, { aud: "elsewhere" }), "JWT"),
  ),
  refusedToken(
    "ISO-09e",
    "a token without a signature (alg none)",
    /^InvalidParameterValue .*'none' signature type is not allowed/,
    (kit) => unsigned({ alg: "none", typ: "JWT", kid: kit.loot.k2.kid }, claimsOfB(kit)),
  ),
  refusedToken("ISO-09f", "a token signed with the empty key (HS256)", /^InvalidParameterValue .*key is of invalid type/, (kit) =>
    unsigned({ alg: "HS256", typ: "JWT", kid: kit.loot.k2.kid }, claimsOfB(kit), ""),
  ),
  refusedToken(
    "ISO-09g",
    "a token signed with K2's public key as a secret (HS256)",
    /^InvalidParameterValue .*key is of invalid type/,
    (kit) => unsigned({ alg: "HS256", typ: "JWT", kid: kit.loot.k2.kid }, claimsOfB(kit), kit.loot.k2.publicJwk.x),
  ),
  refusedToken("ISO-09h", "no token at all", /^(InvalidParameter|MissingParameter|AccessDenied)/, () => ""),
  // No omni, no wildcard of one, no way out of the prefix: the role's policy denies whatever the session asks.
  ...["*", "??", "a/b", "x".repeat(63), "x".repeat(65)].map((sub, index) => ({
    id: `ISO-09${"ijklm"[index] ?? ""}`,
    title: `a session of a sub that is no omni: ${sub.slice(0, 4)} (${sub.length})`,
    run: async (kit: Kit) => {
      const s3 = s3With(kit, await assume(kit, await sign(kit.loot.k2, claimsOfB(kit, { sub }), "JWT")));
      await failsWith(get(s3, keyOfB(kit)), DENIED);
      await failsWith(list(s3, "bots/"), DENIED);
      await failsWith(list(s3, `bots/${sub}/credentials/`), DENIED);
      await failsWith(put(s3, `bots/${sub}/credentials/x.enc`, Buffer.from("x")), DENIED);
    },
  })),
  {
    id: "ISO-09n",
    title: "a token without a sub",
    run: async (kit) =>
      failsWith(
        assume(kit, await sign(kit.loot.k2, claimsOfB(kit, { sub: undefined }), "JWT")),
        /^InvalidParameterValue .*`sub` claim is mandatory/,
      ),
  },
];
