/** An agent in a process of its own: a stream through Google's or OpenRouter's SDK, and what it saw as JSON: `gemini|openrouter <base URL> <placeholder>`. */
import { GoogleGenAI } from "@google/genai";
import { OpenRouter } from "@openrouter/sdk";
import type { ChatStreamChunk } from "@openrouter/sdk/models";

const [which = "", base = "", apiKey = ""] = process.argv.slice(2);

async function gemini(): Promise<object> {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${base}/google` } });
  const seen = { text: "", usage: undefined as number | undefined };
  for await (const chunk of await client.models.generateContentStream({ model: "gemini-2.5-pro", contents: "Hi" })) {
    seen.text += chunk.text ?? "";
    seen.usage = chunk.usageMetadata?.candidatesTokenCount ?? seen.usage;
  }
  return seen;
}

async function openRouter(): Promise<object> {
  const client = new OpenRouter({ apiKey, serverURL: `${base}/openrouter/api/v1`, retryConfig: { strategy: "none" } });
  const chatRequest = { model: "openai/gpt-4.1", messages: [{ role: "user" as const, content: "Hi" }], stream: true as const };
  const seen = { text: "", usage: undefined as number | undefined };
  const stream = (await client.chat.send({ chatRequest })) as AsyncIterable<ChatStreamChunk>;
  for await (const chunk of stream) {
    seen.text += chunk.choices[0]?.delta.content ?? "";
    seen.usage = chunk.usage?.cost ?? seen.usage;
  }
  return seen;
}

process.stdout.write(JSON.stringify(await (which === "gemini" ? gemini() : openRouter())));
