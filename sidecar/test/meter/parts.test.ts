import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readAsk } from "../../src/meter/ask.ts";
import { tokensOf } from "../../src/meter/estimate.ts";
import { JsonScan, type Found } from "../../src/meter/json-scan.ts";
import { Lines } from "../../src/meter/lines.ts";
import { nanoUsdOf } from "../../src/meter/money.ts";
import { PRICE_VERSION, createPriceSource } from "../../src/meter/prices.ts";
import { routeOf } from "../../src/meter/routes.ts";

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function scanned(chunks: readonly Buffer[], wanted: string[]): { found: Found[]; scan: JsonScan } {
  const found: Found[] = [];
  const scan = new JsonScan(new Set(wanted), (member) => found.push(member));
  for (const chunk of chunks) scan.push(chunk);
  return { found, scan };
}

describe("JSON in pieces", () => {
  test("any JSON text cut anywhere gives the same member as a real parser", () => {
    const value = fc.jsonValue({ maxDepth: 5, noUnicodeString: false });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), value, { maxKeys: 5 }),
        value,
        fc.array(fc.nat()),
        fc.boolean(),
        (others, usage, at, isPretty) => {
          const whole = { ...others, usage, nested: { usage: 1, list: [{ usage: 2 }] } };
          const text = Buffer.from(JSON.stringify(whole, null, isPretty ? 2 : 0));
          const { found, scan } = scanned(cut(text, at), ["usage"]);
          expect(scan.isBroken).toBe(false);
          expect(found.map((member) => JSON.parse(member.text) as unknown)).toEqual([JSON.parse(JSON.stringify(usage))]);
          const [{ start, end, keyStart } = { start: 0, end: 0, keyStart: 0 }] = found;
          expect(text.toString("latin1", keyStart, keyStart + 7)).toBe('"usage"');
          expect(JSON.parse(text.toString("utf8", start, end))).toEqual(JSON.parse(JSON.stringify(usage)));
        },
      ),
    );
  });

  test("arbitrary bytes never throw and hold no memory", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        scanned(
          chunks.map((chunk) => Buffer.from(chunk)),
          ["usage", "*.usage", "a.*.b"],
        );
      }),
    );
  });

  test.each([
    ["elements of an array", '[{"u":1},{"u":{"u":2}}]', ["*.u"], ["1", '{"u":2}']],
    ["a path through an array", '{"output":[{"type":"a"},{"type":"b","type2":1}]}', ["output.*.type"], ['"a"', '"b"']],
    ["an escaped key", '{"us\\u0061ge":5}', ["usage"], ["5"]],
    ["quotes and braces in texts", '{"a":"}\\"{\\\\","usage":{"b":"]"}}', ["usage"], ['{"b":"]"}']],
  ])("finds %s", (_name, text, wanted, values) => {
    expect(scanned([Buffer.from(text)], wanted).found.map((member) => member.text)).toEqual(values);
  });

  test.each([
    ["too deep", "[".repeat(600)],
    ["closed by the other bracket", '{"a":[1}'],
    ["two texts", '{"usage":1} {"usage":2}'],
    ["a value of more than 64 KiB", `{"usage":"${"x".repeat(70_000)}"}`],
    ["a name of more than 256 bytes", `{"${"x".repeat(300)}":1}`],
    ["a scalar that turns into something else", '{"usage":1{}}'],
  ])("breaks off at %s", (_name, text) => {
    for (const size of [text.length, 7]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        Buffer.from(text.slice(index * size, (index + 1) * size)),
      );
      expect(scanned(chunks, ["usage"]).scan.isBroken).toBe(true);
    }
  });
});

describe("lines", () => {
  test("every byte comes out once and in order, whatever the line ends and the cuts", () => {
    const text = fc
      .array(fc.constantFrom("a", "data: x", "\r", "\n", "\r\n", "\n\n", ":"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.array(fc.nat()), fc.integer({ min: 3, max: 50 }), (stream, at, limit) => {
        const seen: Buffer[] = [];
        const add = (bytes: Buffer): unknown => seen.push(bytes);
        const lines = new Lines({ line: add, lineFeed: add, overlong: add }, limit);
        for (const chunk of cut(Buffer.from(stream), at)) lines.push(chunk);
        lines.end();
        expect(Buffer.concat(seen).toString()).toBe(stream);
      }),
    );
  });
});

describe("what a request asks for", () => {
  const chat = { shape: "chat", model: null, isStream: null } as const;
  const ask = (body: string, provider = "openai") => readAsk(chat, provider, Buffer.from(body));

  test.each([
    [
      "without options",
      '{"model":"m","stream":true, "seed":9007199254740993 }',
      '{"model":"m","stream":true, "seed":9007199254740993 ,"stream_options":{"include_usage":true}}',
    ],
    [
      "with other options",
      '{"stream":true,"stream_options":{"a":1},"z":1.0}',
      '{"stream":true,"stream_options":{"a":1,"include_usage":true},"z":1.0}',
    ],
    ["told not to", '{"stream":true,"stream_options":{"include_usage":false}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ["with null", '{"stream_options":null,"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
  ])("Q6 a chat stream %s asks for its usage and is byte for byte the same otherwise", (_name, body, sent) => {
    expect(ask(body)).toMatchObject({ hidesUsage: true, isStream: true });
    expect(ask(body).body.toString()).toBe(sent);
  });

  test.each([
    ["already asked", '{"stream":true,"stream_options":{"include_usage":true}}', "openai"],
    ["no stream", '{"model":"m"}', "openai"],
    ["a provider that tells unasked", '{"stream":true}', "openrouter"],
  ])("the body stays as it is: %s", (_name, body, provider) => {
    const read = ask(body, provider);
    expect([read.hidesUsage, read.body.toString()]).toEqual([false, body]);
  });

  test.each([
    ["no object", "[1]"],
    ["not whole", '{"model":"m"'],
    ["empty", ""],
    ["model twice", '{"model":"cheap","model":"dear"}'],
    ["a limit twice, once in disguise", '{"max_tokens":1,"max\\u005ftokens":100000}'],
    ["a model that is no text", '{"model":["m"]}'],
    ["a model name without end", `{"model":"${"m".repeat(300)}"}`],
    ["two objects", '{"model":"a"}{"model":"b"}'],
  ])("a body is refused when it is %s", (_name, body) => {
    let fault: unknown = null;
    try {
      ask(body);
    } catch (error) {
      fault = error;
    }
    expect(fault).toMatchObject({ code: "body_unreadable" });
  });

  test("a model in the path is the one that counts", () => {
    const route = routeOf("POST", "/openai/deployments/gpt-4.1/chat/completions");
    expect(route).toMatchObject({ kind: "priced", shape: "chat", model: "gpt-4.1" });
  });

  test("limits are found under every provider's name, times the number of answers", () => {
    expect(ask('{"max_tokens":5,"max_completion_tokens":7,"n":3}').maxOutputTokens).toBe(21);
    const gemini = { shape: "gemini", model: "g", isStream: true } as const;
    const body = Buffer.from('{"generationConfig":{"maxOutputTokens":9,"candidateCount":2}}');
    expect(readAsk(gemini, "google", body)).toMatchObject({ maxOutputTokens: 18, model: "g", isStream: true });
    for (const odd of ["-1", "1.5", '"5"', "1e400", "null"]) expect(ask(`{"max_tokens":${odd}}`).maxOutputTokens).toBeNull();
  });
});

describe("which requests cost", () => {
  test.each([
    ["GET", "/v1/models", "free"],
    ["DELETE", "/v1/files/f", "free"],
    ["POST", "/v1/messages/count_tokens", "free"],
    ["POST", "/v1beta/models/gemini-2.5-pro:countTokens", "free"],
    ["POST", "/v1/files", "free"],
    ["POST", "/v1/chat/completions", "chat"],
    ["POST", "/api/v1/chat/completions", "chat"],
    ["POST", "/v1/responses", "responses"],
    ["POST", "/v1/embeddings", "embeddings"],
    ["POST", "/v1/messages", "messages"],
    ["POST", "/v1beta/models/gemini-2.5-pro:generateContent", "gemini"],
    ["POST", "/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini"],
    ["POST", "/v1/batches", "batch"],
    ["POST", "/v1/messages/batches", "batch"],
    ["POST", "/v1beta/models/gemini-2.5-pro:batchGenerateContent", "batch"],
    ["POST", "/v1/Chat/Completions", "opaque"],
    ["POST", "/v1/audio/speech", "opaque"],
    ["PUT", "/v1/anything", "opaque"],
  ])("%s %s is %s", (method, path, kind) => {
    const route = routeOf(method, path);
    expect(route.kind === "priced" ? route.shape : route.kind).toBe(kind);
  });
});

describe("money", () => {
  test("dollars become whole nano-dollars, rounded up, without the dust of binary fractions", () => {
    expect(nanoUsdOf(0.1 + 0.2)).toBe(300_000_000);
    expect(nanoUsdOf(1e-10)).toBe(1);
    expect(nanoUsdOf(0)).toBe(0);
    for (const odd of [-1, NaN, Infinity, 1e5]) expect(nanoUsdOf(odd)).toBeNull();
    fc.assert(fc.property(fc.nat({ max: 1e9 }), (tokens) => expect(nanoUsdOf((tokens * 1.25) / 1e6)).toBe(tokens * 1250)));
  });

  test("tokens of bytes are rounded up", () => {
    expect([0, 1, 2, 3].map(tokensOf)).toEqual([0, 1, 1, 2]);
  });
});

describe("the price table", () => {
  const at = new Date("2026-11-25T00:00:00Z");
  const table = createPriceSource();

  test("its version is that of the installed package", () => {
    const file = createRequire(import.meta.url)
      .resolve("@pydantic/genai-prices")
      .replace(/dist\/.*$/, "package.json");
    expect(PRICE_VERSION).toBe(`genai-prices ${(JSON.parse(readFileSync(file, "utf8")) as { version: string }).version}`);
  });

  test.each([
    ["plain", "openai", "gpt-4.1", { input_tokens: 1000, output_tokens: 100 }, 2_000_000 + 800_000],
    ["Q13 cache read", "openai", "gpt-4.1", { input_tokens: 1000, cache_read_tokens: 600, output_tokens: 0 }, 400 * 2000 + 600 * 500],
    [
      "Q13 cache writes of 5 minutes and of 1 hour",
      "anthropic",
      "claude-sonnet-4-5",
      { input_tokens: 1000, cache_write_tokens: 700, cache_write_5m_tokens: 400, cache_write_1h_tokens: 300, output_tokens: 10 },
      300 * 3000 + 400 * 3750 + 300 * 6000 + 10 * 15_000,
    ],
    ["Q13 long context", "anthropic", "claude-sonnet-4-5", { input_tokens: 200_001, output_tokens: 10 }, 200_001 * 6000 + 10 * 22_500],
    ["Q13 web searches", "anthropic", "claude-sonnet-4-5", { input_tokens: 0, output_tokens: 0, web_searches: 3 }, 30_000_000],
    ["embeddings", "openai", "text-embedding-3-small", { input_tokens: 1000 }, 20_000],
    ["Q5 nothing used", "openai", "gpt-4.1", { input_tokens: 0, output_tokens: 0 }, 0],
  ])("%s", async (_name, provider, model, usage, nanoUsd) => {
    expect((await table()).find(provider, model)?.charge(usage, at)).toBe(nanoUsd);
  });

  test("Q2 an unknown model or provider has no rate, nor has one that is priced by the second", async () => {
    const prices = await table();
    expect(prices.find("openai", "gpt-99-made-up")).toBeNull();
    expect(prices.find("nobody", "gpt-4.1")).toBeNull();
    expect(prices.find("openai", "whisper-1")).toBeNull();
    expect(prices.dearest("nobody")).toBeNull();
  });

  test("Q2 no model of a provider is dearer than the dearest rate", async () => {
    const prices = await table();
    const usage = { input_tokens: 300_000, output_tokens: 1000 };
    for (const [provider, models] of [
      ["openai", ["o1-pro", "gpt-5.4-pro", "gpt-4.1", "gpt-realtime"]],
      ["anthropic", ["claude-opus-4-1", "claude-sonnet-4-5", "claude-3-opus-latest"]],
      ["google", ["gemini-2.5-pro", "gemini-3-pro-preview"]],
    ] as const)
      for (const model of models)
        expect(prices.dearest(provider)?.charge(usage, at)).toBeGreaterThanOrEqual(
          prices.find(provider, model)?.charge(usage, at) ?? Infinity,
        );
  });

  test("usages that cannot be are no usage", async () => {
    const rate = (await table()).find("openai", "gpt-4.1");
    for (const usage of [{ input_tokens: -1 }, { input_tokens: NaN }, { input_tokens: 1e12 }, { input_tokens: 1, cache_read_tokens: 5 }])
      expect(rate?.charge({ output_tokens: 0, ...usage }, at)).toBeNull();
  });
});
