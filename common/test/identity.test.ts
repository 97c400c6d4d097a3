import { expect, test } from "@jest/globals";
import { actorOmni, assertService, normaliseHex32, parseKey32 } from "@agentkeys/common/identity";

test("every written form of 32 bytes becomes the canonical one", () => {
  const bare = "AB".repeat(32);
  for (const form of [bare, `0x${bare}`, `0X${bare}`, bare.toLowerCase()]) expect(normaliseHex32(form)).toBe(`0x${"ab".repeat(32)}`);
});

test.each([["0x12"], ["g".repeat(64)], [""], [42], [null], ["0x" + "a".repeat(63)]])("BRK-03 %p is not 32 bytes", (value) => {
  expect(() => normaliseHex32(value)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

test.each([[".."], ["a/b"], ["*"], ["a".repeat(65)], [""], ["A"], ["a\n"], [undefined]])("WRK-18 %p is no service name", (name) => {
  expect(() => assertService(name)).toThrow(expect.objectContaining({ code: "invalid_input" }));
});

test("no namespace can name another's actor", () => {
  const at = (namespace: string, agent: string): string => actorOmni({ operatorOmni: "00".repeat(32), clusterName: "c", namespace, agent });
  const all = [at("a", "b"), at("b", "a"), at("a/b", "c"), at("a", "b/c"), at("a", "B"), at("a", "b".repeat(33))];
  expect(new Set(all).size).toBe(all.length);
});

test("a key file holds raw bytes or hex, nothing else", () => {
  expect(parseKey32(Buffer.alloc(32, 7)).revealBytes()).toEqual(Buffer.alloc(32, 7));
  expect(parseKey32(Buffer.from(`0x${"07".repeat(32)}\n`)).revealBytes()).toEqual(Buffer.alloc(32, 7));
  expect(() => parseKey32(Buffer.from("short"))).toThrow(expect.objectContaining({ code: "config_invalid" }));
});
