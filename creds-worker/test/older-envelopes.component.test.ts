import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { aadV1, aadV2 } from "@agentkeys/common/envelope";
import { createCipheriv } from "node:crypto";
import { refused, World } from "./harness.ts";

const WALLET = "0xabcdef1234567890abcdef1234567890abcdef12";
const OLDER_KEY = `bots/${WALLET}/credentials/openai.enc`;
const STATIC_KEK = Buffer.alloc(32, 0x22);
const WALLET_KEK = Buffer.alloc(32, 0x11);
const SECRET = "sk-older";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

/** `version | nonce12 | ct | tag16`, as the older deployments wrote it. */
function older(version: 1 | 2, kek: Buffer, aad: string): Buffer {
  const nonce = Buffer.alloc(12, 7);
  const cipher = createCipheriv("aes-256-gcm", kek, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([Buffer.of(version), nonce, cipher.update(SECRET), cipher.final(), cipher.getAuthTag()]);
}

const putWalletKeyed = (): Buffer => {
  const blob = older(1, WALLET_KEK, aadV1(WALLET, "openai"));
  world.store.put(OLDER_KEY, blob);
  return blob;
};
const mapWallet = (): void => {
  world.signer.wallet = WALLET;
  world.signer.older.set(1, WALLET_KEK);
};

test("a static envelope at the actor's path opens with the static KEK", async () => {
  world.store.put(world.key("openai"), older(2, STATIC_KEK, aadV2(world.a.actorOmni, "openai")));
  world.signer.older.set(2, STATIC_KEK);
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
});

test("WRK-14 a wallet-keyed credential is read by fallback; its blob stays as it was and nothing is copied", async () => {
  mapWallet();
  const blob = putWalletKeyed();
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
  expect(world.store.calls.filter((call) => call.startsWith("GET"))).toEqual([`GET ${world.key("openai")}`, `GET ${OLDER_KEY}`]);
  expect([...world.store.objects.keys()]).toEqual([OLDER_KEY]);
  expect(world.store.objects.get(OLDER_KEY)?.body.equals(blob)).toBe(true);
});

test("WRK-14 the fallback holds on a store that hides a missing key behind 403", async () => {
  mapWallet();
  putWalletKeyed();
  world.store.hidesMissing = true;
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
});

test("WRK-14 a refused, a failed or an undecryptable read of the newer path never falls back", async () => {
  mapWallet();
  putWalletKeyed();
  await world.put("sk-newer");
  world.store.refused.add(`GET ${world.key("openai")}`);
  expect(await world.call("fetch")).toMatchObject(refused(502, "s3_get"));
  world.store.refused.clear();
  const newer = world.store.objects.get(world.key("openai"))?.body ?? Buffer.alloc(0);
  newer[newer.length - 1] = (newer.at(-1) ?? 0) ^ 1;
  world.store.put(world.key("openai"), newer);
  expect(await world.call("fetch")).toMatchObject(refused(500, "envelope_decrypt"));
  expect(world.store.calls).not.toContain(`GET ${OLDER_KEY}`);
});

test("without a mapped wallet the older path is never asked for", async () => {
  putWalletKeyed();
  expect(await world.call("fetch")).toMatchObject(refused(404, "no_such_credential"));
  expect(world.store.calls).not.toContain(`GET ${OLDER_KEY}`);
});

test.each([2, 1] as const)("envelope version %d without its key names what to configure", async (version) => {
  if (version === 1) {
    world.signer.wallet = WALLET;
    putWalletKeyed();
  } else world.store.put(world.key("openai"), older(2, STATIC_KEK, aadV2(world.a.actorOmni, "openai")));
  const answer = await world.call("fetch");
  expect(answer).toMatchObject(refused(500, "envelope_key_missing"));
  expect((answer.body as { error: string }).error).toContain("legacyDir");
});

test("an envelope is only taken where its version belongs", async () => {
  mapWallet();
  world.signer.older.set(2, STATIC_KEK);
  world.store.put(world.key("openai"), older(1, WALLET_KEK, aadV1(WALLET, "openai")));
  expect(await world.call("fetch")).toMatchObject(refused(500, "envelope_unknown_version"));
  world.store.objects.clear();
  world.store.put(OLDER_KEY, older(2, STATIC_KEK, aadV2(world.a.actorOmni, "openai")));
  expect(await world.call("fetch")).toMatchObject(refused(500, "envelope_unknown_version"));
});

test("a store goes to the newer path under the epoch's KEK and is what is read from then on", async () => {
  mapWallet();
  putWalletKeyed();
  expect(await world.put("sk-newer")).toMatchObject({ status: 200 });
  expect(world.store.objects.get(world.key("openai"))?.body[0]).toBe(4);
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "sk-newer" });
});

test("teardown removes both, or the older credential would come back", async () => {
  mapWallet();
  putWalletKeyed();
  await world.put("sk-newer");
  expect(await world.call("teardown")).toMatchObject({ status: 200, body: { keys_deleted: 2, failures: [] } });
  expect(await world.call("fetch")).toMatchObject(refused(404, "no_such_credential"));
  putWalletKeyed();
  await world.put("sk-newer", { service: "stripe" });
  const all = { session: world.master, cap: { actor_omni: world.a.actorOmni }, body: { all: true } };
  expect(await world.call("teardown", all)).toMatchObject({ status: 200, body: { keys_deleted: 2, failures: [] } });
  expect(world.store.objects.size).toBe(0);
});
