import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalPath, compilePolicy, compileRules } from "../../src/policy/index.ts";
import { policyOf, service } from "../proxy/bench.ts";

const accepted = (path: string): string | null => {
  try {
    return canonicalPath(path);
  } catch {
    return null;
  }
};
const piece = fc.constantFrom(
  "a",
  "B",
  "..",
  ".",
  "%2e",
  "%2E",
  "%2f",
  "%5c",
  "%25",
  "2e",
  ";",
  "/",
  "\\",
  "%00",
  "%c3%a4",
  "%41",
  "+",
  "%2B",
  "*",
  ":",
  "?",
  " ",
  "ä",
  "%",
);
const path = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);

describe("canonical path", () => {
  test("is a fixed point: what is sent would be matched as the same path", () => {
    fc.assert(
      fc.property(path, (input) => {
        const once = accepted(input);
        if (once !== null) expect(accepted(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("never holds a segment that a server could read as a step up, an empty one or a second separator, however often it decodes", () => {
    fc.assert(
      fc.property(path, (input) => {
        let seen = accepted(input);
        for (let round = 0; seen !== null && round < 3; round += 1) {
          const segments = seen.slice(1).split("/");
          for (const [index, segment] of segments.entries()) {
            expect([".", ".."]).not.toContain(segment);
            if (index < segments.length - 1) expect(segment).not.toBe("");
          }
          expect(seen).not.toMatch(/[\\;]/);
          seen = decodeURIComponent(seen.replace(/%(?![0-9A-F]{2})/gi, "%25"));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("means the same as its input", () => {
    fc.assert(
      fc.property(fc.webPath(), (input) => {
        const canonical = accepted(input);
        if (canonical !== null) expect(decodeURIComponent(canonical)).toBe(decodeURIComponent(input));
      }),
    );
  });
});

describe("rules", () => {
  test("the most specific pattern decides, in any order", () => {
    const allowed = ["/v1/**", "/v1/organization/usage"];
    const denied = ["/v1/organization/**", "/v1/*/secret"];
    for (const [a, d] of [
      [allowed, denied],
      [[...allowed].reverse(), [...denied].reverse()],
    ] as const) {
      const rules = compileRules(a, d);
      expect(rules.match("/v1/organization/usage")).toBe("/v1/organization/usage");
      expect(rules.match("/v1/organization/keys")).toBeNull();
      expect(rules.match("/v1/organization")).toBeNull();
      expect(rules.match("/v1/files/secret")).toBeNull();
      expect(rules.match("/v1/files/other")).toBe("/v1/**");
      expect(rules.match("/v2/x")).toBeNull();
    }
  });

  test("on a tie the refusal decides, and nothing is allowed by default", () => {
    expect(compileRules(["/a/*"], ["/a/*"]).match("/a/b")).toBeNull();
    expect(compileRules([], []).match("/")).toBeNull();
    expect(compileRules(["/**"], []).match("/any/depth")).toBe("/**");
    expect(compileRules(["/a.c"], []).match("/abc")).toBeNull();
  });

  test.each(["v1", "/a/**/b", "/**a"])("the pattern %s is invalid", (pattern) => {
    expect(() => compileRules([pattern], [])).toThrow(/invalid/i);
  });
});

describe("policy", () => {
  test.each([
    [{ upstream: "http://plain.test" }],
    [{ upstream: "https://user:pass@x.test" }],
    [{ upstream: "https://x.test/?a=1" }],
    [{ upstream: "ftp://x.test", allowInsecure: true }],
    [{ auth: { type: "header" as const, name: "bad name" } }],
    [{ auth: { type: "bearer" as const, format: "no slot" } }],
    [{ auth: { type: "path" as const, format: "a/{secret}" } }],
    [{ pathPrefix: "/../x" }],
  ])("a policy with %j is refused as a whole", (overrides) => {
    expect(() => compilePolicy(policyOf([service(), service({ name: "other", ...overrides })]))).toThrow(
      expect.objectContaining({ code: "config_invalid" }),
    );
  });

  test("methods that tunnel or echo are never allowed", () => {
    const compiled = compilePolicy(policyOf([service({ methods: ["get", "TRACE", "CONNECT"] })]));
    expect([...(compiled.services.get("openai")?.methods ?? [])]).toEqual(["GET"]);
  });
});
