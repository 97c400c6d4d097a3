import type { Readable } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Dispatcher } from "undici";
import type { Admission } from "./admission.ts";
import { Attempt } from "./attempt.ts";
import { BodyGate } from "./body-gate.ts";
import type { Call } from "./call.ts";
import { inject, type Injected } from "./inject.ts";
import type { PlaceholderCheck } from "./placeholder.ts";
import type { Credential, CredentialSource } from "./ports.ts";
import type { TunnelLimits } from "./tunnel.ts";
import type { Upstreams } from "./upstreams.ts";

export interface RelayDeps {
  credentials: CredentialSource;
  upstreams: Upstreams;
  placeholder: PlaceholderCheck;
  /** Stands where an answer's header echoes the key. */
  mask: string;
  /** New connections are no longer wanted from this client. */
  isDraining: () => boolean;
  tunnel: TunnelLimits;
  /** Longest time a body may stand still. */
  bodyIdleMs: number;
}

const IDEMPOTENT = new Set(["GET", "HEAD"]);

function openBody(call: Call, admission: Admission, deps: RelayDeps): Readable | null {
  if (!call.hasBody) return null;
  const gate = new BodyGate(deps.placeholder.bytes, admission.service.limits.bodyBytes);
  call.bytesIn = () => gate.bytes;
  if (call.request.headers.expect !== undefined) call.response.writeContinue();
  // Not a pipeline: a refused body must not take the connection down before the answer is out.
  call.request.on("error", () => gate.destroy());
  call.request.setTimeout(deps.bodyIdleMs, () => {
    call.fail(new AgentKeysError("request_timeout", { detail: "body" }));
  });
  call.request.on("end", () => call.request.setTimeout(0));
  call.request.pipe(gate);
  return gate;
}

interface Round {
  credential: Credential;
  injected: Injected;
  body: Readable | null;
  isFirst: boolean;
}

function dispatch(call: Call, admission: Admission, round: Round, deps: RelayDeps): void {
  const { service, target, headers } = admission;
  const { credential, injected, body } = round;
  call.credentialVersion = credential.version;
  const method = call.request.method as Dispatcher.HttpMethod;
  const retry = async (): Promise<boolean> => {
    const fresh = await deps.credentials.refetch(service.name, credential.version).catch(() => null);
    if (fresh === null || fresh.version === credential.version || call.isCancelled) return false;
    try {
      dispatch(call, admission, { credential: fresh, injected: inject(service, target, headers, fresh), body: null, isFirst: false }, deps);
      return true;
    } catch {
      return false;
    }
  };
  const attempt = new Attempt(call, injected, {
    mask: deps.mask,
    isDraining: deps.isDraining(),
    retry: round.isFirst && body === null && IDEMPOTENT.has(method) ? retry : null,
    tunnel: deps.tunnel,
  });
  const options = { path: injected.path, method, headers: injected.headers, body };
  deps.upstreams.poolFor(service).dispatch(call.isUpgrade ? { ...options, upgrade: "websocket" } : options, attempt);
}

/**
 * Sends an admitted call with its key and streams the answer; every fault ends the call. A key that cannot be sent is refused
 * before the body is asked for or a connection used. A 401 to GET or HEAD is tried once more if the key has changed meanwhile.
 */
export function relay(call: Call, admission: Admission, credential: Credential, deps: RelayDeps): void {
  const injected = inject(admission.service, admission.target, admission.headers, credential);
  const body = openBody(call, admission, deps);
  dispatch(call, admission, { credential, injected, body, isFirst: true }, deps);
}
