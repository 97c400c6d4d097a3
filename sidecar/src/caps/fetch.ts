import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import { Secret } from "@agentkeys/common/secret";
import { refusal, type Enrolment } from "../enrol/index.ts";
import type { Session } from "../session/index.ts";

/** What a call of our own services takes. */
export interface CallDeps {
  client: HttpClient;
  session: Session;
}

export interface FetchDeps extends CallDeps {
  enrolment: Pick<Enrolment, "current">;
  brokerUrl: string;
  workerUrl: string;
}

/** What the worker sealed, opened and checked. */
export interface Fetched {
  secret: Secret;
  version: string;
  /** Unix seconds. */
  expiresAt: number;
}

const CAP = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const refuse = (detail: string): AgentKeysError => new AgentKeysError("unauthorized", { detail });

/**
 * A cap from the broker, then the sealed credential from the worker. A cap that a new key epoch overtook is minted once more.
 * Throws their reason, or `unauthorized` for a wrong answer.
 */
export function fetchCredential(service: string, deps: FetchDeps): Promise<Fetched> {
  return fetchOnce(service, deps).catch((fault: unknown) => {
    if (fault instanceof AgentKeysError && fault.code === "k3_epoch_mismatch") return fetchOnce(service, deps);
    throw fault;
  });
}

async function fetchOnce(service: string, deps: FetchDeps): Promise<Fetched> {
  const { token, message } = deps.enrolment.current();
  const { operatorOmni, actorOmni, deviceKeyHash } = message;
  const ask = { operator_omni: operatorOmni, actor_omni: actorOmni, service, device_key_hash: deviceKeyHash };
  const { cap } = await callService(deps, { url: `${deps.brokerUrl}/v1/cap/cred-fetch`, token, body: ask });
  if (typeof cap !== "string" || !CAP.test(cap)) throw refuse("the broker answered no cap");
  const url = `${deps.workerUrl}/credential/fetch`;
  const { sealed } = await callService(deps, { url, token: cap, body: {}, headers: { "agentkeys-delegation": token } });
  if (typeof sealed !== "string") throw refuse("the worker answered nothing sealed");
  return open(service, sealed, deps.session);
}

/** The plain text lives in this function alone: a string cannot be wiped, so nothing else may hold on to it. */
function open(service: string, sealed: string, session: Session): Fetched {
  const { service: named, credential, version, expires_at: expiresAt } = session.open(sealed);
  if (named !== service) throw refuse("the worker sealed another service");
  if (typeof credential !== "string" || credential === "") throw refuse("the worker sealed no credential");
  if (typeof version !== "string" || typeof expiresAt !== "number" || !Number.isSafeInteger(expiresAt))
    throw refuse("the worker sealed no version or end");
  return { secret: Secret.of(credential), version, expiresAt };
}

/** One call of a service of ours by this session. Throws the reason of a refusal. */
export async function callService(
  { client, session }: CallDeps,
  of: { url: string; token: string; body: object; headers?: Record<string, string> },
): Promise<Record<string, unknown>> {
  const headers = { authorization: `DPoP ${of.token}`, dpop: session.proof("POST", of.url, of.token), ...of.headers };
  const answer = await client.json("POST", of.url, { headers, body: of.body });
  if (answer.status !== 200 || typeof answer.body !== "object" || answer.body === null) throw refusal(answer.status, answer.body);
  return answer.body as Record<string, unknown>;
}
