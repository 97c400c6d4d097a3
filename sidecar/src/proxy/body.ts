import { AgentKeysError } from "@agentkeys/common/errors";
import { BodyGate } from "./body-gate.ts";
import type { Call } from "./call.ts";
import type { PlaceholderCheck } from "./placeholder.ts";

export interface BodyOptions {
  placeholder: PlaceholderCheck;
  maxBytes: number;
  /** Longest time a body may stand still. */
  idleMs: number;
}

/** Lets the agent send its body, checked on the way; null when there is none. */
export function openBody(call: Call, options: BodyOptions): BodyGate | null {
  if (!call.hasBody) return null;
  const gate = new BodyGate(options.placeholder.bytes, options.maxBytes);
  call.bytesIn = () => gate.bytes;
  if (call.request.headers.expect !== undefined) call.response.writeContinue();
  // Not a pipeline: a refused body must not take the connection down before the answer is out.
  call.request.on("error", () => gate.destroy());
  call.request.setTimeout(options.idleMs, () => {
    call.fail(new AgentKeysError("request_timeout", { detail: "body" }));
  });
  call.request.on("end", () => call.request.setTimeout(0));
  call.request.pipe(gate);
  return gate;
}

/**
 * Reads a body whole as long as `takes` agrees to each further number of bytes; null when it does not, and what was read is back in
 * the gate then. Rejects with the gate's refusal, and when the call ends first.
 */
export function readWhole(call: Call, gate: BodyGate, takes: (bytes: number) => boolean): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      if (takes(chunk.length)) return;
      gate.off("data", onData);
      gate.pause();
      gate.unshift(Buffer.concat(chunks));
      resolve(null);
    };
    gate.on("data", onData);
    gate.once("end", () => {
      resolve(Buffer.concat(chunks));
    });
    gate.once("error", reject);
    call.onEnd(() => {
      reject(new AgentKeysError("client_aborted"));
    });
  });
}
