import { describe, expect, test } from "@jest/globals";
import { createBudgetOpener, decodeStatement, signBudget, type BudgetStatement } from "@agentkeys/common/budget";
import { encodeStatement } from "@agentkeys/common/budget-token";
import { nanoUsdOf, usdText } from "@agentkeys/common/dollars";
import { deviceOf } from "@agentkeys/common/delegation";
import { Secret } from "@agentkeys/common/secret";
import { TEST_DOMAIN } from "@agentkeys/common/testing";
import fc from "fast-check";

const k10 = Secret.of(Buffer.alloc(32, 0x11));
const statement: BudgetStatement = {
  deviceKeyHash: deviceOf(k10).deviceKeyHash,
  operatorOmni: `0x${"aa".repeat(32)}`,
  actorOmni: `0x${"bb".repeat(32)}`,
  serviceHash: `0x${"dd".repeat(32)}`,
  dailyNanoUsd: 2_500_000_000,
  issuedAt: 1_800_000_000_001,
};
const open = createBudgetOpener(TEST_DOMAIN);
const refused = expect.objectContaining({ code: "budget_refused" });

describe("a budget statement", () => {
  test("says what the device signed, and is the same text whoever signs it", () => {
    const token = signBudget(k10, TEST_DOMAIN, statement);
    expect(open(token)).toEqual(statement);
    expect(open(token)).toBe(open(token));
    expect(signBudget(k10, TEST_DOMAIN, { ...statement })).toBe(token);
  });

  test("a raised limit, another domain and another device are refused", () => {
    const token = signBudget(k10, TEST_DOMAIN, statement);
    const { signature } = decodeStatement(token);
    expect(() => open(encodeStatement({ ...statement, dailyNanoUsd: 9_000_000_000 }, signature))).toThrow(refused);
    expect(() => open(encodeStatement({ ...statement, issuedAt: statement.issuedAt + 1 }, signature))).toThrow(refused);
    expect(() => createBudgetOpener({ ...TEST_DOMAIN, chainId: 1 })(token)).toThrow(refused);
    expect(() => open(signBudget(Secret.of(Buffer.alloc(32, 0x22)), TEST_DOMAIN, statement))).toThrow(refused);
  });

  test.each([
    ["no token", "x"],
    ["an array", Buffer.from("[1]").toString("base64url")],
    ["a signature of odd form", encodeStatement(statement, "0x12")],
    ["a fraction", encodeStatement({ ...statement, dailyNanoUsd: 1.5 }, `0x${"1".repeat(130)}`)],
    ["nothing to spend", encodeStatement({ ...statement, dailyNanoUsd: 0 }, `0x${"1".repeat(130)}`)],
    ["more than a million dollars", encodeStatement({ ...statement, dailyNanoUsd: 1e15 + 1 }, `0x${"1".repeat(130)}`)],
    ["a short hash", encodeStatement({ ...statement, actorOmni: "0x12" }, `0x${"1".repeat(130)}`)],
    ["a long text", "A".repeat(1025)],
    ["white space", Buffer.from(JSON.stringify({ message: statement, signature: `0x${"1".repeat(130)}` }, null, 1)).toString("base64url")],
  ])("%s is refused", (_what, token) => {
    expect(() => open(token)).toThrow(refused);
  });
});

describe("dollars", () => {
  test.each([
    ["1", 1_000_000_000, "1.00"],
    ["0.1", 100_000_000, "0.10"],
    ["2.50", 2_500_000_000, "2.50"],
    ["0.000000001", 1, "0.000000001"],
    ["999999.999999999", 999_999_999_999_999, "999999.999999999"],
    ["1000000", 1_000_000_000_000_000, "1000000.00"],
  ])("%s is %d nano-dollars, and shown as %s", (text, nanoUsd, shown) => {
    expect(nanoUsdOf(text)).toBe(nanoUsd);
    expect(usdText(nanoUsd)).toBe(shown);
  });

  test("are exact both ways, whatever the digits", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000_000_000_000 }), (nanoUsd) => nanoUsdOf(usdText(nanoUsd)) === nanoUsd));
  });

  test.each(["", "0", "0.000000000", "-1", "1e3", ".5", "1.", "1.0000000001", "1000000.000000001", "9999999", "1,5", " 1", "0x1"])(
    "%j is no budget",
    (text) => {
      expect(() => nanoUsdOf(text)).toThrow(/decimal text/);
    },
  );

  test("that are spent may be none", () => {
    expect(usdText(0)).toBe("0.00");
  });
});
