/**
 * Faults: one base class, one table of codes, one wire shape. Knows nothing of transports or services.
 */
import { CODES, type ErrorCode } from "./codes.ts";

export { CODES, type ErrorCode } from "./codes.ts";

/** Optional parts of an {@link AgentKeysError}. `detail` is for the log only; `message` replaces the table's public message. */
export interface ErrorOptions {
  detail?: string;
  cause?: unknown;
  message?: string;
  /** When it is of use to ask again, whole seconds; told as `Retry-After`. */
  retryAfterSeconds?: number;
}

/** The one error class of this project; callers switch on `code`. */
export class AgentKeysError extends Error {
  override readonly name = "AgentKeysError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly publicMessage: string;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    const row = CODES[code];
    const publicMessage = options.message ?? row.message;
    super(options.detail === undefined ? publicMessage : `${publicMessage} (${options.detail})`, { cause: options.cause });
    this.code = code;
    this.status = row.status;
    this.retryable = row.retryable;
    this.publicMessage = publicMessage;
    this.detail = options.detail;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Turns anything thrown into an AgentKeysError; unknown faults become `internal` with the original as cause. */
export function toAgentKeysError(fault: unknown, fallback: ErrorCode = "internal"): AgentKeysError {
  if (fault instanceof AgentKeysError) return fault;
  return new AgentKeysError(fallback, { cause: fault, detail: fault instanceof Error ? fault.message : String(fault) });
}

/** Wire body of a fault on every surface of ours: `{error, reason, request_id}`. Never carries `detail`. */
export function errorBody(fault: AgentKeysError, requestId: string): { error: string; reason: ErrorCode; request_id: string } {
  return { error: fault.publicMessage, reason: fault.code, request_id: requestId };
}
