import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parseSpiffeId, pinProblem, verifierKey } from "@agentkeys/common/workload";

const refusal = expect.objectContaining({ code: "svid_malformed" });

describe("SPIFFE ID", () => {
  test.each([
    ["spiffe://agents.test/ns/a/sa/b", "agents.test"],
    ["spiffe://a-b_c.9/x", "a-b_c.9"],
  ])("%s is of %s", (text, trustDomain) => {
    expect(parseSpiffeId(text)).toEqual({ text, trustDomain });
  });

  test.each([
    "spiffe://agents.test",
    "spiffe://agents.test/",
    "spiffe://agents.test/a/",
    "spiffe://agents.test//a",
    "spiffe://agents.test/../a",
    "spiffe://agents.test/a/.",
    "spiffe://Agents.test/a",
    "SPIFFE://agents.test/a",
    "spiffe://agents.test:443/a",
    "spiffe://me@agents.test/a",
    "spiffe://agents.test/a?b",
    "spiffe://agents.test/a#b",
    "spiffe://agents.test/%61",
    "spiffe://agents.test/a\n",
    "spiffe:///a",
    "https://agents.test/a",
    `spiffe://agents.test/${"a".repeat(2048)}`,
    `spiffe://${"a".repeat(256)}/a`,
    "",
  ])("%s is none of a workload", (text) => {
    expect(() => parseSpiffeId(text)).toThrow(refusal);
  });
});

describe("pins", () => {
  const names = { keyName: "publicKeySha256", hasAttestation: true };

  test.each([{ publicKeySha256: "ab" }, { measurement: "m" }, { publicKeySha256: "ab", measurement: "m" }])("%j will do", (pins) => {
    expect(pinProblem(pins, names)).toBeNull();
  });

  test("a workload without one may not be named, nor a measurement that nobody tells", () => {
    expect(pinProblem({}, names)).toBe("a workload, and no other caller, is pinned by publicKeySha256 or measurement");
    expect(pinProblem({ measurement: "m" }, { ...names, hasAttestation: false })).toMatch(/^a measurement needs attestation/);
    expect(pinProblem({ publicKeySha256: "ab" }, { ...names, hasAttestation: false })).toBeNull();
  });
});

test("a verifier's key is a public one that can be read", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pair.publicKey.export({ type: "spki", format: "pem" }) as string;
  expect(verifierKey(`\n${pem}`)?.equals(pair.publicKey)).toBe(true);
  expect(verifierKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string)).toBeNull();
  expect(verifierKey(pem.replace(/A/g, "!"))).toBeNull();
  expect(verifierKey("")).toBeNull();
});
