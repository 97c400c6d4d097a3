import { AgentKeysError } from "@agentkeys/common/errors";

const PLAIN = /^(?:\/[A-Za-z0-9\-._~!$&'()*+,=:@]+)+\/?$/;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;
const ALLOWED = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-Fa-f]{2})*$/;
const ESCAPE = /%[0-9A-Fa-f]{2}/g;
const DOUBLE_ENCODED = /%25[0-9A-Fa-f]{2}/i;
/** Octets that mean the same with and without the escape in every path segment; `+` stays escaped, some servers read it as a space. */
const UNESCAPED = /[A-Za-z0-9\-._~!$&'()*,=:@]/;

function refuse(detail: string): never {
  throw new AgentKeysError("bad_path", { detail });
}

function refuseHiddenOctets(path: string): void {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch (cause) {
    throw new AgentKeysError("bad_path", { detail: "not UTF-8", cause });
  }
  // eslint-disable-next-line no-control-regex -- control octets are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(decoded)) refuse("control character");
}

/**
 * One spelling for one path, so that what is matched is what is sent. Escapes that need none are decoded, the others upper-cased.
 * Refuses (`bad_path`) dot segments in any spelling, empty segments, `;` parameters, encoded `/` and `\`, double encoding, control
 * characters, invalid UTF-8 and characters outside RFC 3986.
 */
export function canonicalPath(path: string): string {
  if (PLAIN.test(path)) return DOT_SEGMENT.test(path) ? refuse("dot segment") : path;
  if (path === "/") return path;
  if (!ALLOWED.test(path)) refuse("character not allowed in a path");
  if (DOUBLE_ENCODED.test(path)) refuse("double encoding");
  refuseHiddenOctets(path);
  const canonical = path.replace(ESCAPE, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return UNESCAPED.test(character) ? character : escape.toUpperCase();
  });
  if (DOUBLE_ENCODED.test(canonical)) refuse("double encoding");
  if (/%2F|%5C|%3B/.test(canonical)) refuse("encoded separator");
  if (canonical.includes("//")) refuse("empty segment");
  if (DOT_SEGMENT.test(canonical)) refuse("dot segment");
  return canonical;
}
