/** Wire shape of a priced call: where its model, limit and usage stand. */
export type Shape = "chat" | "completions" | "responses" | "embeddings" | "images" | "messages" | "gemini" | "gemini-embed";

/**
 * What a request is, by method and path:
 * - `free`: the provider charges nothing for it
 * - `priced`: its cost is known from what is asked and answered; Gemini and Azure name the model in the path
 * - `opaque`: it may cost, and nothing that passes says how much
 * - `batch`: its cost comes up later, out of sight
 */
export type Route =
  | { kind: "free" }
  | { kind: "priced"; shape: Shape; model: string | null; isStream: boolean | null }
  | { kind: "opaque" }
  | { kind: "batch" };

const READING = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);
const FREE = /(?:\/(?:messages\/count_tokens|responses\/input_tokens|moderations|cancel|files(?:\/.*)?|uploads(?:\/.*)?)|:countTokens)$/;
const BATCH = /(?:\/batches|:batchGenerateContent|:asyncBatchEmbedContent)$/;
const GEMINI = /\/models\/([^/:]+):(generateContent|streamGenerateContent|embedContent|batchEmbedContents)$/;
/** Azure names a deployment in the path, which is often called as its model is. */
const DEPLOYMENT = /\/openai\/deployments\/([^/]+)\//;
const SHAPES: readonly (readonly [suffix: string, shape: Shape])[] = [
  ["/chat/completions", "chat"],
  ["/completions", "completions"],
  ["/responses", "responses"],
  ["/responses/compact", "responses"],
  ["/embeddings", "embeddings"],
  ["/images/generations", "images"],
  ["/messages", "messages"],
];

function gemini(path: string): Route | null {
  const [, model, verb] = GEMINI.exec(path) ?? [];
  if (model === undefined || verb === undefined) return null;
  const isEmbedding = verb.toLowerCase().includes("embed");
  return { kind: "priced", shape: isEmbedding ? "gemini-embed" : "gemini", model, isStream: verb === "streamGenerateContent" };
}

/** `path` is the whole canonical path as the upstream sees it. What is not known to be free or priced is `opaque`. */
export function routeOf(method: string, path: string): Route {
  if (READING.has(method)) return { kind: "free" };
  if (BATCH.test(path)) return { kind: "batch" };
  if (FREE.test(path)) return { kind: "free" };
  const found = SHAPES.find(([suffix]) => path.endsWith(suffix));
  if (found !== undefined) return { kind: "priced", shape: found[1], model: DEPLOYMENT.exec(path)?.[1] ?? null, isStream: null };
  return gemini(path) ?? { kind: "opaque" };
}
