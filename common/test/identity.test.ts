import { describe, expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import {
  actorOmni,
  agentPopPayload,
  assertService,
  childOmniOfSegment,
  deviceKeyHash,
  isLabel,
  keccak256,
  normaliseHex32,
  operatorOmni,
  parseKey32,
  serviceHash,
} from "@agentkeys/common/identity";

interface Vector {
  id: string;
  group: string;
  input: Record<string, string> & { labels?: string[] };
  output: Record<string, unknown>;
}
const file = new URL("./vectors/upstream.json", import.meta.url);
const vectors = (JSON.parse(readFileSync(file, "utf8")) as { vectors: Vector[] }).vectors;
const inGroup = (group: string, has?: string): Vector[] =>
  vectors.filter((vector) => vector.group === group && (has === undefined || has in vector.input));

describe("upstream vectors", () => {
  test.each(inGroup("omni", "wallet"))("$id", ({ input, output }) => {
    expect(operatorOmni(input["wallet"] ?? "")).toBe(`0x${String(output["omni_hex"])}`);
  });
  test.each(inGroup("hdkd"))("$id", ({ input, output }) => {
    expect(childOmniOfSegment(input["parent_omni_hex"] ?? "", input["label_segment"] ?? "")).toBe(`0x${String(output["child_omni_hex"])}`);
  });
  test.each(vectors.filter((vector) => vector.id.startsWith("device.device_key_hash") && "address" in vector.input))(
    "$id",
    ({ input, output }) => {
      expect(deviceKeyHash(input["address"] ?? "")).toBe(output["device_key_hash"]);
    },
  );
  test.each(inGroup("service_hash"))("$id", ({ input, output }) => {
    expect(serviceHash(input["service"] ?? "")).toBe(output["service_hash"]);
  });
  test.each(inGroup("label"))("$id", ({ input, output }) => {
    for (const label of input.labels ?? []) expect(isLabel(label)).toBe(output["ok"]);
  });
  test("device.agent_pop_sig_0x11 payload is Keccak-256 of the text; ours also binds operator and actor", () => {
    const vector = vectors.find(({ id }) => id === "device.agent_pop_sig_0x11");
    const text = String(vector?.input["preimage_utf8"]);
    const omni = `0x${"ab".repeat(32)}`;
    expect(keccak256(text)).toBe(vector?.output["payload_hex"]);
    expect(agentPopPayload({ deviceKeyHash: text.slice(-66), operatorOmni: omni, actorOmni: omni })).toBe(
      keccak256(`${text}:${omni}:${omni}`),
    );
  });
});

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
