import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { aadV1, aadV2, deriveKekV1, kekV1Message } from "@agentkeys/common/envelope";
import { serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey, signJws, type SigningKey } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { createCipheriv, createHmac } from "node:crypto";
import { signAsWallet } from "../../signer/src/keys/legacy.ts";
import { refused } from "./harness.ts";
import { BUCKET, OTHER_BUCKET, prefixOf, RealWorld, STATIC_KEK, WALLET, WALLET_KEY } from "./real-store.ts";

let world: RealWorld;
let asA: S3Client;
beforeAll(async () => {
  world = await RealWorld.start();
  asA = await world.sessionOf(world.a);
}, 60_000);
afterAll(() => world.stop());

const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
const put = (s3: S3Client, Key: string, Body: string | Uint8Array = "x", Bucket = BUCKET): Promise<unknown> =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const get = (s3: S3Client, Key: string, Bucket = BUCKET): Promise<unknown> => s3.send(new GetObjectCommand({ Bucket, Key }));
const list = (s3: S3Client, Prefix?: string, Bucket = BUCKET): Promise<unknown> =>
  s3.send(new ListObjectsV2Command({ Bucket, ...(Prefix === undefined ? {} : { Prefix }) }));
const bytes = async (s3: S3Client, Key: string): Promise<Uint8Array> =>
  (await (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray()) ?? new Uint8Array();
const refusal = (work: Promise<unknown>): Promise<object> => expect(work).rejects.toMatchObject(denied) as unknown as Promise<object>;

describe("the store itself fences the worker's session of an actor", () => {
  test("ISO-01 A's session puts, reads and lists under A", async () => {
    const key = `${prefixOf(world.a)}x`;
    await put(asA, key);
    await get(asA, key);
    await list(asA, prefixOf(world.a));
    await asA.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  });

  test("ISO-02 ISO-03 A's session is denied on B: put, get, delete, copy and list", async () => {
    await world.put("of B", { session: world.b });
    const key = `${prefixOf(world.b)}openai.enc`;
    await refusal(put(asA, `${prefixOf(world.b)}x`));
    await refusal(get(asA, key));
    await refusal(asA.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })));
    await refusal(
      asA.send(new CopyObjectCommand({ Bucket: BUCKET, Key: `${prefixOf(world.a)}stolen.enc`, CopySource: `${BUCKET}/${key}` })),
    );
    await refusal(list(asA, prefixOf(world.b)));
  });

  test("ISO-03 A's session is denied a bare list, a wider prefix and what lies outside credentials/", async () => {
    for (const prefix of [undefined, "", "bots/", `bots/${world.a.actorOmni.slice(2)}/`]) await refusal(list(asA, prefix));
    await refusal(put(asA, `bots/${world.a.actorOmni.slice(2)}/memory/x`));
  });

  test("ISO-10 a stored credential is in no other bucket, and the session reaches none", async () => {
    await world.put("sk-only-here");
    expect(await list(world.root, "", OTHER_BUCKET)).toMatchObject({ KeyCount: 0 });
    const key = `${prefixOf(world.a)}openai.enc`;
    await refusal(get(asA, key, OTHER_BUCKET));
    await refusal(put(asA, key, "x", OTHER_BUCKET));
    await refusal(list(asA, prefixOf(world.a), OTHER_BUCKET));
  });

  test("old versions are beyond the session's reach", async () => {
    await world.put("first");
    await world.put("second");
    const key = `${prefixOf(world.a)}openai.enc`;
    const { Versions: versions = [] } = await world.root.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: key }));
    expect(versions.length).toBeGreaterThanOrEqual(2);
    for (const { VersionId: id } of versions) {
      const command = new DeleteObjectCommand({ Bucket: BUCKET, Key: key, ...(id === undefined ? {} : { VersionId: id }) });
      await refusal(asA.send(command));
    }
  });
});

describe("tokens", () => {
  const omni = (): string => world.a.actorOmni.slice(2);
  const claims = (sub: string): Record<string, unknown> => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: world.issuer, aud: "sts.amazonaws.com", sub, iat: now, exp: now + 300 };
  };
  const assume = (token: string): Promise<S3Client> =>
    world.sts
      .send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: "arn:aws:iam::000000000000:role/agentkeys",
          RoleSessionName: "test",
          WebIdentityToken: token,
          DurationSeconds: 900,
        }),
      )
      .then(
        ({ Credentials: { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken: sessionToken = "" } = {} }) =>
          world.s3({ accessKeyId, secretAccessKey, sessionToken }),
      );
  const signed = (key: SigningKey, payload: Record<string, unknown>): Promise<string> => signJws(key, { typ: "JWT", payload });

  test("without the signer's session policy the role's own still fences on sub", async () => {
    const s3 = await assume(await signed(world.oidcKey, claims(omni())));
    await list(s3, prefixOf(world.a));
    await refusal(list(s3, prefixOf(world.b)));
    await refusal(put(s3, `${prefixOf(world.b)}x`));
  });

  test("without it the role's own policy keeps old versions and the wallets of others as well", async () => {
    const key = `${prefixOf(world.a)}openai.enc`;
    await world.put("kept");
    const { Versions: [version] = [] } = await world.root.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: key }));
    const s3 = await assume(await signed(world.oidcKey, claims(omni())));
    await refusal(s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, VersionId: version?.VersionId ?? "none" })));
    const walletPrefix = `bots/${WALLET}/credentials/`;
    await put(world.root, `${walletPrefix}github.enc`);
    await get(s3, `${walletPrefix}github.enc`);
    await refusal(put(s3, `${walletPrefix}github.enc`));
    const asB = await assume(await signed(world.oidcKey, claims(world.b.actorOmni.slice(2))));
    await refusal(get(asB, `${walletPrefix}github.enc`));
    await refusal(list(asB, walletPrefix));
  });

  test.each(["*", "?".repeat(63), "x"])("a sub of %p reaches nothing, though it would match as a glob", async (sub) => {
    const s3 = await assume(await signed(world.oidcKey, claims(sub)));
    await refusal(list(s3, prefixOf(world.a)));
    await refusal(get(s3, `${prefixOf(world.a)}openai.enc`));
  });

  test("another signer's token, an expired one and one for another audience get no session", async () => {
    const stranger = await generateSigningKey();
    const now = Math.floor(Date.now() / 1000);
    for (const token of [
      await signed(stranger, claims(omni())),
      await signed(world.oidcKey, { ...claims(omni()), iat: now - 600, exp: now - 300 }),
      await signed(world.oidcKey, { ...claims(omni()), aud: "elsewhere" }),
    ])
      await expect(assume(token)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  test("an HS256 token signed with an empty key gets no session", async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const body = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims(omni()))}`;
    const token = `${body}.${createHmac("sha256", "").update(body).digest("base64url")}`;
    await expect(assume(token)).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });
});

describe("credentials through worker, signer and store", () => {
  test("WRK-01 stored, fetched byte for byte, listed with its version", async () => {
    const value = "sk-canary-real\u0000é\n";
    const { version } = (await world.put(value)).body as { version: string };
    expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: value, version });
    expect(await world.call("list")).toMatchObject({
      status: 200,
      body: { services: expect.arrayContaining([expect.objectContaining({ service: "openai", version, path: "v2" })]) },
    });
  });

  test("a credential that is not there is no_such_credential", async () => {
    expect(await world.call("fetch", { service: "stripe" })).toMatchObject(refused(404, "no_such_credential"));
  });

  test("WRK-12 a blob that root moved to another actor's or service's key does not open", async () => {
    await world.put("of A");
    const from = `${BUCKET}/${prefixOf(world.a)}openai.enc`;
    const copy = (Key: string): Promise<unknown> => world.root.send(new CopyObjectCommand({ Bucket: BUCKET, Key, CopySource: from }));
    await copy(`${prefixOf(world.b)}openai.enc`);
    expect(await world.call("fetch", { session: world.b })).toMatchObject(refused(500, "envelope_decrypt"));
    await copy(`${prefixOf(world.a)}stripe.enc`);
    expect(await world.call("fetch", { service: "stripe" })).toMatchObject(refused(500, "envelope_decrypt"));
  });

  test("WRK-16 what was stored before an epoch is read after it; new writes carry the new one", async () => {
    await world.put("before");
    world.chain.advanceEpoch();
    expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "before" });
    await world.put("after");
    const stored = (await get(world.root, `${prefixOf(world.a)}openai.enc`)) as { Body: { transformToByteArray(): Promise<Uint8Array> } };
    expect([...(await stored.Body.transformToByteArray()).subarray(0, 2)]).toEqual([4, 2]);
    expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "after" });
  });

  test("create only and a stale version lose; the version that was read wins", async () => {
    const { version } = (await world.put("one")).body as { version: string };
    expect(await world.put("two", { ifVersion: null })).toMatchObject(refused(409, "version_conflict"));
    expect(await world.put("two", { ifVersion: version })).toMatchObject({ status: 200 });
    expect(await world.put("three", { ifVersion: version })).toMatchObject(refused(409, "version_conflict"));
    expect(await world.put("x", { service: "stripe", session: world.a, ifVersion: "0".repeat(32) })).toMatchObject(
      refused(409, "version_conflict"),
    );
  });

  test("of twenty racers that create, one wins and its value is read", async () => {
    await world.call("teardown");
    const answers = await Promise.all(Array.from({ length: 20 }, (_none, racer) => world.put(`racer ${racer}`, { ifVersion: null })));
    const won = answers.flatMap(({ status }, racer) => (status === 200 ? [racer] : []));
    expect(won).toHaveLength(1);
    for (const { status, body } of answers) if (status !== 200) expect({ status, body }).toMatchObject(refused(409, "version_conflict"));
    expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: `racer ${won[0]}` });
  }, 60_000);

  test("WRK-07 a revoked scope ends access at once, the kept session notwithstanding", async () => {
    await world.put("of B", { session: world.b });
    const { operatorOmni, actorOmni } = world.b;
    world.chain.revokeScope(operatorOmni, actorOmni);
    expect(await world.call("fetch", { session: world.b })).toMatchObject(refused(403, "service_not_in_scope"));
  });
});

describe("older deployments", () => {
  const older = (version: 1 | 2, kek: Uint8Array, aad: string): Buffer => {
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv("aes-256-gcm", kek, nonce).setAAD(Buffer.from(aad));
    return Buffer.concat([Buffer.of(version), nonce, cipher.update("sk-older"), cipher.final(), cipher.getAuthTag()]);
  };
  const olderKey = `bots/${WALLET}/credentials/stripe.enc`;

  test("a static envelope at the actor's path is read", async () => {
    await put(world.root, `${prefixOf(world.a)}stripe.enc`, older(2, STATIC_KEK, aadV2(world.a.actorOmni, "stripe")));
    expect(await world.opened(await world.call("fetch", { service: "stripe" }))).toMatchObject({ credential: "sk-older" });
    await world.call("teardown", { service: "stripe" });
  });

  test("WRK-14 a wallet-keyed credential is read by the fallback, copied under the epoch and left as it was", async () => {
    const kek = deriveKekV1(signAsWallet(Secret.of(WALLET_KEY), kekV1Message(WALLET, "stripe")));
    await put(world.root, olderKey, older(1, kek.revealBytes(), aadV1(WALLET, "stripe")));
    expect(await world.opened(await world.call("fetch", { service: "stripe" }))).toMatchObject({ credential: "sk-older" });
    expect((await bytes(world.root, olderKey))[0]).toBe(1);
    expect([...(await bytes(world.root, `${prefixOf(world.a)}stripe.enc`)).subarray(0, 2)]).toEqual([4, await world.chain.currentEpoch()]);
  });

  test("ISO-11 each rule admits its own prefix: A reads its wallet's and writes none, B reaches neither, other wallets are closed", async () => {
    await get(asA, olderKey);
    await list(asA, `bots/${WALLET}/credentials/`);
    await refusal(put(asA, olderKey));
    const otherWallet = `bots/0x${"b2".repeat(20)}/credentials/`;
    await put(world.root, `${otherWallet}openai.enc`);
    await refusal(get(asA, `${otherWallet}openai.enc`));
    await refusal(list(asA, otherWallet));
    world.chain.setScope(world.b.operatorOmni, world.b.actorOmni, [serviceHash("openai")]);
    const asB = await world.sessionOf(world.b);
    await refusal(get(asB, olderKey));
    await refusal(list(asB, `bots/${WALLET}/credentials/`));
  });

  test("teardown of one service removes it at both paths", async () => {
    await world.put("sk-newer", { service: "stripe" });
    expect(await world.call("teardown", { service: "stripe" })).toMatchObject({ status: 200, body: { keys_deleted: 2, failures: [] } });
    expect(await world.call("fetch", { service: "stripe" })).toMatchObject(refused(404, "no_such_credential"));
  });
});

test("a master's teardown of all pages through more than a thousand objects at both paths; versions stay", async () => {
  const keys = Array.from({ length: 1005 }, (_none, index) => `${prefixOf(world.a)}many-${index}.enc`);
  for (let start = 0; start < keys.length; start += 50) await Promise.all(keys.slice(start, start + 50).map((key) => put(world.root, key)));
  await put(world.root, `bots/${WALLET}/credentials/openai.enc`);
  await world.put("sk");
  await world.put("of B", { session: world.b });
  const all = { session: world.master, cap: { actor_omni: world.a.actorOmni }, body: { all: true } };
  const answer = await world.call("teardown", all);
  expect(answer).toMatchObject({ status: 200, body: { ok: true, failures: [] } });
  expect((answer.body as { keys_deleted: number }).keys_deleted).toBeGreaterThanOrEqual(1007);
  for (const prefix of [prefixOf(world.a), `bots/${WALLET}/credentials/`])
    expect(await list(world.root, prefix)).toMatchObject({ KeyCount: 0 });
  expect(await world.opened(await world.call("fetch", { session: world.b }), world.b)).toMatchObject({ credential: "of B" });
  const kept = await world.root.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: `${prefixOf(world.a)}openai.enc` }));
  expect(kept.Versions?.length).toBeGreaterThan(0);
}, 60_000);

test("WRK-19 nothing that was stored, and no key of the store, is in any log", () => {
  const text = world.logged.text();
  for (const secret of [
    "sk-canary-real",
    "sk-older",
    "sk-newer",
    "root-password",
    STATIC_KEK.toString("base64"),
    WALLET_KEY.toString("hex"),
  ])
    expect(text).not.toContain(secret);
  expect(text).toContain("credential call served");
});
