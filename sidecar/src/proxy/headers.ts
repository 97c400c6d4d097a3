import { AgentKeysError } from "@agentkeys/common/errors";
import type { CompiledService } from "../policy/index.ts";
import { scrubText, type Spellings } from "../scrub/index.ts";
import type { PlaceholderCheck } from "./placeholder.ts";

/** Headers that carry a key at some provider; none of them is ever passed on from the agent. */
const AUTH_SLOTS = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "api-key",
  "apikey",
  "x-goog-api-key",
  "private-token",
  "job-token",
  "dd-api-key",
  "dd-application-key",
  "x-shopify-access-token",
  "x-postmark-server-token",
  "x-postmark-account-token",
  "x-auth-token",
  "x-access-token",
  "x-auth-key",
  "x-vault-token",
  "x-amz-security-token",
]);

/** Hop-by-hop (RFC 9110 §7.6.1), what this proxy decides itself, and what would speak for another hop. */
const NOT_REQUESTED = new Set([
  "accept-encoding",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  "host",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-real-ip",
  "agentkeys-attestation",
]);
const NOT_ANSWERED = new Set(["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "alt-svc", "agentkeys-reason"]);

/** Where OpenAI's clients put the key when they cannot set headers: one of the WebSocket's subprotocols. */
const KEY_PROTOCOL = "openai-insecure-api-key.";

export interface RequestHeaders {
  /** Name, value, name, value: ready for the upstream except for the key. */
  headers: string[];
  hasPlaceholder: boolean;
  /** The agent upgrades to a WebSocket. */
  isWebSocket: boolean;
}

const CONNECTION = "connection";

function namedByConnection(raw: readonly string[]): Set<string> | null {
  let named: Set<string> | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    const header = raw[index] ?? "";
    if (header.length !== CONNECTION.length || header.toLowerCase() !== CONNECTION) continue;
    for (const token of (raw[index + 1] ?? "").toLowerCase().split(",")) {
      const name = token.trim();
      if (name !== "" && name !== "keep-alive" && name !== "close") (named ??= new Set()).add(name);
    }
  }
  return named;
}

/** Takes the subprotocols that carry a key out of the list; what they carry must be the placeholder. */
function withoutKeyProtocol(value: string, placeholder: PlaceholderCheck): string {
  const protocols = value.split(",").map((protocol) => protocol.trim());
  const isKey = (protocol: string): boolean => protocol.toLowerCase().startsWith(KEY_PROTOCOL);
  for (const protocol of protocols) if (isKey(protocol)) placeholder.checkSlot(protocol.slice(KEY_PROTOCOL.length));
  return protocols.filter((protocol) => !isKey(protocol)).join(", ");
}

/** Filters the agent's headers: slots checked and taken out, hop-by-hop dropped, everything else passed on byte for byte. */
export function requestHeaders(raw: readonly string[], service: CompiledService, placeholder: PlaceholderCheck): RequestHeaders {
  const named = namedByConnection(raw);
  const ownSlot = service.auth.type === "header" ? service.auth.name : "authorization";
  const headers: string[] = [];
  let hasPlaceholder = false;
  let isWebSocket = false;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    let value = raw[index + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "sec-websocket-protocol" && value.toLowerCase().includes(KEY_PROTOCOL)) {
      value = withoutKeyProtocol(value, placeholder);
      hasPlaceholder = true;
      if (value === "") continue;
    }
    if (AUTH_SLOTS.has(lower) || lower === ownSlot) {
      placeholder.checkSlot(value);
      hasPlaceholder = true;
      continue;
    }
    if (placeholder.isIn(value) || placeholder.isIn(name)) throw new AgentKeysError("placeholder_misplaced", { detail: "header" });
    if (lower === "upgrade" && value.toLowerCase().includes("websocket")) isWebSocket = true;
    if (NOT_REQUESTED.has(lower) || lower.startsWith("proxy-") || named?.has(lower) === true) continue;
    headers.push(name, value);
  }
  // A compressed answer cannot be searched for the key.
  headers.push("accept-encoding", "identity");
  return { headers, hasPlaceholder, isWebSocket };
}

/** The head of an answer as the agent gets it. */
export interface AnswerHead {
  headers: string[];
  /** Bytes of the body; null when they are not told. */
  length: number | null;
  contentType: string;
  contentEncoding: string;
}

/**
 * Filters the upstream's headers. `key` is the key just sent: a header that echoes it (a Location of a query-slot service) carries
 * `mask` instead.
 */
export function answerHead(raw: readonly string[], key: Spellings, mask: string): AnswerHead {
  const named = namedByConnection(raw);
  const head: AnswerHead = { headers: [], length: null, contentType: "", contentEncoding: "" };
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const value = raw[index + 1] ?? "";
    const lower = name.toLowerCase();
    if (lower === "content-type") head.contentType ||= value;
    if (lower === "content-encoding") head.contentEncoding ||= value;
    if (NOT_ANSWERED.has(lower) || lower.startsWith("proxy-") || named?.has(lower) === true) continue;
    if (lower === "content-length") head.length = Number(value);
    head.headers.push(name, scrubText(value, key, mask));
  }
  return head;
}
