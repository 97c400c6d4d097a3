import { beforeEach, expect, test } from "@jest/globals";
import { remoteBrokerKeys, type BrokerKeys } from "@agentkeys/common/cap-chain";
import type { HttpAnswer } from "@agentkeys/common/http-client";
import { generateSigningKey, type SigningKey } from "@agentkeys/common/jose";
import { FakeClock } from "@agentkeys/common/testing";

let clock: FakeClock;
let keys: BrokerKeys;
let answer: Partial<HttpAnswer>;
let old: SigningKey;
let young: SigningKey;

beforeEach(async () => {
  [clock, old, young] = [new FakeClock(), await generateSigningKey(), await generateSigningKey()];
  const client = {
    json: (): Promise<HttpAnswer> => Promise.resolve({ status: 200, headers: {}, body: null, ...answer }),
    stream: () => Promise.reject(new TypeError("not asked")),
    close: () => Promise.resolve(),
  };
  keys = remoteBrokerKeys({ client, url: "https://broker.test", clock });
});

const kids = (): (string | undefined)[] => keys.current().map(({ kid }) => kid);

/** Reads once more after some time; the answer names these keys. */
async function read(afterMs: number, ...named: SigningKey[]): Promise<void> {
  clock.advance(afterMs);
  answer = { body: { keys: named.map(({ publicJwk }) => publicJwk) } };
  await keys.refresh();
}

test("a replica that knows only its own key takes no other replica's key away", async () => {
  await read(0, old);
  await read(86_400_000, young);
  expect(kids()).toEqual([old.kid, young.kid]);
  await read(60_000, old);
  await read(60_000, young);
  clock.advance(119_999);
  expect(kids()).toEqual([old.kid, young.kid]);
});

test("a key that is named no more is forgotten after two minutes, read again or not", async () => {
  await read(0, old);
  await read(10_000, young);
  await read(60_000, young);
  clock.advance(59_999);
  expect(kids()).toContain(old.kid);
  clock.advance(1);
  expect(kids()).toEqual([young.kid]);
  await read(10_000, young);
  expect(kids()).toEqual([young.kid]);
});

test("an answer that names no key keeps what is known", async () => {
  await read(0, old);
  await read(10_000);
  for (const bad of [{ status: 503 }, { body: "no keys" }, { body: { keys: [{ kty: "RSA" }] } }]) {
    clock.advance(200_000);
    answer = bad;
    await keys.refresh();
  }
  expect(kids()).toEqual([old.kid]);
});
