import type { ServerResponse } from "node:http";
import { errorBody, type AgentKeysError } from "@agentkeys/common/errors";

type Shape = "openai" | "anthropic" | "generic";

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "invalid_request_error",
  413: "invalid_request_error",
  429: "rate_limit_error",
};
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
};

function bodyOf(shape: Shape, fault: AgentKeysError, status: number, requestId: string): object {
  const { publicMessage: message, code } = fault;
  switch (shape) {
    case "openai":
      return { error: { message, type: OPENAI_TYPES[status] ?? "api_error", param: null, code } };
    case "anthropic":
      return { type: "error", error: { type: ANTHROPIC_TYPES[status] ?? "api_error", message }, request_id: requestId };
    case "generic":
      return errorBody(fault, requestId);
  }
}

/** A refusal as an SDK of the service's provider understands it, with the reason in `AgentKeys-Reason`. */
export function writeRefusal(
  response: ServerResponse,
  fault: AgentKeysError,
  options: { shape: Shape; requestId: string; status: number; close: boolean; headers?: Readonly<Record<string, string>> },
): number {
  const body = Buffer.from(JSON.stringify(bodyOf(options.shape, fault, options.status, options.requestId)));
  response.writeHead(options.status, {
    "content-type": "application/json",
    "content-length": body.length,
    "agentkeys-reason": fault.code,
    "x-request-id": options.requestId,
    "cache-control": "no-store",
    // Read by the OpenAI and Anthropic SDKs: no use in asking again for what is refused by rule.
    ...(fault.retryable ? {} : { "x-should-retry": "false" }),
    ...(fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) }),
    ...(options.status === 405 ? { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" } : {}),
    ...(options.close ? { connection: "close" } : {}),
    ...options.headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
  return body.length;
}

/** Status of a fault towards the agent: what went wrong behind the proxy is never shown as if the upstream had said it. */
export function statusOf(fault: AgentKeysError, from: "proxy" | "credential"): number {
  if (from === "proxy") return fault.status;
  if (fault.status === 401 || fault.status === 403) return 403;
  return fault.retryable ? 503 : 502;
}

const RAW_REFUSALS: Readonly<Record<string, string>> = {
  HPE_INVALID_METHOD: "405 Method Not Allowed\r\nAgentKeys-Reason: method_refused",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large\r\nAgentKeys-Reason: header_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout\r\nAgentKeys-Reason: request_timeout",
};

/** Answer to bytes that are no request at all; the connection is closed after it. */
export function rawRefusal(parserCode: string | undefined): string {
  const line = RAW_REFUSALS[parserCode ?? ""] ?? "400 Bad Request\r\nAgentKeys-Reason: bad_request";
  return `HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}
