/**
 * Who makes a call: a delegation in its authorization and the proof of the session key it names (RFC 9449). Must not know what is
 * asked for.
 */
import type { Clock } from "../clock/index.ts";
import type { OpenedDelegation } from "../delegation/index.ts";
import { thumbprintToHex } from "../delegation-token/index.ts";
import { verifyProof, type ReplayCache } from "../dpop/index.ts";
import { AgentKeysError } from "../errors/index.ts";

export interface DelegatedCall {
  authorization: string | undefined;
  /** The header `DPoP`, as it came. */
  proof: string | string[] | undefined;
  method: string;
  url: string;
}

export interface DelegatedCallDeps {
  clock: Clock;
  seen: ReplayCache;
  openDelegation: (token: string) => OpenedDelegation;
}

/** Delegation and session key of a call: 401 without a valid delegation, 403 `cap_pop_invalid` without its key. */
export async function authenticateCall(
  { authorization, proof, method, url }: DelegatedCall,
  { clock, seen, openDelegation }: DelegatedCallDeps,
): Promise<{ delegation: OpenedDelegation; jkt: string }> {
  const token = /^DPoP ([A-Za-z0-9_-]+)$/.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new AgentKeysError("unauthorized", { detail: "no DPoP authorization" });
  const delegation = openDelegation(token);
  const { jkt } = await verifyProof({ proof, method, url, accessToken: token, clock, seen });
  if (thumbprintToHex(jkt) !== delegation.sessionThumbprint) throw new AgentKeysError("cap_pop_invalid", { detail: "another session key" });
  return { delegation, jkt };
}
