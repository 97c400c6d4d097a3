import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { aadV1, aadV2 } from "@agentkeys/common/envelope";
import { createCipheriv } from "node:crypto";
import { refused, World, type Ask } from "./harness.ts";

const WALLET = "0xabcdef1234567890abcdef1234567890abcdef12";
const OLDER_KEY = `bots/${WALLET}/credentials/openai.enc`;
const [STATIC_KEK, WALLET_KEK] = [Buffer.alloc(32, 0x22), Buffer.alloc(32, 0x11)];

let world: World;
let asMaster: Ask;
beforeEach(async () => {
  world = await World.start();
  asMaster = { session: world.master, cap: { actor_omni: world.a.actorOmni } };
});
afterEach(() => world.stop());

function older(version: 1 | 2): Buffer {
  const aad = version === 1 ? aadV1(WALLET, "openai") : aadV2(world.a.actorOmni, "openai");
  const cipher = createCipheriv("aes-256-gcm", version === 1 ? WALLET_KEK : STATIC_KEK, Buffer.alloc(12, 7)).setAAD(Buffer.from(aad));
  return Buffer.concat([Buffer.of(version), Buffer.alloc(12, 7), cipher.update("sk-older"), cipher.final(), cipher.getAuthTag()]);
}
const mapWallet = (): void => {
  world.signer.wallet = WALLET;
  world.signer.older.set(1, WALLET_KEK);
  world.store.put(OLDER_KEY, older(1));
};
const header = (): number[] => [...(world.store.objects.get(world.key("openai"))?.body.subarray(0, 2) ?? [])];
const secret = async (): Promise<unknown> => (await world.opened(await world.call("fetch")))["credential"];

describe("re-encryption", () => {
  test("WRK-16 a blob of the epoch before is readable, is sealed under the new one, and a second time nothing is written", async () => {
    await world.put("sk-1");
    world.chain.advanceEpoch();
    expect(await secret()).toBe("sk-1");
    expect(header()).toEqual([4, 1]);
    const answer = await world.call("reencrypt", asMaster);
    expect(answer).toMatchObject({
      status: 200,
      body: { epoch: 2, was: { envelope: 4, epoch: 1 }, changed: true, v1: "none" },
    });
    expect(header()).toEqual([4, 2]);
    expect(await secret()).toBe("sk-1");
    const { version } = answer.body as { version: string };
    expect(await world.call("reencrypt", asMaster)).toMatchObject({ body: { version, changed: false } });
  });

  test("a static envelope is taken along", async () => {
    world.signer.older.set(2, STATIC_KEK);
    world.store.put(world.key("openai"), older(2));
    expect(await world.call("reencrypt", asMaster)).toMatchObject({ body: { was: { envelope: 2 }, changed: true } });
    expect([header(), await secret()]).toEqual([[4, 1], "sk-older"]);
  });

  test("neither a KEK nor a value comes to the worker or out of it", async () => {
    await world.put("sk-1");
    world.chain.advanceEpoch();
    world.signer.calls.length = 0;
    const { body } = await world.call("reencrypt", asMaster);
    expect(world.signer.calls).toEqual(["session", "reseal"]);
    expect(JSON.stringify(body)).not.toMatch(/sk-1|kek|sealed/);
  });

  test("a store in the middle wins, and is what is looked at then", async () => {
    await world.put("sk-1");
    world.chain.advanceEpoch();
    const reseal = world.signer.reseal.bind(world.signer);
    world.signer.reseal = async (...args) => {
      world.signer.reseal = reseal;
      await world.put("sk-2");
      return await reseal(...args);
    };
    expect(await world.call("reencrypt", asMaster)).toMatchObject({ body: { changed: false, was: { epoch: 2 } } });
    expect(await secret()).toBe("sk-2");
  });

  test("a store that always wins is version_conflict in the end", async () => {
    await world.put("sk-1");
    world.chain.advanceEpoch();
    let count = 0;
    world.signer.reseal = () => {
      count += 1;
      world.store.put(world.key("openai"), Buffer.concat([Buffer.of(4, 1), Buffer.alloc(40, count)]));
      return Promise.resolve(Buffer.alloc(64));
    };
    expect(await world.call("reencrypt", asMaster)).toMatchObject(refused(409, "version_conflict"));
  });

  test("nothing there is no_such_credential", async () => {
    expect(await world.call("reencrypt", asMaster)).toMatchObject(refused(404, "no_such_credential"));
  });
});

describe("who may", () => {
  test("an agent may not, for its own actor either; nor may a master of another operator's", async () => {
    await world.put("sk-1");
    expect(await world.call("reencrypt")).toMatchObject(refused(403, "device_role_missing"));
    const foreign = { actor_omni: `0x${"f".repeat(64)}` };
    expect(await world.call("reencrypt", { session: world.master, cap: foreign })).toMatchObject(refused(403, "device_binding_mismatch"));
  });

  test("WRK-02 no other cap opens the route, and this one opens no other", async () => {
    await world.put("sk-1");
    const other = { ...asMaster, cap: { ...asMaster.cap, op: "cred-store" } };
    expect(await world.call("reencrypt", other)).toMatchObject(refused(403, "cap_op_mismatch"));
    const { cap, delegation } = await world.mint("reencrypt", asMaster);
    for (const route of ["fetch", "store", "list", "teardown"] as const)
      expect(await world.present(route, { cap, delegation }, asMaster)).toMatchObject(refused(403, "cap_op_mismatch"));
  });

  test("WRK-07 a cap of the epoch before is refused", async () => {
    await world.put("sk-1");
    const minted = await world.mint("reencrypt", asMaster);
    world.chain.advanceEpoch();
    expect(await world.present("reencrypt", minted, asMaster)).toMatchObject(refused(403, "k3_epoch_mismatch"));
  });
});

describe("wallet-keyed storage", () => {
  test("WRK-14 is copied and kept; deleted only when asked for, and after the copy was written again and read back", async () => {
    mapWallet();
    expect(await world.call("reencrypt", asMaster)).toMatchObject({ body: { was: { envelope: 1 }, changed: true, v1: "kept" } });
    expect([header(), world.store.objects.has(OLDER_KEY)]).toEqual([[4, 1], true]);
    world.store.calls.length = 0;
    const removed = await world.call("reencrypt", { ...asMaster, body: { delete_v1: true } });
    expect(removed).toMatchObject({ body: { was: { envelope: 4, epoch: 1 }, changed: true, v1: "deleted" } });
    const order = world.store.calls.filter((call) => /^(PUT|DELETE)|^GET .*\/322|^GET bots\/[0-9a-f]{64}/.test(call));
    expect(order).toEqual([
      `GET ${world.key("openai")}`,
      `PUT ${world.key("openai")}`,
      `GET ${world.key("openai")}`,
      `DELETE ${OLDER_KEY}`,
    ]);
    expect(await secret()).toBe("sk-older");
    expect(await world.call("reencrypt", { ...asMaster, body: { delete_v1: true } })).toMatchObject({
      body: { v1: "none", changed: false },
    });
  });

  test("the older blob stays when the newer one cannot be written, read back or opened", async () => {
    mapWallet();
    const removing = { ...asMaster, body: { delete_v1: true } };
    world.store.refused.add(`PUT ${world.key("openai")}`);
    expect(await world.call("reencrypt", removing)).toMatchObject(refused(502, "s3_put"));
    world.store.refused.clear();
    await world.call("reencrypt", asMaster);
    const newer = world.store.objects.get(world.key("openai"))?.body ?? Buffer.alloc(0);
    newer[newer.length - 1] = (newer.at(-1) ?? 0) ^ 1;
    world.store.put(world.key("openai"), newer);
    expect(await world.call("reencrypt", removing)).toMatchObject({ status: 500 });
    expect(world.store.objects.has(OLDER_KEY)).toBe(true);
  });
});
