import type { BatchAck, OutgoingBatch } from "@agentkeys/common/audit-trail";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import { refusal, type Enrolment } from "../enrol/index.ts";
import type { Session } from "../session/index.ts";

export interface SendDeps {
  client: HttpClient;
  session: Session;
  enrolment: Pick<Enrolment, "current">;
  brokerUrl: string;
}

/** One batch to the broker, proven like every call; answers what the broker stored. Throws its reason. */
export async function sendBatch(batch: OutgoingBatch, deps: SendDeps, signal: AbortSignal): Promise<BatchAck> {
  const { token } = deps.enrolment.current();
  const url = `${deps.brokerUrl}/v1/audit/append`;
  const { rows, ...head } = batch;
  const headers = { authorization: `DPoP ${token}`, dpop: deps.session.proof("POST", url, token) };
  const { status, body } = await deps.client.json("POST", url, { headers, lines: [JSON.stringify(head), ...rows].join("\n"), signal });
  const { stream, last, hash } = (body ?? {}) as Partial<Record<string, unknown>>;
  if (status !== 200) throw refusal(status, body);
  if (typeof stream !== "string" || typeof last !== "number" || typeof hash !== "string")
    throw new AgentKeysError("upstream_unreachable", { detail: "the broker acknowledged nothing" });
  return { stream, last, hash };
}
