import { AgentKeysError } from "@agentkeys/common/errors";
import { canonicalPath, type CompiledPolicy, type CompiledService } from "../policy/index.ts";
import type { PlaceholderCheck } from "./placeholder.ts";

/** What a request asks for, in the one spelling that is both matched and sent. */
export interface Target {
  /** Path as matched: canonical, with the prefix, without base path and key segment. */
  path: string;
  /** Query without auth slots and without `?`; "" when there is none. */
  query: string;
  /** A placeholder stood in a path or query slot. */
  hasPlaceholder: boolean;
}

const QUERY_SLOTS = new Set(["key", "api_key", "apikey", "api-key", "access_token"]);
const QUERY_ALLOWED = /^[\x21\x22\x24-\x7e]*$/;

/** Splits `/<service>/<rest>`; the service is found by its exact name only. */
export function findService(url: string, policy: CompiledPolicy): { service: CompiledService; rest: string } {
  const end = url.slice(1).search(/[/?]/);
  const name = end < 0 ? url.slice(1) : url.slice(1, end + 1);
  const service = policy.services.get(name);
  if (service === undefined) throw new AgentKeysError("unknown_service");
  const rest = end < 0 ? "/" : url.slice(end + 1);
  return { service, rest: rest.startsWith("/") ? rest : `/${rest}` };
}

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll("+", " ")).toLowerCase();
  } catch (cause) {
    throw new AgentKeysError("bad_path", { detail: "query name is not UTF-8", cause });
  }
}

function stripQuery(query: string, service: CompiledService, placeholder: PlaceholderCheck): { query: string; hasPlaceholder: boolean } {
  if (!QUERY_ALLOWED.test(query)) throw new AgentKeysError("bad_path", { detail: "character not allowed in a query" });
  const own = service.auth.type === "query" ? service.auth.name.toLowerCase() : undefined;
  const kept: string[] = [];
  let hasPlaceholder = false;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = decodedName(equals < 0 ? pair : pair.slice(0, equals));
    if (!QUERY_SLOTS.has(name) && name !== own) {
      kept.push(pair);
      continue;
    }
    placeholder.checkSlot(equals < 0 ? "" : decodedValue(pair.slice(equals + 1)));
    hasPlaceholder = true;
  }
  const left = kept.join("&");
  if (placeholder.isIn(left)) throw new AgentKeysError("placeholder_misplaced", { detail: "query" });
  return { query: left, hasPlaceholder };
}

function decodedValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new AgentKeysError("bad_path", { detail: "query value is not UTF-8", cause });
  }
}

/** Takes the key segment (`/bot<placeholder>`) off a path-slot service's path. */
function stripPathSlot(path: string, service: CompiledService, placeholder: PlaceholderCheck): { path: string; hasPlaceholder: boolean } {
  const { type, before, after } = service.auth;
  if (type !== "path") return { path, hasPlaceholder: false };
  const end = path.indexOf("/", 1);
  const segment = end < 0 ? path.slice(1) : path.slice(1, end);
  const isSlot = segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after);
  if (!isSlot) return { path, hasPlaceholder: false };
  const value = segment.slice(before.length, segment.length - after.length);
  if (before === "" && after === "" && !placeholder.isIn(value)) return { path, hasPlaceholder: false };
  placeholder.checkSlot(decodedValue(value));
  return { path: end < 0 ? "/" : path.slice(end), hasPlaceholder: true };
}

function withPrefix(path: string, prefix: string): string {
  if (prefix === "" || path === prefix || path.startsWith(`${prefix}/`)) return path;
  return path === "/" ? prefix : prefix + path;
}

/** Canonical path and query of a request to one service; throws on anything that could mean two things. */
export function readTarget(rest: string, service: CompiledService, placeholder: PlaceholderCheck): Target {
  const mark = rest.indexOf("?");
  const canonical = canonicalPath(mark < 0 ? rest : rest.slice(0, mark));
  const slot = stripPathSlot(canonical, service, placeholder);
  if (placeholder.isIn(slot.path)) throw new AgentKeysError("placeholder_misplaced", { detail: "path" });
  const path = withPrefix(slot.path, service.pathPrefix);
  if (mark < 0 || mark === rest.length - 1) return { path, query: "", hasPlaceholder: slot.hasPlaceholder };
  const query = stripQuery(rest.slice(mark + 1), service, placeholder);
  return { path, query: query.query, hasPlaceholder: slot.hasPlaceholder || query.hasPlaceholder };
}
