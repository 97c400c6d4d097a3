import type { Clock } from "@agentkeys/common/clock";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { thumbprintToHex } from "@agentkeys/common/delegation-token";
import { verifyProof, type ReplayCache } from "@agentkeys/common/dpop";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Request } from "express";

export interface AuthenticateDeps {
  clock: Clock;
  seen: ReplayCache;
  publicUrl: string;
  openDelegation: (token: string) => OpenedDelegation;
}

/** Delegation and proof of a request: 401 without a valid delegation, 403 `cap_pop_invalid` without its key. */
export async function authenticate(request: Request, deps: AuthenticateDeps): Promise<{ delegation: OpenedDelegation; jkt: string }> {
  const token = /^DPoP ([A-Za-z0-9_-]+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw new AgentKeysError("unauthorized", { detail: "no DPoP authorization" });
  const delegation = deps.openDelegation(token);
  const { jkt } = await verifyProof({
    proof: request.headers["dpop"],
    method: request.method,
    url: `${deps.publicUrl}${request.path}`,
    accessToken: token,
    clock: deps.clock,
    seen: deps.seen,
  });
  if (thumbprintToHex(jkt) !== delegation.sessionThumbprint) throw new AgentKeysError("cap_pop_invalid", { detail: "another session key" });
  return { delegation, jkt };
}
