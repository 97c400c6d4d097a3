import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { authenticateCall, type DelegatedCallDeps } from "@agentkeys/common/delegated-call";
import type { Request } from "express";

export interface AuthenticateDeps extends DelegatedCallDeps {
  publicUrl: string;
}

/** Delegation and proof of a request: 401 without a valid delegation, 403 `cap_pop_invalid` without its key. */
export function authenticate(request: Request, deps: AuthenticateDeps): Promise<{ delegation: OpenedDelegation; jkt: string }> {
  const { authorization, dpop: proof } = request.headers;
  return authenticateCall({ authorization, proof, method: request.method, url: `${deps.publicUrl}${request.path}` }, deps);
}
