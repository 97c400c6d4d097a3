import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { aadV1, aadV2, deriveKek, deriveKekV1, envelopeKind, kekV1Message, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import type { HttpAnswer } from "@agentkeys/common/http";
import { Secret } from "@agentkeys/common/secret";
import { createCipheriv } from "node:crypto";
import { signAsWallet } from "../src/keys/legacy.ts";
import { refused, World } from "./harness.ts";

const WALLET = "0xabcdef1234567890abcdef1234567890abcdef12";
const [WALLET_KEY, STATIC_KEK] = [Buffer.alloc(32, 0x5a), Buffer.alloc(32, 0x22)];
let world: World;
beforeEach(async () => {
  world = await World.start(({ actorOmni }) => ({
    "static-kek": STATIC_KEK,
    [`${WALLET}.key`]: WALLET_KEY,
    "wallets.json": JSON.stringify({ [actorOmni]: { wallet: WALLET } }),
  }));
});
afterEach(() => world.stop());

const kekOf = (epoch: number): Secret => deriveKek(Secret.of(Buffer.alloc(32, epoch)), world.a.actorOmni);
const aad = (service = "openai"): string => aadV2(world.a.actorOmni, service);
const blobOf = (epoch: number, service?: string): Buffer =>
  sealEnvelope({ kek: kekOf(epoch), epoch, nonce: Buffer.alloc(12, 1), plaintext: Buffer.from("sk-value"), aad: aad(service) });
function olderBlob(version: 1 | 2, kek: Uint8Array): Buffer {
  const bound = version === 1 ? aadV1(WALLET, "openai") : aad();
  const cipher = createCipheriv("aes-256-gcm", kek, Buffer.alloc(12, 7)).setAAD(Buffer.from(bound));
  return Buffer.concat([Buffer.of(version), Buffer.alloc(12, 7), cipher.update("sk-value"), cipher.final(), cipher.getAuthTag()]);
}
const walletBlob = (): Buffer =>
  olderBlob(1, deriveKekV1(signAsWallet(Secret.of(WALLET_KEY), kekV1Message(WALLET, "openai"))).revealBytes());

type Of = Parameters<World["capChain"]>[1];
const asMaster = (): Of => ({ session: world.master, cap: { actor_omni: world.a.actorOmni } });
const reseal = async (
  blob: Uint8Array,
  op: "cred-reencrypt" | "cred-fetch" | "cred-store" = "cred-reencrypt",
  of = asMaster(),
): Promise<HttpAnswer> => world.post("/reseal-cred", { ...(await world.capChain(op, of)), blob_b64: Buffer.from(blob).toString("base64") });
const opened = (answer: HttpAnswer, epoch: number): string =>
  openEnvelope(Buffer.from((answer.body as { blob_b64: string }).blob_b64, "base64"), { kek: kekOf(epoch), aad: aad() }).reveal();

test("every envelope is sealed again under the chain's epoch; nothing else is in the answer", async () => {
  world.chain.advanceEpoch();
  world.writeK3(2);
  for (const blob of [blobOf(1), blobOf(2), olderBlob(2, STATIC_KEK), walletBlob()]) {
    const answer = await reseal(blob);
    expect(Object.keys(answer.body as object)).toEqual(["blob_b64"]);
    expect(opened(answer, 2)).toBe("sk-value");
    expect(envelopeKind(Buffer.from((answer.body as { blob_b64: string }).blob_b64, "base64"))).toEqual({ version: 4, epoch: 2 });
  }
});

test("a re-encryption cap gets no KEK", async () => {
  expect(await world.kek("cred-reencrypt", { k3_epoch: 1 }, asMaster())).toMatchObject(refused(403, "cap_op_mismatch"));
  expect(await world.kek("cred-reencrypt", { envelope_version: 1 }, asMaster())).toMatchObject(refused(403, "cap_op_mismatch"));
});

test("an agent's is refused, a fetch cap reseals a wallet-keyed blob alone, a store cap none", async () => {
  expect(await reseal(blobOf(1), "cred-reencrypt", {})).toMatchObject(refused(403, "device_role_missing"));
  expect(opened(await reseal(walletBlob(), "cred-fetch", {}), 1)).toBe("sk-value");
  expect(await reseal(blobOf(1), "cred-fetch", {})).toMatchObject(refused(403, "cap_op_mismatch"));
  expect(await reseal(walletBlob(), "cred-store", {})).toMatchObject(refused(403, "cap_op_mismatch"));
});

test("WRK-12 what the blob is bound to comes from the cap: another service's, another actor's does not open", async () => {
  expect(await reseal(blobOf(1, "stripe"))).toMatchObject(refused(500, "envelope_decrypt"));
  const ofB = { session: world.master, cap: { actor_omni: world.b.actorOmni } };
  expect(await reseal(blobOf(1), "cred-reencrypt", ofB)).toMatchObject(refused(500, "envelope_decrypt"));
  expect(await reseal(walletBlob(), "cred-reencrypt", ofB)).toMatchObject(refused(500, "envelope_key_missing"));
});

test("a missing key is named, an epoch to come and a broken blob are refused", async () => {
  expect(await reseal(blobOf(2))).toMatchObject(refused(403, "k3_epoch_mismatch"));
  world.chain.advanceEpoch();
  expect(await reseal(blobOf(1))).toMatchObject(refused(500, "k3_key_missing"));
  expect(await reseal(Buffer.of(9, 9, 9, 9))).toMatchObject(refused(500, "envelope_too_short"));
  expect(await reseal(Buffer.alloc(131_076, 4))).toMatchObject(refused(400, "invalid_input"));
});
