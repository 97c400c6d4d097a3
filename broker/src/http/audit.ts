import type { AuditStore } from "@agentkeys/common/audit-store";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import { clientNames } from "@agentkeys/common/http";
import { bareHex } from "@agentkeys/common/identity";
import express, { type Express, type Request, type RequestHandler } from "express";
import { Appender, type Appended } from "../audit/append.ts";
import { readSentBatch, type BatchSource, type SentBatch } from "../domain/audit-batch.ts";
import type { BrokerMetrics } from "../metrics.ts";
import { authenticate, type AuthenticateDeps } from "./authenticate.ts";
import type { DeviceCheck } from "./device-check.ts";

export interface AuditRoutesDeps extends AuthenticateDeps {
  checkDevice: DeviceCheck;
  metrics: BrokerMetrics;
  /** Null where no audit bucket is configured. */
  auditStore: AuditStore | null;
  /** URI name on the certificate of the creds-worker, whose rows are its own. */
  auditClient: string;
}

const MAX_BODY_BYTES = 524_288;

/** POST `/v1/audit/append` for sidecars, `/v1/audit/append-worker` for the creds-worker. Who asks is known before the body is read. */
export function mountAudit(app: Express, deps: AuditRoutesDeps): void {
  const appender = deps.auditStore === null ? null : new Appender({ store: deps.auditStore, clock: deps.clock });
  const mount = (path: string, sourceOf: (request: Request) => Promise<(batch: SentBatch) => BatchSource>): void => {
    app.post(path, async (request, response) => {
      try {
        const source = await sourceOf(request);
        if (appender === null) throw new AgentKeysError("audit_unavailable", { detail: "no audit bucket is configured" });
        const batch = readSentBatch(await readText(request, response));
        const appended: Appended = await appender.append(batch, source(batch));
        deps.metrics.auditBatches.inc({ code: "ok" });
        deps.metrics.auditRows.inc(batch.rows.length);
        response.json(appended);
      } catch (fault) {
        deps.metrics.auditBatches.inc({ code: toAgentKeysError(fault).code });
        throw fault;
      }
    });
  };
  mount("/v1/audit/append", async (request) => {
    const { delegation } = await authenticate(request, deps);
    const source = sourceOfDelegation(delegation, await deps.checkDevice(delegation));
    return () => source;
  });
  mount("/v1/audit/append-worker", (request) => {
    if (!clientNames(request.socket).includes(deps.auditClient))
      return Promise.reject(new AgentKeysError("unauthorized", { message: "Only the creds-worker may append these rows" }));
    return Promise.resolve(sourceOfWorker);
  });
}

function sourceOfDelegation(delegation: OpenedDelegation, isRevoked: boolean): BatchSource {
  const { namespace, pod, podUid } = delegation;
  const [operator, actor, device] = [delegation.operatorOmni, delegation.actorOmni, delegation.deviceKeyHash].map(bareHex);
  const source = { operator: operator ?? "", actor: actor ?? "", device: device ?? "", source: "sidecar" as const, namespace, pod, podUid };
  return isRevoked ? { ...source, isRevoked } : source;
}

/** The worker says itself which of its pods it is; nobody else can say it. */
function sourceOfWorker({ operator, rows }: SentBatch): BatchSource {
  if (operator === null) throw new AgentKeysError("invalid_input", { message: "The first line names no operator" });
  const { namespace, pod } = rows[0]?.fields ?? {};
  return { operator, actor: "", device: "", source: "creds-worker", namespace: String(namespace), pod: String(pod), podUid: "" };
}

const parseText: RequestHandler = express.text({ limit: MAX_BODY_BYTES, type: "application/x-ndjson" });

async function readText(request: Request, response: Parameters<RequestHandler>[1]): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    // express hands on what its body parser threw, as it would to the app's own error handler.
    parseText(request, response, (fault?: unknown) => (fault === undefined ? resolve() : reject(fault as Error)));
  });
  if (typeof request.body !== "string") throw new AgentKeysError("invalid_input", { message: "Send application/x-ndjson" });
  return request.body;
}
