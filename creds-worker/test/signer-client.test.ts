import { expect, test } from "@jest/globals";
import type { HttpClient } from "@agentkeys/common/http";
import { createSigner, type Signer } from "../src/signer/index.ts";

const chain = { cap: "cap", delegation: "delegation", proof: "proof" };
const whole = { access_key_id: "AKIA1", secret_access_key: "canary-secret", session_token: "canary-token", expires_at: 1_800_000_000 };

/** A signer that answers one body with 200. */
function answering(body: unknown): Signer {
  const unused = (): Promise<never> => Promise.reject(new TypeError("not used"));
  const client: HttpClient = { json: () => Promise.resolve({ status: 200, headers: {}, body }), stream: unused, close: unused };
  return createSigner({ client, url: "https://signer.test" });
}

test("a whole session is taken, with a wallet or without", async () => {
  expect(await answering({ ...whole, more: 1 }).session(chain)).toEqual(whole);
  const mapped = { ...whole, v1_wallet: `0x${"a".repeat(40)}` };
  expect(await answering(mapped).session(chain)).toEqual(mapped);
});

test.each([
  ["nothing", null],
  ["a list", []],
  ["no key id", { ...whole, access_key_id: undefined }],
  ["an empty secret", { ...whole, secret_access_key: "" }],
  ["no session token, as keys of a user have none", { ...whole, session_token: undefined }],
  ["a token that is no text", { ...whole, session_token: 1 }],
  ["no end", { ...whole, expires_at: undefined }],
  ["a wallet that is no text", { ...whole, v1_wallet: 1 }],
])("an answer with %s is no session, and its text is not told", async (_what, body) => {
  const fault: unknown = await answering(body)
    .session(chain)
    .catch((caught: unknown) => caught);
  expect(fault).toMatchObject({ code: "signer_unavailable", status: 502 });
  expect(String(fault)).not.toContain("canary");
});

test.each(["", "AAAA", 7, undefined])("a KEK that is not 32 bytes is refused (%p)", async (text) => {
  const asked = answering({ kek_b64: text }).kek(chain, { version: 4, epoch: 1 });
  await expect(asked).rejects.toMatchObject({ code: "signer_unavailable" });
});
