import { AgentKeysError } from "@agentkeys/common/errors";
import type { CompiledService } from "../policy/index.ts";
import type { Credential } from "./ports.ts";
import type { Target } from "./target.ts";

/** A request with its key in it. Lives for one dispatch. */
export interface Injected {
  path: string;
  headers: string[];
  /** The key in the spellings it is sent in, to be looked for in answers. */
  spellings: string[];
}

function malformed(detail: string): never {
  throw new AgentKeysError("credential_malformed", { detail });
}

/** Percent-encodes everything that could end a segment or a query value; `:` and `@` are plain in both. */
function encoded(value: string): string {
  const text = encodeURIComponent(value).replaceAll("%3A", ":").replaceAll("%40", "@");
  return text === "." || text === ".." ? malformed("dot segment") : text;
}

/** `user:password` as it is, or the stored JSON form `{"type":"basic","username","password"}`. */
function basicPair(value: string): string {
  if (!value.startsWith("{")) return value;
  const parsed: unknown = JSON.parse(value);
  const { type, username, password } = parsed as Record<string, unknown>;
  return type === "basic" && typeof username === "string" && typeof password === "string" ? `${username}:${password}` : value;
}

function readBasic(value: string): string {
  try {
    return basicPair(value);
  } catch {
    return value;
  }
}

/**
 * Puts the key into the service's one slot. Refuses (`credential_malformed`) an empty value and one with CR, LF, NUL or anything
 * else that is not printable ASCII, before any connection is used.
 */
export function inject(service: CompiledService, target: Target, headers: readonly string[], credential: Credential): Injected {
  const value = credential.secret.reveal();
  if (value === "") malformed("empty");
  if (/[^\x20-\x7e]/.test(value)) malformed("not printable ASCII");
  const { type, name, before, after } = service.auth;
  const { basePath } = service;
  const query = target.query === "" ? "" : `?${target.query}`;
  const path = basePath + target.path + query;
  switch (type) {
    case "bearer":
    case "header":
      return { path, headers: [...headers, name, before + value + after], spellings: [value] };
    case "basic": {
      const pair = readBasic(value);
      const token = Buffer.from(pair === value ? before + value + after : pair).toString("base64");
      return { path, headers: [...headers, name, `Basic ${token}`], spellings: [value, token] };
    }
    case "query": {
      const slot = `${encodeURIComponent(name)}=${encodeURIComponent(before + value + after)}`;
      const joined = query === "" ? `?${slot}` : `${query}&${slot}`;
      return { path: basePath + target.path + joined, headers: [...headers], spellings: [value, encodeURIComponent(value)] };
    }
    case "path": {
      const segment = encoded(before + value + after);
      return { path: `${basePath}/${segment}${path.slice(basePath.length)}`, headers: [...headers], spellings: [value, encoded(value)] };
    }
  }
}
