import { matchesSelector } from "@agentkeys/common/label-selector";
import { describe, expect, test } from "@jest/globals";

describe("a selector", () => {
  test("that is absent allows no namespace and an empty one allows all", () => {
    expect(matchesSelector(undefined, { a: "b" })).toBe(false);
    expect(matchesSelector(null, {})).toBe(false);
    expect(matchesSelector({}, {})).toBe(true);
  });

  test.each([
    ["In", ["x"], { k: "x" }, true],
    ["In", ["x"], {}, false],
    ["NotIn", ["x"], { k: "x" }, false],
    ["NotIn", ["x"], {}, true],
    ["Exists", undefined, { k: "" }, true],
    ["DoesNotExist", undefined, { k: "" }, false],
    ["Unknown", ["x"], { k: "x" }, false],
  ] as const)("with %s %j meets %j: %s", (operator, values, labels, expected) => {
    const expression = { key: "k", operator, ...(values === undefined ? {} : { values: [...values] }) };
    expect(matchesSelector({ matchExpressions: [expression] }, labels)).toBe(expected);
  });
});
