import type { Socket } from "node:net";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Call } from "./call.ts";

export interface TunnelLimits {
  clock: Clock;
  /** Longest silence in both directions. */
  idleMs: number;
}

/** After one side has said that it is done the other has this long to finish. */
const LINGER_MS = 5_000;

/**
 * Joins the agent and the upstream after a 101: bytes pass as they come, each side at the speed of the other's reader. What
 * passes is not looked into: frames from the agent are masked with a key of its choice, so a search for the placeholder would
 * find nothing; it is worthless to the upstream. Both sockets end with the call, and the call with either socket.
 */
export function openTunnel(call: Call, upstream: Socket, limits: TunnelLimits): void {
  const client = call.request.socket;
  const linger = new AbortController();
  let received = 0;
  call.bytesIn = () => received;
  call.onEnd(() => {
    linger.abort();
    upstream.destroy();
  });
  const onSideDone = (): void => {
    call.settle();
    limits.clock.sleep(LINGER_MS, linger.signal).then(
      () => client.destroy(),
      () => undefined,
    );
  };
  client.once("end", onSideDone);
  upstream.once("end", onSideDone);
  upstream.once("close", () => {
    if (!upstream.readableEnded) call.fail(new AgentKeysError("upstream_unreachable", { detail: "websocket" }));
  });
  upstream.setTimeout(limits.idleMs, () => {
    call.fail(new AgentKeysError("upstream_timeout", { detail: "websocket" }));
  });
  client.on("data", (chunk: Buffer) => (received += chunk.length));
  upstream.on("data", (chunk: Buffer) => (call.bytesOut += chunk.length));
  client.pipe(upstream);
  upstream.pipe(client);
}
