import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { aadV1, deriveKekV1, kekV1Message, openEnvelope, walletPrefix } from "@agentkeys/common/envelope";
import { verifyJws } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { computeAddress } from "ethers";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveWalletKey, openLegacyDir, signAsWallet } from "../src/keys/legacy.ts";
import { refused, World } from "./harness.ts";

interface Vector {
  id: string;
  input: Record<string, string>;
  output: Record<string, string>;
}
const { vectors } = JSON.parse(readFileSync(new URL("../../common/test/vectors/upstream.json", import.meta.url), "utf8")) as {
  vectors: Vector[];
};
const vector = (id: string): Vector => {
  const found = vectors.find((entry) => entry.id === id);
  if (found === undefined) throw new TypeError(`no vector ${id}`);
  return found;
};
const hex = (text = ""): Buffer => Buffer.from(text.replace(/^0x/, ""), "hex");
const MASTER = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const WALLET = "0xabcdef1234567890abcdef1234567890abcdef12";
const OMNI = "ab".repeat(32);

describe("upstream vectors", () => {
  test.each(["signer.derive_address_omni_ab", "signer.derive_address_omni_cd"])("%s", (id) => {
    const { input, output } = vector(id);
    const key = deriveWalletKey(Secret.of(hex(input["master_secret"])), input["omni_account"] ?? "");
    expect(`0x${key.revealBytes().toString("hex")}`).toBe(output["private_key"]);
    expect(computeAddress(output["private_key"] ?? "").toLowerCase()).toBe(output["address"]);
  });

  test("signer.sign_message_hello", () => {
    const { input, output } = vector("signer.sign_message_hello");
    const key = deriveWalletKey(Secret.of(hex(MASTER)), input["omni_account"] ?? "");
    expect(`0x${signAsWallet(key, hex(input["message_hex"])).toString("hex")}`).toBe(output["signature"]);
  });

  test("kek_v1.real_signer_wallet_anthropic, from the master secret to the KEK", () => {
    const { input, output } = vector("kek_v1.real_signer_wallet_anthropic");
    const message = kekV1Message(input["identity"] ?? "", input["service"] ?? "");
    expect(message).toBe(input["message_utf8"]);
    const signature = signAsWallet(deriveWalletKey(Secret.of(hex(MASTER)), input["omni_account"] ?? ""), message);
    expect(`0x${signature.toString("hex")}`).toBe(input["signature"]);
    expect(deriveKekV1(signature).revealBytes().toString("hex")).toBe(output["kek_hex"]);
  });

  test("s3_key.v1", () => {
    const { input, output } = vector("s3_key.v1");
    expect(`${walletPrefix(input["wallet"] ?? "")}${input["service"] ?? ""}.enc`).toBe(output["key"]);
    expect(() => walletPrefix("0xabc")).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("with keys of an older deployment", () => {
  let world: World;
  const staticKek = Buffer.alloc(32, 0x22);
  beforeEach(async () => {
    world = await World.start(({ actorOmni }) => ({
      "static-kek": staticKek,
      "master-secret": MASTER,
      "wallets.json": JSON.stringify({ [actorOmni]: { wallet: WALLET.toUpperCase().replace("0X", "0x"), omni: OMNI } }),
    }));
  });
  afterEach(() => world.stop());

  test("a fetch gets the static KEK and, for a mapped actor, the KEK of its wallet and service", async () => {
    expect(await world.kek("cred-fetch", { envelope_version: 2 })).toMatchObject({ body: { kek_b64: staticKek.toString("base64") } });
    expect(await world.kek("cred-fetch", { envelope_version: 2 })).toMatchObject({ body: { kek_b64: staticKek.toString("base64") } });
    const { body } = await world.kek("cred-fetch", { envelope_version: 1 });
    const signature = signAsWallet(deriveWalletKey(Secret.of(hex(MASTER)), OMNI), `agentkeys.kek.v1:${WALLET}:openai`);
    expect((body as { kek_b64: string }).kek_b64).toBe(deriveKekV1(signature).revealBytes().toString("base64"));
    expect(await world.kek("cred-fetch", { envelope_version: 1 }, { session: world.b })).toMatchObject(
      refused(500, "envelope_key_missing"),
    );
  });

  test.each(["cred-store", "cred-list", "cred-teardown"] as const)("a %s cap gets no older KEK", async (op) => {
    for (const version of [1, 2]) expect(await world.kek(op, { envelope_version: version })).toMatchObject(refused(403, "cap_op_mismatch"));
  });

  test("older KEKs stand behind the same cap chain", async () => {
    world.chain.revokeScope(world.a.operatorOmni, world.a.actorOmni);
    for (const version of [1, 2])
      expect(await world.kek("cred-fetch", { envelope_version: version })).toMatchObject(refused(403, "service_not_in_scope"));
    expect(await world.kek("cred-fetch", { envelope_version: 3 })).toMatchObject(refused(400, "invalid_input"));
  });

  test("ISO-11 the wallet tag, its prefix in the session policy and the answer are there for the mapped actor only", async () => {
    const ask = async (session: World["a"]): Promise<unknown> =>
      (await world.post("/sts-credentials", await world.capChain("cred-fetch", { session }))).body;
    expect(await ask(world.a)).toMatchObject({ v1_wallet: WALLET });
    expect(JSON.stringify(await ask(world.b))).not.toContain("wallet");
    const [mapped, other] = world.sts.asked;
    const tagsOf = async (token: string): Promise<unknown> =>
      (await verifyJws(token, { typ: "JWT", keys: [world.oidcKey.publicJwk] })).payload["https://aws.amazon.com/tags"];
    expect(await tagsOf(mapped?.get("WebIdentityToken") ?? "")).toEqual({
      principal_tags: { agentkeys_actor_omni: [world.a.actorOmni.slice(2)], agentkeys_user_wallet: [WALLET] },
      transitive_tag_keys: ["agentkeys_actor_omni", "agentkeys_user_wallet"],
    });
    expect(JSON.stringify(await tagsOf(other?.get("WebIdentityToken") ?? ""))).not.toContain("wallet");
    const policy = mapped?.get("Policy") ?? "";
    expect(policy.length).toBeLessThan(2048);
    const { Statement: statements } = JSON.parse(policy) as { Statement: { Action: string[]; Resource: string[] }[] };
    const older = statements.filter(({ Resource: [resource = ""] }) => resource.includes(WALLET));
    expect(older.map(({ Action: actions }) => actions)).toEqual([["s3:GetObject", "s3:DeleteObject"]]);
    expect(other?.get("Policy")).not.toContain(WALLET);
  });
});

describe("without them", () => {
  test("older envelopes answer a named error that says what to configure", async () => {
    const world = await World.start();
    for (const version of [1, 2]) {
      const answer = await world.kek("cred-fetch", { envelope_version: version });
      expect(answer).toMatchObject(refused(500, "envelope_key_missing"));
      expect((answer.body as { error: string }).error).toContain("legacyDir");
    }
    expect(await world.kek("cred-fetch", { envelope_version: 4 })).toMatchObject(refused(400, "invalid_input"));
    await world.stop();
  });
});

describe("the folder", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "agentkeys-older-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const open = (map: unknown): (() => unknown) => {
    writeFileSync(join(dir, "wallets.json"), typeof map === "string" ? map : JSON.stringify(map));
    return () => openLegacyDir(dir);
  };

  test("a wallet's own key file opens what that wallet sealed", () => {
    writeFileSync(join(dir, `${WALLET}.key`), "07".repeat(32));
    open({ [OMNI]: { wallet: WALLET } });
    const kek = openLegacyDir(dir).walletKek(`0x${OMNI}`, "openai");
    const signature = signAsWallet(Secret.of(hex("07".repeat(32))), kekV1Message(WALLET, "openai"));
    expect(kek?.revealBytes()).toEqual(deriveKekV1(signature).revealBytes());
  });

  test("a wiped KEK does not wipe the key behind it", () => {
    writeFileSync(join(dir, "static-kek"), Buffer.alloc(32, 5));
    const keys = openLegacyDir(dir);
    keys.staticKek()?.wipe();
    expect(keys.staticKek()?.revealBytes()).toEqual(Buffer.alloc(32, 5));
  });

  test.each([
    ["no JSON", "{"],
    ["a list", []],
    ["an odd omni", { "0x12": { wallet: WALLET } }],
    ["an odd wallet", { [OMNI]: { wallet: "0xabc" } }],
    ["no wallet", { [OMNI]: null }],
    ["an odd inner omni", { [OMNI]: { wallet: WALLET, omni: "x" } }],
    ["one wallet of two actors", { [OMNI]: { wallet: WALLET }, ["cd".repeat(32)]: { wallet: WALLET } }],
  ])("%s is config_invalid", (_what, map) => {
    expect(open(map)).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });

  test("an actor's wallet-keyed envelope of the vector opens with the KEK of the vector", () => {
    const { input, output } = vector("envelope.v1_wallet");
    const opened = openEnvelope(hex(output["envelope_hex"]), { kek: Secret.of(hex(input["kek_hex"])), aad: aadV1("0xabc", "openrouter") });
    expect(opened.reveal()).toBe(input["plaintext_utf8"]);
  });
});
