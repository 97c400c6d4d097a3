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

test("WRK-14 a wallet-keyed credential is read by fallback, copied to the actor's path and left as it was", async () => {
  mapWallet();
  const blob = putWalletKeyed();
  const opened = await world.opened(await world.call("fetch"));
  expect(world.store.calls.filter((call) => call.startsWith("GET")).slice(0, 2)).toEqual([
    `GET ${world.key("openai")}`,
    `GET ${OLDER_KEY}`,
  ]);
  const copy = world.store.objects.get(world.key("openai"));
  expect([...(copy?.body.subarray(0, 2) ?? [])]).toEqual([4, 1]);
  expect(opened).toMatchObject({ credential: SECRET, version: copy?.etag.replaceAll('"', "") });
  expect(world.store.objects.get(OLDER_KEY)?.body.equals(blob)).toBe(true);
  expect(await world.opened(await world.call("fetch"))).toEqual(opened);
});

test("WRK-14 with lazyCopy off nothing is copied; a copy that fails does not fail the fetch", async () => {
  mapWallet();
  putWalletKeyed();
  world.lazyCopy = false;
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
  world.lazyCopy = true;
  world.store.refused.add(`PUT ${world.key("openai")}`);
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
  expect([...world.store.objects.keys()]).toEqual([OLDER_KEY]);
  expect(world.logged.text()).toContain("was not copied");
});

test("a copy never replaces what was stored meanwhile, and does not outlive a teardown", async () => {
  mapWallet();
  putWalletKeyed();
  const reseal = world.signer.reseal.bind(world.signer);
  const during = (act: () => Promise<unknown>): void => {
    world.signer.reseal = async (...args) => {
      world.signer.reseal = reseal;
      await act();
      return await reseal(...args);
    };
  };
  during(() => world.put("sk-newer"));
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: SECRET });
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "sk-newer" });
  await world.call("teardown");
  putWalletKeyed();
  during(() => world.call("teardown"));
  expect(await world.call("fetch")).toMatchObject(refused(404, "no_such_credential"));
  expect(world.store.objects.size).toBe(0);
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

test("list is the union: each credential once, with where it lies and, when asked, its envelope", async () => {
  mapWallet();
  putWalletKeyed();
  await world.put("sk", { service: "stripe" });
  world.store.put(`bots/${WALLET}/credentials/stripe.enc`, older(1, WALLET_KEK, aadV1(WALLET, "stripe")));
  const brief = (await world.call("list")).body as { services: Record<string, unknown>[] };
  expect(brief.services).toEqual([
    expect.objectContaining({ service: "stripe", path: "v2", has_v1: true }),
    expect.objectContaining({ service: "openai", path: "v1", has_v1: true }),
  ]);
  expect(JSON.stringify(brief)).not.toContain("envelope");
  const whole = (await world.call("list", { body: { details: true } })).body as { services: Record<string, unknown>[] };
  expect(whole.services).toEqual([
    expect.objectContaining({ service: "stripe", envelope: 4, epoch: 1 }),
    expect.objectContaining({ service: "openai", envelope: 1 }),
  ]);
});

test("a store that names what it replaces counts the older credential as there", async () => {
  mapWallet();
  putWalletKeyed();
  expect(await world.put("sk", { ifVersion: null })).toMatchObject(refused(409, "version_conflict"));
  const { services } = (await world.call("list")).body as { services: { version: string }[] };
  expect(await world.put("sk", { ifVersion: "another" })).toMatchObject(refused(409, "version_conflict"));
  expect(await world.put("sk", { ifVersion: services[0]?.version ?? null })).toMatchObject({ status: 200 });
  expect(await world.opened(await world.call("fetch"))).toMatchObject({ credential: "sk" });
});
