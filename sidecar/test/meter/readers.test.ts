import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Ask } from "../../src/meter/ask.ts";
import { CallMeter } from "../../src/meter/call-meter.ts";
import { chargeOf } from "../../src/meter/charge.ts";
import { createPriceSource } from "../../src/meter/prices.ts";
import { StreamReader, jsonReader } from "../../src/meter/readers.ts";
import type { Shape } from "../../src/meter/routes.ts";
import { Tally } from "../../src/meter/tally.ts";
import { chatStream, geminiArray, geminiStream, messagesStream, openRouterStream, responsesStream } from "./wire.ts";

const prices = await createPriceSource()();
const at = new Date("2026-11-25T00:00:00Z");
const rate = prices.find("openai", "gpt-4.1");
const askOf = (shape: Shape, provider = "openai"): Ask => ({
  shape,
  provider,
  model: null,
  inputBytes: 100,
  maxOutputTokens: 10,
  isStream: true,
  isBackground: false,
  hidesUsage: false,
  body: Buffer.alloc(0),
});

/** What a reader lets through of a stream that comes cut at these places. */
function passed(stream: Buffer, at: readonly number[], reader: { push(chunk: Buffer): Buffer; end(): Buffer }): Buffer {
  const places = [...new Set(at.map((place) => place % (stream.length + 1)))].sort((a, b) => a - b);
  const chunks = [0, ...places].map((from, index) => stream.subarray(from, places[index] ?? stream.length));
  return Buffer.concat([...chunks.map((chunk) => Buffer.from(reader.push(chunk))), reader.end()]);
}

const words = fc.array(fc.oneof(fc.string(), fc.constantFrom('"usage":null', "usage", "\n\ndata: ", "\r\n", "{", "é😀")), { maxLength: 6 });
const count = fc.nat({ max: 100_000 });

describe("streams of random words cut at random places", () => {
  test("Q6 an agent that did not ask for its usage gets the bytes of a stream that was never asked", () => {
    fc.assert(
      fc.property(words, count, count, fc.array(fc.nat()), fc.constantFrom("\n", "\r\n", "\r"), (said, prompt, completion, at, lineEnd) => {
        const usage = { prompt_tokens: prompt, completion_tokens: completion };
        const wire = (isAsked: boolean): Buffer => Buffer.from(chatStream(said, usage, isAsked).replaceAll("\n", lineEnd));
        const tally = new Tally();
        const out = passed(wire(true), at, new StreamReader("chat", tally, true));
        expect(out.toString()).toBe(wire(false).toString());
        expect(tally).toMatchObject({ isFinal: true, isBroken: false, usage });
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, Shape, string, (said: string[], input: number, output: number) => string, object]>([
    ["OpenAI chat", "chat", "openai", (said, i, o) => chatStream(said, { prompt_tokens: i, completion_tokens: o }, true), {}],
    ["OpenAI responses", "responses", "openai", (said, i, o) => responsesStream(said, { input_tokens: i, output_tokens: o }), {}],
    [
      "Anthropic",
      "messages",
      "anthropic",
      (said, i, o) => messagesStream(said, { input_tokens: i, output_tokens: 1 }, { output_tokens: o }),
      {},
    ],
    ["Gemini", "gemini", "google", (said, i, o) => geminiStream(["a", ...said], { promptTokenCount: i, candidatesTokenCount: o }), {}],
    ["OpenRouter", "chat", "openrouter", (said, i, o) => openRouterStream(said, { prompt_tokens: i, completion_tokens: o }), {}],
  ])("%s passes byte for byte and its usage is read", (_name, shape, provider, stream) => {
    fc.assert(
      fc.property(words, count, count, fc.array(fc.nat()), (said, input, output, at) => {
        const wire = Buffer.from(stream(said, input, output));
        const tally = new Tally();
        expect(passed(wire, at, new StreamReader(shape, tally, false)).equals(wire)).toBe(true);
        const usage = prices.usage(provider, shape, { usage: tally.usage, usageMetadata: tally.usage });
        expect([tally.isFinal, usage?.["input_tokens"], usage?.["output_tokens"]]).toEqual([true, input, output]);
      }),
    );
  });

  test("Gemini's JSON array passes byte for byte and the last usage counts", () => {
    fc.assert(
      fc.property(words, count, count, fc.array(fc.nat()), (said, input, output, at) => {
        const wire = Buffer.from(geminiArray(["a", ...said], { promptTokenCount: input, candidatesTokenCount: output }));
        const tally = new Tally();
        expect(passed(wire, at, jsonReader(tally)).equals(wire)).toBe(true);
        expect(tally.usage).toMatchObject({ promptTokenCount: input, candidatesTokenCount: output });
        expect([tally.isBroken, tally.model]).toEqual([false, "gemini-2.5-pro"]);
      }),
    );
  });
});

describe("hostile upstreams", () => {
  const odd = fc.oneof(
    fc.constantFrom<unknown>(-1, 1e300, -0, 0.5, "12", null, true, [], {}, 2 ** 53, Number.MAX_VALUE, "NaN", { a: { b: 1 } }),
    fc.nat(),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const names = [
    ...["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "cost", "is_byok", "cost_details", "speed", "inference_geo"],
    ...["prompt_tokens_details", "input_tokens_details", "cache_creation", "cache_creation_input_tokens", "cache_read_input_tokens"],
    ...["server_tool_use", "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "promptTokensDetails", "cacheTokensDetails"],
  ];
  const usage = fc.dictionary(fc.constantFrom(...names), odd);
  const reserved = 12_345;

  test.each<[Shape, string]>([
    ["chat", "openai"],
    ["chat", "openrouter"],
    ["responses", "openai"],
    ["messages", "anthropic"],
    ["gemini", "google"],
    ["embeddings", "openai"],
  ])("any usage of %s at %s is a whole charge that is safe to add up", (shape, provider) => {
    fc.assert(
      fc.property(usage, fc.boolean(), fc.boolean(), odd, (said, isComplete, isStream, model) => {
        const tally = new Tally();
        const reader = isStream ? new StreamReader(shape, tally, true) : jsonReader(tally);
        const answer = {
          model,
          modelVersion: model,
          usage: said,
          usageMetadata: said,
          choices: [],
          type: "message_delta",
          response: { usage: said },
        };
        passed(Buffer.from(isStream ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer)), [7], reader);
        const ask = { ...askOf(shape, provider), isStream };
        const charge = chargeOf({ ask, rate, prices, tally, isComplete, reservedNanoUsd: () => reserved, at });
        expect(Number.isSafeInteger(charge.nanoUsd) && charge.nanoUsd >= 0).toBe(true);
        if (charge.basis !== "usage" && isComplete)
          expect(charge.nanoUsd).toBeGreaterThanOrEqual(charge.basis === "reservation" ? reserved : 1);
      }),
      { numRuns: 300 },
    );
  });

  test("arbitrary bytes in place of a stream or a JSON answer never throw and are charged", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat()), fc.boolean(), (bytes, at, isStream) => {
        const meter = new CallMeter({
          ask: askOf("chat"),
          rate,
          prices,
          reservedNanoUsd: () => reserved,
          held: null,
          now: () => new Date(0),
        });
        meter.sent();
        meter.head(200, isStream ? "text/event-stream" : "application/json", "");
        expect(passed(Buffer.from(bytes), at, { push: (chunk) => meter.data(chunk), end: () => meter.finish() }).equals(bytes)).toBe(true);
        let cost = 0;
        meter.whenSettled((charge) => (cost = charge.nanoUsd));
        expect(cost).toBeGreaterThanOrEqual(reserved);
      }),
    );
  });

  test.each([
    ["a line of more than 512 KiB", `data: {"choices":[],"usage":{"x":"${"y".repeat(600_000)}"}}\n\n`],
    ["an event of many lines without end", "data: [\n".repeat(80_000) + "\n"],
    ["a nesting of 200,000 arrays", `data: ${"[".repeat(200_000)}${"]".repeat(200_000)}\n\n`],
    ["a usage nested 50,000 deep", `data: {"choices":[],"usage":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}\n\n`],
  ])("%s passes whole and is charged by what was set aside", (_name, stream) => {
    for (const hides of [true, false]) {
      const tally = new Tally();
      const out = passed(Buffer.from(stream), [1000, 300_000], new StreamReader("chat", tally, hides));
      expect(out.toString() === stream || out.length === 0).toBe(true);
      const charge = chargeOf({ ask: askOf("chat"), rate, prices, tally, isComplete: true, reservedNanoUsd: () => 1e9, at });
      expect(charge).toEqual({ nanoUsd: 1e9, basis: "reservation" });
    }
  });
});

describe("what an answer says it cost", () => {
  const charge = (shape: Shape, provider: string, model: string, answer: object | string, isComplete = true) => {
    const tally = new Tally();
    if (typeof answer === "string") passed(Buffer.from(answer), [], new StreamReader(shape, tally, false));
    else passed(Buffer.from(JSON.stringify(answer)), [], jsonReader(tally));
    const ask = { ...askOf(shape, provider), isStream: typeof answer === "string" };
    return chargeOf({ ask, rate: prices.find(provider, model), prices, tally, isComplete, reservedNanoUsd: () => 7_000_000, at });
  };
  const used = (nanoUsd: number) => ({ nanoUsd, basis: "usage" });

  test("Q13 OpenAI's input includes what was cached, Anthropic's does not", () => {
    const openai = { usage: { prompt_tokens: 1000, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 800 } } };
    expect(charge("chat", "openai", "gpt-4.1", openai)).toEqual(used(200 * 2000 + 800 * 500 + 10 * 8000));
    const creation = { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 };
    const usage = {
      input_tokens: 200,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 800,
      cache_creation: creation,
      output_tokens: 10,
    };
    const anthropic = charge("messages", "anthropic", "claude-sonnet-4-5", { usage });
    expect(anthropic).toEqual(used(200 * 3000 + 200 * 3750 + 100 * 6000 + 800 * 300 + 10 * 15_000));
  });

  test("Q13 reasoning is output: Gemini's thoughts come on top of its candidates", () => {
    const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 10, thoughtsTokenCount: 90, totalTokenCount: 200 };
    expect(charge("gemini", "google", "gemini-2.5-pro", { usageMetadata })).toEqual(used(100 * 1250 + 100 * 10_000));
    const usage = { input_tokens: 100, output_tokens: 100, output_tokens_details: { reasoning_tokens: 90 } };
    expect(charge("responses", "openai", "gpt-5", { usage })).toEqual(used(100 * 1250 + 100 * 10_000));
  });

  test("Q13 web and file searches of OpenAI are counted in what was put out", () => {
    const usage = { input_tokens: 0, output_tokens: 0 };
    const output = [{ type: "web_search_call" }, { type: "web_search_call" }, { type: "file_search_call" }, { type: "message" }];
    expect(charge("responses", "openai", "gpt-5", { output, usage })).toEqual(used(2 * 10_000_000 + 2_500_000));
    expect(charge("responses", "openai", "gpt-5", responsesStream(["a"], usage, "completed", output))).toEqual(
      used(2 * 10_000_000 + 2_500_000),
    );
    const anthropic = { usage: { input_tokens: 0, output_tokens: 0, server_tool_use: { web_search_requests: 2 } } };
    expect(charge("messages", "anthropic", "claude-sonnet-4-5", anthropic)).toEqual(used(20_000_000));
  });

  test("dearer ways of being served cost their factor, cheaper ones the plain price", () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 0 };
    const tier = (service_tier: string) => charge("chat", "openai", "gpt-4.1", { service_tier, usage });
    expect([tier("default"), tier("flex"), tier("priority")]).toEqual([used(2_000_000), used(2_000_000), used(5_000_000)]);
    const fast = { usage: { input_tokens: 1000, output_tokens: 0, speed: "fast", inference_geo: "us" } };
    expect(charge("messages", "anthropic", "claude-opus-4-6", fast)).toEqual(used(33_000_000));
  });

  test("Q5 an explicit zero is zero, in an answer and in a stream", () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0 };
    expect(charge("chat", "openai", "gpt-4.1", { usage })).toEqual(used(0));
    expect(charge("chat", "openai", "gpt-4.1", chatStream(["a"], usage, true))).toEqual(used(0));
  });

  test("OpenRouter's own figure wins, and the account's own provider key is added to its fee", () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 1000, cost: 0.00123 };
    expect(charge("chat", "openrouter", "openai/gpt-4.1", openRouterStream(["a"], usage))).toEqual(used(1_230_000));
    const own = { ...usage, is_byok: true, cost_details: { upstream_inference_cost: 0.002 } };
    expect(charge("chat", "openrouter", "openai/gpt-4.1", { usage: own })).toEqual(used(3_230_000));
    expect(charge("chat", "openai", "gpt-4.1", { usage })).toEqual(used(10_000_000));
    expect(charge("chat", "openrouter", "openai/gpt-4.1", { usage: { ...usage, cost: -1 } }).nanoUsd).toBe(10_000_000);
  });

  test("the model that served is what is charged when it has a price", () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 0 };
    expect(charge("chat", "openai", "gpt-4.1", { model: "gpt-4.1-mini-2025-04-14", usage })).toEqual(used(400_000));
    expect(charge("chat", "openai", "gpt-4.1", { model: "who-knows", usage })).toEqual(used(2_000_000));
  });

  test.each([
    ["incomplete", "usage", 100 * 1250 + 10 * 10_000],
    ["failed", "usage", 100 * 1250 + 10 * 10_000],
  ] as const)("a response that ends %s is charged by its usage", (end, basis, nanoUsd) => {
    const stream = responsesStream(["a"], { input_tokens: 100, output_tokens: 10 }, end);
    expect(charge("responses", "openai", "gpt-5", stream)).toEqual({ basis, nanoUsd });
  });

  test("Q6 a stream that never tells its usage is charged what was set aside, or what it delivered when that is more", () => {
    expect(charge("chat", "openai", "gpt-4.1", chatStream(["a"], { prompt_tokens: 1, completion_tokens: 1 }, false))).toEqual({
      nanoUsd: 7_000_000,
      basis: "reservation",
    });
    const long = chatStream(["word ".repeat(2000)], { prompt_tokens: 1, completion_tokens: 1 }, false);
    expect(charge("chat", "openai", "gpt-4.1", long)).toEqual({ nanoUsd: 50 * 2000 + 5_005 * 8000, basis: "estimate" });
  });
});
