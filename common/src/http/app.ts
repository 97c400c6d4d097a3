import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from "express";
import { randomUUID } from "node:crypto";
import { AgentKeysError, errorBody, toAgentKeysError } from "../errors/index.ts";
import type { Log } from "../log/index.ts";
import type { Metrics } from "../metrics/index.ts";

const DEFAULT_MAX_BODY_BYTES = 65_536;

export interface AppOptions {
  log: Log;
  metrics: Metrics;
  maxBodyBytes?: number;
  /** Runs before anything else, `/healthz` and the reading of a body included; throws to refuse. */
  guard?: (request: Request) => void;
}

/** Id of this request, as answered in `X-Request-Id` and in error bodies. */
export function requestIdOf(request: Request): string {
  return (request as Request & { agentkeysRequestId?: string }).agentkeysRequestId ?? "unknown";
}

/** An express app with request id, duration metric, JSON body limit and `/healthz`. Mount routes, then call {@link finishApp}. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("case sensitive routing", true);
  app.set("query parser", false);
  app.use(instrument(options.metrics));
  const { guard } = options;
  if (guard !== undefined)
    app.use((request, _response, next) => {
      guard(request);
      next();
    });
  app.get("/healthz", (_request, response) => void response.json({ ok: true }));
  app.use(express.json({ limit: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES, type: "application/json", strict: true }));
  return app;
}

function instrument(metrics: Metrics): RequestHandler {
  const duration = metrics.histogram("http_request_duration_seconds", "Duration of answered requests", ["route", "status"]);
  return (request, response, next) => {
    const requestId = randomUUID();
    (request as Request & { agentkeysRequestId?: string }).agentkeysRequestId = requestId;
    response.setHeader("X-Request-Id", requestId);
    const stop = duration.startTimer();
    response.once("finish", () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? "none";
      stop({ route, status: String(response.statusCode) });
    });
    next();
  };
}

/** Adds the 404 answer and the one error handler: coded faults in their wire shape, anything else logged once and `internal`. */
export function finishApp(app: Express, options: { log: Log }): void {
  app.use(() => {
    throw new AgentKeysError("not_found");
  });
  const onError: ErrorRequestHandler = (fault: unknown, request, response, next) => {
    if (response.headersSent) {
      next(fault);
      return;
    }
    const error = fromExpress(fault);
    const requestId = requestIdOf(request);
    const fields = { requestId, method: request.method, path: request.path, code: error.code, detail: error.detail, cause: error.cause };
    if (error.status >= 500) options.log.error("request failed", fields);
    else options.log.info("request refused", fields);
    response.status(error.status).json(errorBody(error, requestId));
  };
  app.use(onError);
}

/** express's own body faults become ours. */
function fromExpress(fault: unknown): AgentKeysError {
  const type = (fault as { type?: unknown } | null)?.type;
  if (type === "entity.too.large") return new AgentKeysError("payload_too_large");
  // The client went away: nobody's bug, and nobody is there to answer.
  if (type === "request.aborted") return new AgentKeysError("client_aborted");
  if (typeof type === "string" && (type.startsWith("entity.") || type.startsWith("encoding.") || type.startsWith("charset.")))
    return new AgentKeysError("invalid_input", { message: "The body is not valid JSON" });
  return toAgentKeysError(fault);
}
