import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { spellingsOf, type Spellings } from "../scrub/index.ts";
import type { Admission } from "./admission.ts";
import { Attempt } from "./attempt.ts";
import { openBody } from "./body.ts";
import type { Call } from "./call.ts";
import type { Drains } from "./drains.ts";
import { inject, type Injected } from "./inject.ts";
import type { Outgoing } from "./metering.ts";
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
  drains: Drains;
  /** Forms of the keys in use; they take longer to make than a call. */
  spellings: WeakMap<Credential, Spellings>;
  /** Longest time a body may stand still. */
  bodyIdleMs: number;
}

const IDEMPOTENT = new Set(["GET", "HEAD"]);

interface Round {
  credential: Credential;
  injected: Injected;
  body: Readable | Buffer | null;
  isFirst: boolean;
}

function spellingsFor(credential: Credential, injected: Injected, { spellings }: RelayDeps): Spellings {
  let known = spellings.get(credential);
  if (known === undefined) spellings.set(credential, (known = spellingsOf(credential.secret.reveal(), injected.spellings)));
  return known;
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
  const attempt = new Attempt(call, spellingsFor(credential, injected, deps), {
    mask: deps.mask,
    isDraining: deps.isDraining(),
    retry: round.isFirst && body === null && IDEMPOTENT.has(method) ? retry : null,
    tunnel: deps.tunnel,
    drains: deps.drains,
  });
  const options = { path: injected.path, method, headers: injected.headers, body };
  deps.upstreams.poolFor(service).dispatch(call.isUpgrade ? { ...options, upgrade: "websocket" } : options, attempt);
}

/**
 * Sends an admitted call with its key and streams the answer; every fault ends the call. `outgoing` replaces the agent's headers and
 * body, which it has read. A key that cannot be sent is refused
 * before the body is asked for or a connection used. A 401 to GET or HEAD is tried once more if the key has changed meanwhile.
 */
export function relay(call: Call, admission: Admission, credential: Credential, deps: RelayDeps, outgoing: Outgoing | null): void {
  const injected = inject(admission.service, admission.target, outgoing?.headers ?? admission.headers, credential);
  const { placeholder, bodyIdleMs: idleMs } = deps;
  const body = outgoing === null ? openBody(call, { placeholder, maxBytes: admission.service.limits.bodyBytes, idleMs }) : outgoing.body;
  dispatch(call, admission, { credential, injected, body, isFirst: true }, deps);
}
