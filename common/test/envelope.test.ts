import { expect, test } from "@jest/globals";
import { aadV2, envelopeKind, objectKey, openEnvelope, sealEnvelope } from "@agentkeys/common/envelope";
import { Secret } from "@agentkeys/common/secret";

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
