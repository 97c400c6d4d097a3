/** What is wrong with an RPC; a closed set, for metrics and logs. */
export const RPC_FAULTS = ["unreachable", "timeout", "status", "malformed", "error", "wrong-chain", "stale", "lagging"] as const;
export type RpcFaultReason = (typeof RPC_FAULTS)[number];

/** A fault of one RPC: it never names the URL, in which providers of RPCs put their customers' keys. */
export class RpcFault extends TypeError {
  readonly reason: RpcFaultReason;

  constructor(reason: RpcFaultReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What the RPC did wrong, by the fault that came of it; an answer that does not decode is malformed. */
export function reasonOf(fault: unknown): RpcFaultReason {
  if (fault instanceof RpcFault) return fault.reason;
  const { code } = fault as { code?: unknown };
  const isAnswer = code === "CALL_EXCEPTION" || code === "UNKNOWN_ERROR" || code === "UNSUPPORTED_OPERATION";
  return isAnswer ? "error" : "malformed";
}

/** The fault of a transport, without its URL. */
export function transportFault(fault: unknown): RpcFault {
  const { shortMessage, message, cause, code, name } = fault as Record<"shortMessage" | "message" | "name", string | undefined> & {
    cause?: unknown;
    code?: unknown;
  };
  const why = (cause as { code?: unknown } | undefined)?.code;
  const words = shortMessage ?? message ?? "the RPC failed";
  return new RpcFault(transportReason(fault, name, code), typeof why === "string" ? `${words}: ${why}` : words, { cause });
}

function transportReason(fault: unknown, name: unknown, code: unknown): RpcFaultReason {
  if (fault instanceof RpcFault) return fault.reason;
  if (name === "TimeoutError" || code === "TIMEOUT") return "timeout";
  if (code === "SERVER_ERROR") return "status";
  return code === "UNSUPPORTED_OPERATION" || code === "BAD_DATA" ? "malformed" : "unreachable";
}
