/** The relay's routes: `POST /v1/relay` and `GET /v1/relay/<id>`. */
import type { Express } from "express";
import { createApp, finishApp } from "@agentkeys/common/http";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { SignedForwardRequest } from "@agentkeys/common/forward-request";
import { checkRequest } from "../generated/check-request.ts";
import type { RelayMetrics } from "../metrics.ts";
import type { Kept } from "../store/index.ts";

const MAX_BODY_BYTES = 65_536;
const ID = /^0x[0-9a-f]{64}$/;

export interface RelayAppDeps {
  /** Takes a request for good, or throws why not. Answers what is kept of it, also when it was taken before. */
  take: (request: SignedForwardRequest) => Promise<Kept>;
  find: (id: string) => Kept | null;
  counts: RelayMetrics["requests"];
  log: Log;
  metrics: Metrics;
}

/** What a caller is told of a request. */
export function statusOf({ id, status, hash, block, reason }: Kept): Record<string, unknown> {
  return {
    id,
    status: status === "sending" ? "accepted" : status,
    ...(hash === undefined ? {} : { transaction: hash }),
    ...(block === undefined ? {} : { block }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Builds the app. */
export function createRelayApp({ take, find, counts, log, metrics }: RelayAppDeps): Express {
  const app = createApp({ log, metrics, maxBodyBytes: MAX_BODY_BYTES });
  app.post("/v1/relay", async (request, response) => {
    try {
      const body: unknown = request.body;
      if (!checkRequest(body)) throw new AgentKeysError("invalid_input", { message: "Send one signed forward request as JSON" });
      const kept = await take(body as SignedForwardRequest);
      counts.inc({ code: "ok" });
      response.status(202).json(statusOf(kept));
    } catch (fault) {
      counts.inc({ code: toAgentKeysError(fault).code });
      throw fault;
    }
  });
  app.get("/v1/relay/:id", (request, response) => {
    const { id } = request.params;
    const kept = ID.test(id) ? find(id) : null;
    if (kept === null) throw new AgentKeysError("not_found", { message: "This relay has not taken such a request" });
    response.json(statusOf(kept));
  });
  finishApp(app, { log });
  return app;
}
