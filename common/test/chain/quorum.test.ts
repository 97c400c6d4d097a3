import { expect, test } from "@jest/globals";
import { firstAgreeing } from "../../src/chain/quorum.ts";

const never = new Promise<string>(() => undefined);
const say = (word: string): Promise<string> => Promise.resolve(word);
const fail = (): Promise<string> => Promise.reject(new TypeError("down"));
const agree = (answers: Promise<string>[], quorum: number): Promise<string[]> => firstAgreeing(answers, quorum, (word) => word);

test("two that agree are enough, whatever the third does", async () => {
  expect(await agree([say("yes"), never, say("yes")], 2)).toEqual(["yes", "yes"]);
  expect(await agree([say("yes"), fail(), say("yes")], 2)).toEqual(["yes", "yes"]);
  expect(await agree([say("no"), say("yes"), say("yes")], 2)).toEqual(["yes", "yes"]);
});

test("no agreement is a fault, said as soon as none can come", async () => {
  await expect(agree([say("yes"), say("no")], 2)).rejects.toThrow(/no 2 of 2 RPC URLs agree \(2 different answers\)/);
  await expect(agree([fail(), never], 2)).rejects.toThrow(AggregateError);
  await expect(agree([say("a"), say("b"), say("c"), never], 3)).rejects.toThrow(AggregateError);
  await expect(agree([fail(), fail()], 1)).rejects.toThrow(AggregateError);
});

test("the faults of those that failed are kept", async () => {
  const fault: unknown = await agree([fail(), fail()], 2).catch((error: unknown) => error);
  expect((fault as AggregateError).errors).toEqual([new TypeError("down")]);
});
