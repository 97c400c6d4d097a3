/** Answers as the providers' documents show them on the wire. */
const json = (value: unknown): string => JSON.stringify(value);
const data = (value: unknown): string => `data: ${json(value)}\n\n`;
const named = (event: { type: string }): string => `event: ${event.type}\ndata: ${json(event)}\n\n`;

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  [detail: string]: unknown;
}

const CHUNK = {
  id: "chatcmpl-9",
  object: "chat.completion.chunk",
  created: 1764000000,
  model: "gpt-4.1-2025-04-14",
  service_tier: "default",
};

/** OpenAI chat completions. `isAsked`: with what `include_usage` adds to every chunk and at the end. */
export function chatStream(words: readonly string[], usage: ChatUsage, isAsked: boolean): string {
  const chunk = (choice: object): string =>
    data({
      ...CHUNK,
      system_fingerprint: null,
      choices: [{ index: 0, ...choice, logprobs: null }],
      ...(isAsked ? { usage: null } : {}),
      obfuscation: "x1",
    });
  return [
    chunk({ delta: { role: "assistant", content: "", refusal: null }, finish_reason: null }),
    ...words.map((content) => chunk({ delta: { content }, finish_reason: null })),
    chunk({ delta: {}, finish_reason: "stop" }),
    ...(isAsked ? [data({ ...CHUNK, system_fingerprint: null, choices: [], usage: { ...usage, total_tokens: 0 }, obfuscation: "" })] : []),
    "data: [DONE]\n\n",
  ].join("");
}

export function chatAnswer(usage: unknown, more: object = {}): string {
  const message = { role: "assistant", content: "Hello", refusal: null, annotations: [] };
  return json({ ...CHUNK, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }], usage, ...more });
}

/** OpenAI responses. */
export function responsesStream(
  words: readonly string[],
  usage: unknown,
  end: "completed" | "incomplete" | "failed" = "completed",
  output: object[] = [],
): string {
  const response = { id: "resp_1", object: "response", status: "in_progress", model: "gpt-5-2025-08-07", output: [], usage: null };
  const item = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: words.join(""), annotations: [] }],
  };
  const events: { type: string; [key: string]: unknown }[] = [
    { type: "response.created", response },
    { type: "response.in_progress", response },
    { type: "response.output_item.added", output_index: 0, item: { ...item, content: [] } },
    {
      type: "response.content_part.added",
      item_id: "msg_1",
      output_index: 0,
      content_index: 0,
      part: { type: "output_text", text: "", annotations: [] },
    },
    ...words.map((delta) => ({
      type: "response.output_text.delta",
      item_id: "msg_1",
      output_index: 0,
      content_index: 0,
      delta,
      logprobs: [],
    })),
    { type: "response.output_text.done", item_id: "msg_1", output_index: 0, content_index: 0, text: words.join(""), logprobs: [] },
    { type: "response.output_item.done", output_index: 0, item },
    { type: `response.${end}`, response: { ...response, status: end, output: [...output, item], usage, service_tier: "default" } },
  ];
  return events.map((event, sequence_number) => named({ ...event, sequence_number } as { type: string })).join("");
}

/** Anthropic messages. */
export function messagesStream(words: readonly string[], start: object, end: object, model = "claude-sonnet-4-5-20250929"): string {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: start,
  };
  const delta = { stop_reason: "end_turn", stop_sequence: null };
  return [
    named({ type: "message_start", message } as { type: string }),
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } as { type: string }),
    named({ type: "ping" }),
    ...words.map((text) => named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } } as { type: string })),
    named({ type: "content_block_stop", index: 0 } as { type: string }),
    named({ type: "message_delta", delta, usage: end } as { type: string }),
    named({ type: "message_stop" }),
  ].join("");
}

function geminiChunks(
  words: readonly string[],
  usage: { promptTokenCount: number; candidatesTokenCount: number; [detail: string]: unknown },
): object[] {
  return words.map((text, index) => {
    const isLast = index === words.length - 1;
    const candidate = { content: { parts: [{ text }], role: "model" }, index: 0, ...(isLast ? { finishReason: "STOP" } : {}) };
    const soFar = isLast ? usage : { ...usage, candidatesTokenCount: Math.ceil((usage.candidatesTokenCount * (index + 1)) / words.length) };
    return { candidates: [candidate], usageMetadata: soFar, modelVersion: "gemini-2.5-pro", responseId: "r1" };
  });
}
type GeminiUsage = Parameters<typeof geminiChunks>[1];

/** Gemini with `alt=sse`; its lines end with CRLF. */
export function geminiStream(words: readonly string[], usage: GeminiUsage): string {
  return geminiChunks(words, usage)
    .map((chunk) => `data: ${json(chunk)}\r\n\r\n`)
    .join("");
}

/** Gemini without `alt=sse`: one JSON array, element by element. */
export function geminiArray(words: readonly string[], usage: GeminiUsage): string {
  return `[${geminiChunks(words, usage)
    .map((chunk) => JSON.stringify(chunk, null, 2))
    .join(",\r\n")}]`;
}

/** OpenRouter: comments while it waits, and the usage with its cost, asked for or not. */
export function openRouterStream(words: readonly string[], usage: object): string {
  const chunk = { id: "gen-1", provider: "OpenAI", model: "openai/gpt-4.1", object: "chat.completion.chunk", created: 1764000000 };
  const choice = (content: string, finish: string | null): object => ({
    index: 0,
    delta: { role: "assistant", content },
    finish_reason: finish,
    logprobs: null,
  });
  return [
    ": OPENROUTER PROCESSING\n\n",
    ...words.map((word) => data({ ...chunk, choices: [choice(word, null)] })),
    data({ ...chunk, choices: [choice("", "stop")] }),
    data({ ...chunk, choices: [choice("", null)], usage }),
    "data: [DONE]\n\n",
  ].join("");
}
