import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { aadV1, aadV2, deriveKek, deriveKekV1, envelopeKind, objectKey, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { Secret } from "@agentkeys/common/secret";

interface Vector {
  id: string;
  group: string;
  input: Record<string, string>;
  output: Record<string, string>;
}
const { vectors } = JSON.parse(readFileSync(new URL("./vectors/upstream.json", import.meta.url), "utf8")) as { vectors: Vector[] };
const get = (id: string): { input: Record<string, string | undefined>; output: Record<string, string | undefined> } => {
  const found = vectors.find((vector) => vector.id === id);
  if (found === undefined) throw new TypeError(`no vector ${id}`);
  return found;
};
const hex = (text = ""): Buffer => Buffer.from(text.replace(/^0x/, ""), "hex");

describe("upstream vectors", () => {
  test.each(vectors.filter(({ group }) => group === "kek_v2"))("$id", ({ input, output }) => {
    expect(
      deriveKek(Secret.of(hex(input["k3"])), input["actor_omni_hex"] ?? "")
        .revealBytes()
        .toString("hex"),
    ).toBe(output["kek_hex_if_actor_is_raw_32_bytes"]);
  });
  test.each(vectors.filter(({ group }) => group === "kek_v1"))("$id", ({ input, output }) => {
    expect(deriveKekV1(hex(input["signature"])).revealBytes().toString("hex")).toBe(output["kek_hex"]);
  });
  test.each(["envelope.v1_wallet", "envelope.v2_worker_cross_compat", "envelope.v4_arch"])("%s opens", (id) => {
    const { input, output } = get(id);
    const opened = openEnvelope(hex(output["envelope_hex"]), { kek: Secret.of(hex(input["kek_hex"])), aad: input["aad_utf8"] ?? "" });
    expect(opened.reveal()).toBe(input["plaintext_utf8"]);
  });
  test("envelope.v4_arch seals to the same bytes", () => {
    const { input, output } = get("envelope.v4_arch");
    const sealed = sealEnvelope({
      kek: Secret.of(hex(input["kek_hex"])),
      epoch: hex(output["envelope_hex"])[1] ?? 0,
      nonce: hex(input["nonce_hex"]),
      plaintext: Buffer.from(input["plaintext_utf8"] ?? ""),
      aad: input["aad_utf8"] ?? "",
    });
    expect(sealed.toString("hex")).toBe(output["envelope_hex"]);
  });
  test("aad.worker_pinned", () => {
    const { input, output } = get("aad.worker_pinned");
    expect(aadV2(input["actor_omni"] ?? "", input["service"] ?? "")).toBe(output["aad_utf8"]);
  });
  test.each([
    ["envelope_negative.v1_retagged_v2", "envelope_decrypt"],
    ["envelope_negative.wrong_wallet", "envelope_decrypt"],
    ["envelope_negative.wrong_service", "envelope_decrypt"],
    ["envelope_negative.unknown_version_ff", "envelope_unknown_version"],
    ["envelope_negative.truncated_1_byte", "envelope_too_short"],
  ])("%s is %s", (id, code) => {
    const { input } = get(id);
    const kek = Secret.of(hex(input["kek_hex"] ?? "00".repeat(32)));
    const aad = id.includes("v2")
      ? aadV2("ab".repeat(32), "openrouter")
      : aadV1(input["wallet"] ?? "0xabc", input["service"] ?? "openrouter");
    expect(() => openEnvelope(hex(input["envelope_hex"]), { kek, aad })).toThrow(expect.objectContaining({ code }));
  });
});

const kek = Secret.of(Buffer.alloc(32, 9));
const seal = (epoch: number): Buffer =>
  sealEnvelope({ kek, epoch, nonce: Buffer.alloc(12, 1), plaintext: Buffer.from("sk-live"), aad: aadV2("ab".repeat(32), "openai") });

test("the epoch is read from the blob", () => {
  expect(envelopeKind(seal(255))).toEqual({ version: 4, epoch: 255 });
});

test.each([0, 256, 1.5])("epoch %d is refused, never wrapped", (epoch) => {
  expect(() => seal(epoch)).toThrow(expect.objectContaining({ code: "internal" }));
});

test("WRK-12 a blob moved to another actor or service does not open", () => {
  for (const aad of [aadV2("cd".repeat(32), "openai"), aadV2("ab".repeat(32), "stripe")])
    expect(() => openEnvelope(seal(1), { kek, aad })).toThrow(expect.objectContaining({ code: "envelope_decrypt" }));
});

test("every flipped bit is found", () => {
  const blob = seal(1);
  for (let index = 2; index < blob.length; index++) {
    const altered = Buffer.from(blob);
    altered[index] = (altered[index] ?? 0) ^ 1;
    expect(() => openEnvelope(altered, { kek, aad: aadV2("ab".repeat(32), "openai") })).toThrow(
      expect.objectContaining({ code: "envelope_decrypt" }),
    );
  }
});

test("an object key is bare lower-case hex and a checked name", () => {
  expect(objectKey(`0x${"AB".repeat(32)}`, "openai")).toBe(`bots/${"ab".repeat(32)}/credentials/openai.enc`);
  expect(() => objectKey("ab".repeat(32), "../x")).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
