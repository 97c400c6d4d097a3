/**
 * HTTP edges of the control plane: express app, JSON bodies, TLS listeners, admin port. Must not know any route.
 * The sidecar's data path does not use this folder.
 */
export { createApp, finishApp, requestIdOf, type AppOptions } from "./app.ts";
export { watchReadiness, type Readiness, type ReadinessCheck } from "../http-admin/index.ts";
export { adminHandler, clientNames, adminServer, listen, type Listening, type ListenOptions } from "../http-admin/index.ts";
export { createHttpClient, type HttpAnswer, type HttpClient, type HttpClientOptions, type HttpRequest } from "../http-client/index.ts";
