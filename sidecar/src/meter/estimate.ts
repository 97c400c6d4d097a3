import type { Usage } from "@pydantic/genai-prices";
import type { Ask } from "./ask.ts";

/**
 * Bytes of JSON that count as one token before the provider has said how many there are. Texts have three to four bytes a token in
 * every tokenizer in use; only text made to defeat them has fewer than two, and what it costs more becomes debt.
 */
export const BYTES_PER_TOKEN = 2;
/** A reservation never holds more than this, so that a large limit or a large picture does not starve the rest of the day. */
export const MAX_RESERVED_INPUT_TOKENS = 131_072;
export const MAX_RESERVED_OUTPUT_TOKENS = 4_096;

const WITHOUT_OUTPUT = new Set(["embeddings", "gemini-embed"]);

/** Tokens of a number of bytes, rounded up. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

function inputTokens({ inputBytes }: Pick<Ask, "inputBytes">): number {
  return Math.min(tokensOf(inputBytes), MAX_RESERVED_INPUT_TOKENS);
}

/** What is set aside before a call: input by its bytes and output by its limit, both capped. */
export function reservedUsage(ask: Pick<Ask, "shape" | "inputBytes" | "maxOutputTokens">): Usage {
  const output = Math.min(ask.maxOutputTokens ?? MAX_RESERVED_OUTPUT_TOKENS, MAX_RESERVED_OUTPUT_TOKENS);
  return { input_tokens: inputTokens(ask), output_tokens: WITHOUT_OUTPUT.has(ask.shape) ? 0 : output };
}

/** What a call is taken to have used when its usage never came: the input, and what was delivered. */
export function deliveredUsage(ask: Pick<Ask, "inputBytes">, deliveredBytes: number): Usage {
  return { input_tokens: inputTokens(ask), output_tokens: tokensOf(deliveredBytes) };
}

/** What is set aside for a call of which nothing is known but the length of its body, NaN when that is not said either. */
export function opaqueUsage(bodyBytes: number): Usage {
  const input = Number.isSafeInteger(bodyBytes) ? Math.min(tokensOf(bodyBytes), MAX_RESERVED_INPUT_TOKENS) : MAX_RESERVED_INPUT_TOKENS;
  return { input_tokens: input, output_tokens: MAX_RESERVED_OUTPUT_TOKENS };
}
