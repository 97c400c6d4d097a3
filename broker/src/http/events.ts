import type { Express } from "express";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Sessions } from "../events/sessions.ts";
import { authenticate, type AuthenticateDeps } from "./authenticate.ts";
import type { DeviceCheck } from "./device-check.ts";

/** A reader that is so far behind is cut; it comes back and is told what is out of force then. */
const MAX_BUFFERED_BYTES = 65_536;

export interface EventRoutesDeps extends AuthenticateDeps {
  sessions: Sessions;
  checkDevice: DeviceCheck;
  /** False while the chain has been unreadable too long: no stream is opened that could not be told of a revocation. */
  isChainFresh: () => boolean;
}

/** GET `/v1/events`: one signed stream a session; it ends with its delegation, the client comes back with a new one. */
export function mountEvents(app: Express, deps: EventRoutesDeps): void {
  app.get("/v1/events", async (request, response) => {
    const end = new AbortController();
    response.once("close", () => end.abort());
    const { delegation, jkt } = await authenticate(request, deps);
    if (!deps.isChainFresh()) throw new AgentKeysError("chain_rpc_error", { detail: "the chain has not been read lately" });
    // A made-up device would have its services read before those of others. A revoked one is told so by its stream.
    await deps.checkDevice(delegation);
    const early: string[] = [];
    const write = (frame: string): void => {
      if (!response.headersSent) early.push(frame);
      else if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
      else response.write(frame);
    };
    const { told, remove } = deps.sessions.add({ delegation, jkt, write });
    try {
      await told;
      if (end.signal.aborted) return;
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      for (const frame of early) response.write(frame);
      await deps.clock.sleep(delegation.expiresAt * 1000 - deps.clock.nowMs(), end.signal).catch(() => undefined);
    } finally {
      remove();
    }
    response.end();
  });
}
