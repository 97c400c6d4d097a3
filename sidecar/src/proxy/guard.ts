import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { AgentKeysError } from "@agentkeys/common/errors";

const REFUSED_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
/** Headers by which a server is told another method or path than the one that was checked. */
const OVERRIDES = new Set(["x-http-method-override", "x-http-method", "x-method-override", "x-original-url", "x-rewrite-url"]);
const NON_ASCII = /[\u0080-\uffff]/;

/** The Host values that name this listener. */
export function allowedHosts(port: number): ReadonlySet<string> {
  return new Set(["localhost", "127.0.0.1", "[::1]"].map((name) => `${name}:${port}`));
}

/** Node's own fetch sends `sec-fetch-mode`, and so every SDK on it; a browser sends site and destination with it. */
function isFromBrowser(name: string): boolean {
  return name === "origin" || (name.startsWith("sec-fetch-") && name !== "sec-fetch-mode");
}

function malformed(detail: string): never {
  throw new AgentKeysError("bad_request", { detail });
}

/**
 * Listener guard, before anything else is looked at: origin-form target, one Host naming this listener (DNS rebinding), no sign of
 * a browser, one plain `chunked` coding, UTF-8 header values, no method that echoes or tunnels and no override of it.
 */
export function guardRequest(request: IncomingMessage, hosts: ReadonlySet<string>): void {
  const { rawHeaders } = request;
  if (REFUSED_METHODS.has(request.method ?? "")) throw new AgentKeysError("method_refused");
  if (request.url?.startsWith("/") !== true) malformed("target is not in origin form");
  let host: string | undefined;
  let hostCount = 0;
  let codings = 0;
  let lengths = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    if (NON_ASCII.test(value) && !isUtf8(Buffer.from(value, "latin1"))) malformed("header is not UTF-8");
    if (name === "host") {
      host = value;
      hostCount += 1;
    } else if (name === "transfer-encoding") {
      codings += 1;
      if (value.toLowerCase() !== "chunked") malformed("transfer coding");
    } else if (name === "content-length") lengths += 1;
    else if (OVERRIDES.has(name)) throw new AgentKeysError("method_refused", { detail: name });
    else if (isFromBrowser(name)) throw new AgentKeysError("guard_refused", { detail: name });
  }
  if (codings + lengths > 1) malformed("more than one framing header");
  if (hostCount !== 1) malformed("Host must be sent once");
  if (host === undefined || !hosts.has(host.toLowerCase())) throw new AgentKeysError("guard_refused", { detail: "host" });
}
