import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { READINESS_TOLERANCE_MS, watchReadiness, type Readiness } from "@agentkeys/common/http-admin";
import { FakeClock } from "@agentkeys/common/testing";

let clock: FakeClock;
let asked: number;
let answer: () => Promise<string | null>;
let readiness: Readiness;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pass = async (ms: number): Promise<void> => {
  clock.advance(ms);
  await settle();
};

beforeEach(() => {
  clock = new FakeClock();
  asked = 0;
  answer = () => Promise.resolve(null);
  const probe = (): Promise<string | null> => {
    asked += 1;
    return answer();
  };
  readiness = watchReadiness({ clock, random: () => 0.5, checks: [{ name: "chain", probe }] });
});
afterEach(() => readiness.stop());

test("nothing holds before it was asked; afterwards reading asks nobody", async () => {
  readiness.stop();
  asked = 0;
  readiness = watchReadiness({ clock, random: () => 0.5, checks: [{ name: "chain", probe: () => ((asked += 1), answer()) }] });
  expect(readiness.missing()).toEqual(["chain: not asked yet"]);
  await settle();
  for (let read = 0; read < 100; read++) expect(readiness.missing()).toEqual([]);
  expect(asked).toBe(1);
});

test("a start asks again each half second until the first answer, then each five seconds", async () => {
  answer = () => Promise.reject(new AgentKeysError("chain_rpc_error"));
  readiness.stop();
  asked = 0;
  readiness = watchReadiness({ clock, random: () => 0.5, checks: [{ name: "chain", probe: () => ((asked += 1), answer()) }] });
  await settle();
  expect(readiness.missing()).toEqual(["chain: chain_rpc_error"]);
  await pass(500);
  await pass(500);
  expect(asked).toBe(3);
  answer = () => Promise.resolve(null);
  await pass(500);
  expect(readiness.missing()).toEqual([]);
  await pass(4999);
  expect(asked).toBe(4);
  await pass(1);
  expect(asked).toBe(5);
});

test("a blip within the tolerance changes nothing; a lasting fault does, and says which", async () => {
  await settle();
  answer = () => Promise.reject(new AgentKeysError("chain_rpc_error"));
  for (let passed = 0; passed < READINESS_TOLERANCE_MS; passed += 5000) {
    await pass(5000);
    expect(readiness.missing()).toEqual([]);
  }
  await pass(5000);
  expect(readiness.missing()).toEqual(["chain: chain_rpc_error"]);
  answer = () => Promise.resolve(null);
  await pass(5000);
  expect(readiness.missing()).toEqual([]);
});

test("a probe that never answers is given up after two seconds", async () => {
  readiness.stop();
  readiness = watchReadiness({ clock, random: () => 0.5, checks: [{ name: "signer", probe: () => new Promise(() => undefined) }] });
  await settle();
  await pass(2000);
  expect(readiness.missing()).toEqual(["signer: no answer within 2 s"]);
});
