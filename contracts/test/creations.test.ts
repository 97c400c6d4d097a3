import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { getAddress } from "ethers";
import { decodeCreation, encodeCreation, wordsOfCreation, type ContractName } from "../calls/index.ts";

const anAddress = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(`0x${Buffer.from(bytes).toString("hex")}`));
/** Every contract, with what its constructor is told. */
const TOLD: Readonly<Record<ContractName, readonly string[]>> = {
  AgentKeysForwarder: [],
  AgentKeysLens: ["registry", "scope", "epochCounter"],
  AgentKeysScope: ["registry", "trustedForwarder"],
  CredentialAudit: ["registry", "trustedForwarder"],
  K3EpochCounter: ["governance"],
  SidecarRegistry: ["trustedForwarder"],
};
const CONTRACTS = Object.keys(TOLD) as ContractName[];
const own = encodeCreation("AgentKeysScope", [`0x${"11".repeat(20)}`, `0x${"22".repeat(20)}`]);

describe("the code that creates a contract", () => {
  test.each(CONTRACTS)("says from its bytes alone that it is %s, and what the constructor is told", (contract) => {
    fc.assert(
      fc.property(fc.array(anAddress, { minLength: TOLD[contract].length, maxLength: TOLD[contract].length }), (values) => {
        const code = encodeCreation(contract, values);
        const creation = { contract, arguments: TOLD[contract].map((name, index) => ({ name, value: values[index] })) };
        for (const form of [code, code.toUpperCase().replace("0X", "0x")]) expect(decodeCreation(form)).toEqual(creation);
        for (const value of values.filter((one) => BigInt(one) !== 0n)) expect(wordsOfCreation(decodeCreation(code))).toContain(value);
      }),
      { numRuns: 10 },
    );
  });

  test.each<[string, string, RegExp]>([
    ["of another contract", "0x600160015500", /none of AgentKeys'/],
    ["that is cut short", own.slice(0, 2000), /none of AgentKeys'/],
    ["that is nothing", "0x", /none of AgentKeys'/],
    ["with a byte changed", own.replace("6080", "6081"), /none of AgentKeys'/],
    ["without its arguments", own.slice(0, -128), /something malformed/],
    ["with half an argument", own.slice(0, -2), /something malformed/],
    ["with bytes after its arguments", `${own}00`, /holds other bytes/],
    ["with an address that is none", `${own.slice(0, -64)}${"f".repeat(64)}`, /something malformed|other bytes/],
  ])("%s is refused", (_what, code, words) => {
    expect(() => decodeCreation(code)).toThrow(
      expect.objectContaining({ code: "call_refused", publicMessage: expect.stringMatching(words) }),
    );
  });

  test("says in words whom the contract believes", () => {
    expect(wordsOfCreation(decodeCreation(encodeCreation("SidecarRegistry", [`0x${"00".repeat(20)}`])))).toBe(
      "create contract SidecarRegistry (operators, their wallets and devices), it trusts no forwarder",
    );
    expect(wordsOfCreation(decodeCreation(own))).toBe(
      `create contract AgentKeysScope (services that agents may use), its registry is 0x${"11".repeat(20)}, it trusts forwarder 0x${"22".repeat(20)} for good`,
    );
  });
});
