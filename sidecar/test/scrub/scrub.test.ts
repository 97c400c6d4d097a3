import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Scrub, scrubText, spellingsOf } from "../../src/scrub/index.ts";

const KEY = "sk-live/REAL+secret=value&000<111>";
const MASK = "sk-agentkeys-0123456789abcdef";
const spellings = spellingsOf(KEY, [`Basic ${Buffer.from(`user:${KEY}`).toString("base64")}`]);

function scrubbed(chunks: readonly Buffer[]): Buffer {
  const scrub = new Scrub(spellings, MASK);
  const out = chunks.map((chunk) => scrub.push(chunk));
  return Buffer.concat([...out, scrub.end()]);
}

const FORMS: [string, string][] = [
  ["raw", KEY],
  ["Base64", Buffer.from(KEY).toString("base64")],
  ["Base64 with something before it", Buffer.from(`Bearer ${KEY}, x`).toString("base64")],
  ["URL-safe Base64", Buffer.from(`ab${KEY}`).toString("base64url")],
  ["hexadecimal", Buffer.from(KEY).toString("hex")],
  ["upper-case hexadecimal", Buffer.from(KEY).toString("hex").toUpperCase()],
  ["percent-encoded", encodeURIComponent(KEY)],
  ["percent-encoded in lower case", encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
  ["escaped for JSON", JSON.stringify(KEY)],
  ["escaped for JSON with slashes", JSON.stringify(KEY).replaceAll("/", "\\/")],
  [
    "escaped for JSON in a page",
    JSON.stringify(KEY)
      .replaceAll("<", "\\u003c")
      .replaceAll(">", "\\u003e")
      .replaceAll("&", "\\u0026")
      .replaceAll("+", "\\u002b")
      .replaceAll("=", "\\u003d"),
  ],
];

/** Whether the key can be had from the text in any of these ways. */
function leaks(text: string): boolean {
  const decoded = [text, Buffer.from(text, "hex").toString(), text.replaceAll("\\/", "/")];
  for (let from = 0; from < 4; from += 1) decoded.push(Buffer.from(text.slice(from), "base64").toString("latin1"));
  try {
    decoded.push(decodeURIComponent(text));
  } catch {
    // Not percent-encoded.
  }
  return decoded.some((form) => form.includes(KEY));
}

describe("S2 a key that is echoed in a body", () => {
  test.each(FORMS)("%s is masked at every cut, and the length stays", (_name, form) => {
    const text = Buffer.from(`{"echo":"${form}","again":"${form}"}`);
    for (let cut = 0; cut <= text.length; cut += 1) {
      const out = scrubbed([text.subarray(0, cut), text.subarray(cut)]);
      expect(out).toHaveLength(text.length);
      expect(leaks(out.toString().slice(9, 9 + form.length))).toBe(false);
      expect(out.toString().startsWith('{"echo":"')).toBe(true);
      expect(out.toString().endsWith('"}')).toBe(true);
    }
  });

  test("byte by byte as well", () => {
    const text = Buffer.from(`a${KEY}b`);
    const out = scrubbed(Array.from(text, (byte) => Buffer.from([byte])));
    expect(out.toString()).toBe(`a${MASK.repeat(2).slice(0, KEY.length)}b`);
  });

  test("everything else passes byte for byte, whatever the cuts", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("sk-", "sk-live/REAL", KEY.slice(0, -1), KEY.slice(1), "\n\n", "data: "));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        fc.pre(!pieces.join("").includes(KEY));
        expect(scrubbed(pieces.map((text) => Buffer.from(text))).toString()).toBe(pieces.join(""));
      }),
    );
  });
});

test("S5 an event is held back only where its end could begin the key", () => {
  const scrub = new Scrub(spellings, MASK);
  const event = Buffer.from("data: hello\n\n");
  expect(scrub.push(event)).toBe(event);
  expect(scrub.push(Buffer.from("data: sk-live")).toString()).toBe("data: ");
  expect(scrub.push(Buffer.from("-no\n\n")).toString()).toBe("sk-live-no\n\n");
});

test("S1 a header carries the placeholder in place of any form", () => {
  for (const [, form] of FORMS.slice(0, 2)) expect(leaks(scrubText(`/x?key=${form}`, spellings, MASK))).toBe(false);
  expect(scrubText(`a ${KEY} b`, spellings, MASK)).toBe(`a ${MASK} b`);
});

test("a key that is too short to be told from other text is not looked for in a body", () => {
  expect(spellingsOf("abc", []).texts).toEqual([]);
  const scrub = new Scrub(spellingsOf("abc", []), MASK);
  expect(scrub.push(Buffer.from("abcabc")).toString()).toBe("abcabc");
});
