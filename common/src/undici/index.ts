/**
 * The parts of undici we call with. Its index also loads fetch, WebSocket, caches and mocks, which a sidecar pays for in memory
 * and at every start. Must not know whom we call.
 */
import type * as whole from "undici";
// @ts-expect-error -- parts have no types of their own
import agent from "undici/lib/dispatcher/agent.js";
// @ts-expect-error -- see above
import dispatcher from "undici/lib/dispatcher/dispatcher.js";
// @ts-expect-error -- see above
import pool from "undici/lib/dispatcher/pool.js";
// @ts-expect-error -- see above
import request from "undici/lib/api/api-request.js";
// @ts-expect-error -- see above
import connect from "undici/lib/core/connect.js";

export type { Dispatcher } from "undici";
export type Agent = whole.Agent;
export type Pool = whole.Pool;
export type Connector = whole.buildConnector.connector;
export const Agent = agent as typeof whole.Agent;
export const Pool = pool as typeof whole.Pool;
export const buildConnector = connect as typeof whole.buildConnector;

// What undici's own index does for every method of its API.
Object.assign((dispatcher as typeof whole.Dispatcher).prototype, { request: request as unknown });
