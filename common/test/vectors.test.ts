import { expect, test } from "@jest/globals";
import { APART } from "./vectors/apart.ts";
import { count, vectors } from "./vectors/read.ts";
import { RUNNERS } from "./vectors/runners.ts";

test("every upstream vector is either run here or stands apart with a reason, none in both", () => {
  const all = vectors.map(({ id }) => id);
  expect(all).toHaveLength(count);
  expect([...RUNNERS.keys(), ...APART.keys()].toSorted()).toEqual(all.toSorted());
  expect([...APART.values()].every((reason) => reason.length > 20)).toBe(true);
});

test.each(vectors.filter(({ id }) => RUNNERS.has(id)))("upstream vector $id", async (vector) => {
  expect.hasAssertions();
  await RUNNERS.get(vector.id)?.(vector);
});
