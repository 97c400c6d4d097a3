import { AgentKeysError } from "@agentkeys/common/errors";
import { JsonScan, type Found } from "./json-scan.ts";
import type { Shape } from "./routes.ts";

/** What a priced request asks for, as far as its price depends on it. */
export interface Ask {
  shape: Shape;
  provider: string;
  /** Null when the request names none. */
  model: string | null;
  inputBytes: number;
  /** Most output tokens that are asked for; null when the request sets no bound. */
  maxOutputTokens: number | null;
  isStream: boolean;
  /** Runs on after its answer, which then holds no usage. */
  isBackground: boolean;
  /** The usage of the stream was asked for by us alone: the agent must not see it. */
  hidesUsage: boolean;
  /** What is sent upstream. */
  body: Buffer;
}

const MAX_MODEL_LENGTH = 256;
const OUTPUT_LIMITS = [
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "generationConfig.maxOutputTokens",
  "generation_config.max_output_tokens",
];
const COUNTS = ["n", "best_of", "generationConfig.candidateCount", "generation_config.candidate_count"];
const WANTED: ReadonlySet<string> = new Set(["model", "stream", "stream_options", "background", ...OUTPUT_LIMITS, ...COUNTS]);

/** Providers whose streams end with the usage unasked; some of them refuse the option. */
const TELL_UNASKED: ReadonlySet<string> = new Set(["openrouter", "mistral", "cohere", "perplexity"]);

function unreadable(detail: string): never {
  throw new AgentKeysError("body_unreadable", { detail });
}

function scan(body: Buffer): Map<string, Found> {
  const members = new Map<string, Found>();
  const reader = new JsonScan(WANTED, (found) => {
    // Which of two counts is up to the parser at the other end.
    if (members.has(found.path)) unreadable(`${found.path} twice`);
    members.set(found.path, found);
  });
  reader.push(body);
  if (!reader.isDone || !body.subarray(0, 64).toString("latin1").trimStart().startsWith("{")) unreadable("no JSON object");
  return members;
}

function parsed(members: ReadonlyMap<string, Found>, path: string): unknown {
  const found = members.get(path);
  if (found === undefined) return undefined;
  try {
    return JSON.parse(found.text);
  } catch (cause) {
    throw new AgentKeysError("body_unreadable", { detail: path, cause });
  }
}

function modelIn(members: ReadonlyMap<string, Found>): string | null {
  const model = parsed(members, "model");
  if (model === undefined || model === null) return null;
  if (typeof model !== "string" || model.length > MAX_MODEL_LENGTH) unreadable("model");
  return model;
}

/** Highest of the counts that are set, null when none is a count. */
function highest(members: ReadonlyMap<string, Found>, paths: readonly string[]): number | null {
  const counts = paths.map((path) => parsed(members, path)).filter((count) => Number.isSafeInteger(count) && Number(count) >= 0);
  return counts.length === 0 ? null : Math.max(...counts.map(Number));
}

function spliced(body: Buffer, from: number, to: number, text: string): Buffer {
  return Buffer.concat([body.subarray(0, from), Buffer.from(text), body.subarray(to)]);
}

/** The body, which holds `stream` at least, with `stream_options.include_usage` on and nothing else changed; null when it already is. */
function askingForUsage(body: Buffer, members: ReadonlyMap<string, Found>): Buffer | null {
  const found = members.get("stream_options");
  if (found === undefined) {
    const end = body.lastIndexOf("}");
    return spliced(body, end, end, `,"stream_options":{"include_usage":true}`);
  }
  const options = parsed(members, "stream_options");
  const known = typeof options === "object" && options !== null && !Array.isArray(options) ? options : {};
  if ("include_usage" in known && known.include_usage === true) return null;
  return spliced(body, found.start, found.end, JSON.stringify({ ...known, include_usage: true }));
}

/** Reads a priced request; throws `body_unreadable` unless it is one JSON object that names each thing once. */
export function readAsk(route: { shape: Shape; model: string | null; isStream: boolean | null }, provider: string, body: Buffer): Ask {
  const { shape } = route;
  const members = scan(body);
  const isStream = route.isStream ?? parsed(members, "stream") === true;
  const isChat = shape === "chat" || shape === "completions";
  const asking = isStream && isChat && !TELL_UNASKED.has(provider) ? askingForUsage(body, members) : null;
  const limit = highest(members, OUTPUT_LIMITS);
  return {
    shape,
    provider,
    model: route.model ?? modelIn(members),
    inputBytes: body.length,
    maxOutputTokens: limit === null ? null : limit * Math.max(1, highest(members, COUNTS) ?? 1),
    isStream,
    isBackground: parsed(members, "background") === true,
    hidesUsage: asking !== null,
    body: asking ?? body,
  };
}

/** What is known of a request whose body is not read; its answer may still say what it used. */
export function unreadAsk(
  route: { shape: Shape; model: string | null; isStream: boolean | null },
  provider: string,
  inputBytes: number,
): Ask {
  const { shape, model } = route;
  const isStream = route.isStream === true;
  return {
    shape,
    provider,
    model,
    inputBytes,
    maxOutputTokens: null,
    isStream,
    isBackground: false,
    hidesUsage: false,
    body: Buffer.alloc(0),
  };
}
