/** The store itself: an actor's own session, fenced by the role's policy alone. */
import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketPolicyCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { objectKey, objectPrefix } from "@agentkeys/common/envelope";
import { bareHex } from "@agentkeys/common/identity";
import type { AttackCase } from "../case.ts";
import { failsWith } from "../expect.ts";
import type { Kit } from "../kit.ts";
import { assume, BUCKET, copy, get, identityClaims, list, put, remove, rootS3, s3With, type Credentials } from "../store.ts";
import { sign } from "../tokens.ts";

const DENIED = /^AccessDenied /;
const OWN = "attack-own";

const sessions = new WeakMap<Kit, Promise<Credentials>>();

/** A's session with the store: the signer's own token, and no session policy, so that the role's policy alone is tested. */
async function s3OfA(kit: Kit): Promise<S3Client> {
  const token = (): Promise<string> => sign(kit.loot.k2, identityClaims(kit.a.device.actorOmni), "JWT");
  const known = sessions.get(kit) ?? token().then((text) => assume(kit, text));
  sessions.set(kit, known);
  return s3With(kit, await known);
}

const keyOfB = (kit: Kit): string => objectKey(kit.b.device.actorOmni, "attack-alpha");

/** One call of A's session that the store must deny. */
const denied = (id: string, title: string, call: (s3: S3Client, kit: Kit) => Promise<unknown>): AttackCase => ({
  id,
  title,
  run: async (kit) => failsWith(call(await s3OfA(kit), kit), DENIED),
});

export const storeCases: readonly AttackCase[] = [
  {
    id: "ISO-01",
    title: "control: A's session writes, reads, lists and deletes under its own prefix",
    run: async (kit) => {
      const s3 = await s3OfA(kit);
      const key = objectKey(kit.a.device.actorOmni, OWN);
      await put(s3, key, Buffer.from("mine"));
      assert.equal((await get(s3, key)).toString(), "mine");
      assert.ok((await list(s3, objectPrefix(kit.a.device.actorOmni))).includes(key));
      await remove(s3, key);
    },
  },
  denied("ISO-02a", "A's session writes under B's prefix", (s3, kit) => put(s3, keyOfB(kit), Buffer.from("x"))),
  denied("ISO-02b", "A's session writes a new name under B's prefix", (s3, kit) =>
    put(s3, objectKey(kit.b.device.actorOmni, "new"), Buffer.from("x")),
  ),
  denied("ISO-02c", "A's session starts an upload in parts under B's prefix", (s3, kit) =>
    s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: keyOfB(kit) })),
  ),
  denied("ISO-03a", "A's session lists B's prefix", (s3, kit) => list(s3, objectPrefix(kit.b.device.actorOmni))),
  denied("ISO-03b", "A's session lists the bucket", (s3) => list(s3)),
  denied("ISO-03c", "A's session lists every actor", (s3) => list(s3, "bots/")),
  denied("ISO-03d", "A's session lists by the beginning of its own omni", (s3, kit) =>
    list(s3, `bots/${bareHex(kit.a.device.actorOmni).slice(0, 8)}`),
  ),
  denied("ISO-03e", "A's session lists the versions of B's objects", (s3, kit) =>
    s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: objectPrefix(kit.b.device.actorOmni) })),
  ),
  denied("ISO-04", "A's session reads B's object", (s3, kit) => get(s3, keyOfB(kit))),
  {
    id: "ISO-04b",
    title: "A's session reads B's object by a way round its own prefix",
    run: async (kit) => {
      const key = `${objectPrefix(kit.a.device.actorOmni)}../../${bareHex(kit.b.device.actorOmni)}/credentials/attack-alpha.enc`;
      await failsWith(get(await s3OfA(kit), key), /^(AccessDenied|NoSuchKey|XMinioInvalid(Object|Resource)Name) /);
    },
  },
  denied("ISO-05", "A's session copies B's object to itself", (s3, kit) => copy(s3, keyOfB(kit), objectKey(kit.a.device.actorOmni, OWN))),
  denied("ISO-06", "A's session deletes B's object", (s3, kit) => remove(s3, keyOfB(kit))),
  {
    id: "ISO-07",
    title: "A's session destroys an old version, its own or B's",
    run: async (kit) => {
      const root = rootS3(kit);
      const s3 = await s3OfA(kit);
      for (const { device } of [kit.a, kit.b]) {
        const key = objectKey(device.actorOmni, "attack-alpha");
        const { Versions = [] } = await root.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: key }));
        const version = Versions[0]?.VersionId;
        assert.ok(version !== undefined, "the bucket keeps no versions");
        await failsWith(remove(s3, key, version), DENIED);
        if (device === kit.b.device) await failsWith(get(s3, key, version), DENIED);
      }
    },
  },
  {
    id: "ISO-08",
    title: "A's session changes the bucket's rules, or makes a bucket",
    run: async (kit) => {
      const s3 = await s3OfA(kit);
      const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: [`arn:aws:s3:::${BUCKET}/*`] }],
      });
      await failsWith(s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy })), DENIED);
      await failsWith(s3.send(new GetBucketPolicyCommand({ Bucket: BUCKET })), DENIED);
      await failsWith(
        s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Suspended" } })),
        DENIED,
      );
      await failsWith(s3.send(new CreateBucketCommand({ Bucket: "attack-bucket" })), DENIED);
    },
  },
  {
    id: "ISO-12",
    title: "A's session with a policy of its own that allows everything gains nothing",
    run: async (kit) => {
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] }],
      });
      const token = await sign(kit.loot.k2, identityClaims(kit.a.device.actorOmni), "JWT");
      const s3 = s3With(kit, await assume(kit, token, policy));
      await failsWith(get(s3, keyOfB(kit)), DENIED);
      await failsWith(list(s3, objectPrefix(kit.b.device.actorOmni)), DENIED);
    },
  },
  {
    id: "ISO-13",
    title: "nobody's session: anonymous, unknown, and A's keys without their session token",
    run: async (kit) => {
      await failsWith(get(s3With(kit, { accessKeyId: "nobody", secretAccessKey: "nothing-at-all" }), keyOfB(kit)), /^InvalidAccessKeyId /);
      const { accessKeyId, secretAccessKey } = (await sessions.get(kit)) as { accessKeyId: string; secretAccessKey: string };
      await failsWith(
        get(s3With(kit, { accessKeyId, secretAccessKey }), keyOfB(kit)),
        /^(InvalidTokenId|InvalidAccessKeyId|AccessDenied) /,
      );
      const anonymous = await kit.store.call("GET", `/${BUCKET}/${keyOfB(kit)}`);
      assert.equal(anonymous.status, 403);
    },
  },
];
