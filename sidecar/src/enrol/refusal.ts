import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";

const MAX_MESSAGE_CHARS = 500;

const isCode = (value: unknown): value is ErrorCode => typeof value === "string" && Object.hasOwn(CODES, value);

/** An error body of one of our services as its coded fault. */
export function refusal(status: number, body: unknown): AgentKeysError {
  const { reason, error } = (body ?? {}) as { reason?: unknown; error?: unknown };
  const message = typeof error === "string" ? { message: error.slice(0, MAX_MESSAGE_CHARS) } : {};
  return new AgentKeysError(isCode(reason) ? reason : "upstream_unreachable", { detail: `answered ${status}`, ...message });
}
