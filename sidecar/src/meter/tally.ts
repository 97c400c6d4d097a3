import type { Shape } from "./routes.ts";

type Fields = Readonly<Record<string, unknown>>;

const MAX_NODES = 10_000;

/** The value as an object with members, null for anything else. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Bytes of all texts in a value. */
function textBytes(value: unknown): number {
  const open = [value];
  let bytes = 0;
  for (let count = 0; open.length > 0 && count < MAX_NODES; count += 1) {
    const node = open.pop();
    if (typeof node === "string") bytes += Buffer.byteLength(node);
    else if (typeof node === "object" && node !== null) open.push(...(Object.values(node) as unknown[]).slice(0, MAX_NODES));
  }
  return bytes;
}

/** What an answer has said so far about its cost. Holds what was said, not whether it makes sense. */
export class Tally {
  usage: Fields | null = null;
  /** The usage is that of the whole call. */
  isFinal = false;
  /** The answer's text is complete; only its usage may still come. */
  isEnding = false;
  /** Something could not be read, so that what was said may not be all. */
  isBroken = false;
  model: string | null = null;
  serviceTier: string | null = null;
  webSearches = 0;
  storageSearches = 0;
  deliveredBytes = 0;

  /** Takes the members that are set over those from before: providers repeat, complete or correct them. */
  addUsage(usage: unknown): boolean {
    const fields = fieldsOf(usage);
    if (fields === null) return false;
    const set = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
    this.usage = { ...this.usage, ...Object.fromEntries(set) };
    return true;
  }

  setModel(model: unknown): void {
    if (typeof model === "string" && model.length <= 256) this.model = model;
  }

  setTier(tier: unknown): void {
    if (typeof tier === "string") this.serviceTier = tier;
  }

  deliver(value: unknown): void {
    this.deliveredBytes += textBytes(value);
  }

  /** Counts the tools that OpenAI bills by the call. */
  addOutputItem(type: unknown): void {
    if (type === "web_search_call") this.webSearches += 1;
    if (type === "file_search_call") this.storageSearches += 1;
  }
}

function takeChat(tally: Tally, event: Fields): void {
  const choices = itemsOf(event["choices"]).map(fieldsOf);
  tally.setModel(event["model"]);
  tally.setTier(event["service_tier"]);
  for (const choice of choices) {
    tally.deliver([choice?.["delta"], choice?.["text"]]);
    if (typeof choice?.["finish_reason"] === "string") tally.isEnding = true;
  }
  if (tally.addUsage(event["usage"])) tally.isFinal = choices.length === 0 || tally.isEnding;
}

const RESPONSE_ENDS = new Set(["response.completed", "response.incomplete", "response.failed"]);

function takeResponses(tally: Tally, event: Fields): void {
  const type = event["type"];
  if (typeof event["delta"] === "string") tally.deliver(event["delta"]);
  if (type === "response.output_item.added") tally.isEnding = false;
  if (type === "response.output_item.done") tally.isEnding = true;
  const response = fieldsOf(event["response"]);
  if (response === null) return;
  tally.setModel(response["model"]);
  tally.setTier(response["service_tier"]);
  if (typeof type !== "string" || !RESPONSE_ENDS.has(type)) return;
  for (const item of itemsOf(response["output"])) tally.addOutputItem(fieldsOf(item)?.["type"]);
  if (tally.addUsage(response["usage"])) tally.isFinal = true;
}

function takeMessages(tally: Tally, event: Fields): void {
  switch (event["type"]) {
    case "message_start": {
      const message = fieldsOf(event["message"]);
      tally.setModel(message?.["model"]);
      tally.addUsage(message?.["usage"]);
      break;
    }
    case "content_block_start":
      tally.isEnding = false;
      break;
    case "content_block_delta":
      tally.deliver(event["delta"]);
      break;
    case "content_block_stop":
      tally.isEnding = true;
      break;
    case "message_delta":
      if (tally.addUsage(event["usage"])) tally.isFinal = true;
  }
}

function takeGemini(tally: Tally, event: Fields): void {
  tally.setModel(event["modelVersion"]);
  for (const candidate of itemsOf(event["candidates"])) tally.deliver(fieldsOf(candidate)?.["content"]);
  // Each chunk says what was used up to it.
  if (tally.addUsage(event["usageMetadata"])) tally.isFinal = true;
}

function takePlain(tally: Tally, event: Fields): void {
  tally.setModel(event["model"]);
  if (tally.addUsage(event["usage"])) tally.isFinal = true;
}

const TAKERS: Readonly<Record<Shape, (tally: Tally, event: Fields) => void>> = {
  chat: takeChat,
  completions: takeChat,
  responses: takeResponses,
  embeddings: takePlain,
  images: takePlain,
  messages: takeMessages,
  gemini: takeGemini,
  "gemini-embed": takeGemini,
};

/** Takes in one event of a stream of the shape; anything that is no object says nothing. */
export function takeEvent(shape: Shape, tally: Tally, event: unknown): void {
  const fields = fieldsOf(event);
  if (fields !== null) TAKERS[shape](tally, fields);
}
