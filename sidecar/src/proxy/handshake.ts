import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";

const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
/** Fixed by RFC 6455 §1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const VERSION = "13";

/**
 * Whether a request is the opening handshake of RFC 6455 §4.2.1 and nothing else: GET of HTTP/1.1 without a body, one `websocket`
 * in Upgrade, version 13, a key of 16 bytes. Node's parser has seen `Connection: Upgrade` by then; headers sent twice arrive
 * joined and fail here.
 */
export function isHandshake(request: IncomingMessage): boolean {
  const { headers } = request;
  return (
    request.method === "GET" &&
    request.httpVersion === "1.1" &&
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === VERSION &&
    KEY.test(headers["sec-websocket-key"] ?? "") &&
    headers["transfer-encoding"] === undefined &&
    Number(headers["content-length"] ?? 0) === 0
  );
}

/** `Sec-WebSocket-Accept` that belongs to a key; SHA-1 is what the RFC asks for and guards nothing. */
export function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + ACCEPT_SUFFIX)
    .digest("base64");
}

function only(raw: readonly string[], wanted: string): string | null {
  const found = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === wanted);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Whether a 101 answers this key: an upstream (or something between) that did not read the handshake gets no bytes of the agent. */
export function isAccepted(raw: readonly string[], key: string): boolean {
  return only(raw, "upgrade")?.toLowerCase() === "websocket" && only(raw, "sec-websocket-accept") === acceptOf(key);
}
