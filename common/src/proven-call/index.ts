/**
 * One call to broker or worker with a token and the proof of its session key (RFC 9449). Must not know what is asked for.
 */
import type { Clock } from "../clock/index.ts";
import { createProof } from "../dpop/index.ts";
import { AgentKeysError, CODES, type ErrorCode } from "../errors/index.ts";
import type { HttpClient } from "../http-client/index.ts";
import type { SigningKey } from "../jose/index.ts";

export interface ProvenCallDeps {
  http: HttpClient;
  clock: Clock;
  newId: () => string;
}

export interface ProvenCall {
  url: string;
  /** Delegation or cap, bound to the key. */
  token: string;
  headers?: Record<string, string>;
  body: object;
}

/** Posts and answers the body of a 200, whose members the caller checks. Throws the service's own reason, `upstream_unreachable` when it gives none that is known. */
export async function postProven<T extends object>(deps: ProvenCallDeps, key: SigningKey, of: ProvenCall): Promise<T> {
  const { http, clock, newId } = deps;
  const proven = { method: "POST", url: of.url, nowSeconds: clock.nowSeconds(), jti: newId(), accessToken: of.token };
  const headers = { authorization: `DPoP ${of.token}`, dpop: await createProof(key, proven), ...of.headers };
  const { status, body } = await http.json("POST", of.url, { headers, body: of.body });
  if (status === 200 && typeof body === "object" && body !== null) return body as T;
  const reason = (body as { reason?: unknown } | null)?.reason;
  const isKnown = typeof reason === "string" && Object.hasOwn(CODES, reason);
  throw new AgentKeysError(isKnown ? (reason as ErrorCode) : "upstream_unreachable", { detail: `${new URL(of.url).pathname}: ${status}` });
}
