import type { Express } from "express";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Sessions } from "../events/sessions.ts";
import { authenticate, type AuthenticateDeps } from "./authenticate.ts";

const MAX_BUFFERED_BYTES = 65_536;

export interface EventRoutesDeps extends AuthenticateDeps {
  sessions: Sessions;
  /** False while the chain has been unreadable too long: no stream is opened that could not be told of a revocation. */
  isChainFresh: () => boolean;
}

/** GET `/v1/events`: one signed stream a session; it ends with its delegation, the client comes back with a new one. */
export function mountEvents(app: Express, deps: EventRoutesDeps): void {
  app.get("/v1/events", async (request, response) => {
    const { delegation, jkt } = await authenticate(request, deps);
    if (!deps.isChainFresh()) throw new AgentKeysError("chain_rpc_error", { detail: "the chain has not been read lately" });
    const facts: string[] = [];
    let isOpen = false;
    const write = (frame: string): void => {
      if (!isOpen) facts.push(frame);
      else if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
      else response.write(frame);
    };
    const remove = await deps.sessions.add({ delegation, jkt, write });
    const end = new AbortController();
    response.once("close", () => {
      remove();
      end.abort();
    });
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    isOpen = true;
    for (const frame of facts) response.write(frame);
    const leftMs = delegation.expiresAt * 1000 - deps.clock.nowMs();
    await deps.clock.sleep(leftMs, end.signal).then(
      () => response.end(),
      () => undefined,
    );
  });
}
