import type { Socket } from "node:net";
import { TLSSocket, type DetailedPeerCertificate } from "node:tls";
import { X509Certificate } from "node:crypto";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { CallerGuard, CallerIdentity, Peer } from "../caller/index.ts";
import type { PolicySource } from "../proxy/index.ts";
import type { FailureLimit } from "../quota/index.ts";
import { verifyAttestation, type Attested } from "./attestation.ts";
import type { OwnIdentity } from "./own-identity.ts";
import { chainEndMs, readSvid, type Svid } from "./svid.ts";

export interface WorkloadGuardDeps {
  clock: Clock;
  own: OwnIdentity;
  policy: Pick<PolicySource, "current">;
  /** Counts connections that bring no good SVID. */
  refusals: FailureLimit;
  /** Told of each connection: `accepted` or the code of its refusal. */
  onConnection: (outcome: string) => void;
}

/** All connections that are refused share one account: who they are is not known. */
const STRANGERS = "workload";
/** In the last part of its life, at most this much, an SVID gets no second request on a connection. */
const MAX_ENDING_MS = 300_000;
const ENDING_PART = 4;
const MAX_CHAIN = 8;

/**
 * The peer's chain as OpenSSL built it, leaf first; its end is an authority of ours when the chain is authorized. Node's newer
 * `getPeerX509Certificate` knows only what the peer sent, which leaves the authority out.
 */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let one: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined && chain.length < MAX_CHAIN) {
    chain.push(new X509Certificate(one.raw));
    one = one.issuerCertificate === one ? undefined : one.issuerCertificate;
  }
  return chain;
}

/** A client whose certificate was good when it connected. */
class WorkloadPeer implements Peer {
  readonly #deps: WorkloadGuardDeps;
  readonly #svid: Svid;
  readonly #anchor: X509Certificate;
  readonly #endMs: number;
  /** The token that was verified last, and under which policy. */
  #token = "";
  #attested: Attested | null = null;
  #policy: unknown = null;

  constructor(deps: WorkloadGuardDeps, chain: readonly X509Certificate[]) {
    const [leaf] = chain;
    const anchor = chain.at(-1);
    if (leaf === undefined || anchor === undefined) throw new AgentKeysError("svid_missing");
    this.#deps = deps;
    this.#svid = readSvid(leaf);
    this.#anchor = anchor;
    this.#endMs = chainEndMs(chain);
  }

  readonly remote = {
    check: (): void => {
      const { own, clock } = this.#deps;
      const nowMs = clock.nowMs();
      if (own.current() === null) throw new AgentKeysError("workload_identity_missing");
      if (this.#endMs <= nowMs || this.#svid.notBeforeMs > nowMs) throw new AgentKeysError("svid_expired");
      // Asked again at each request: an authority that was taken out of the bundle vouches for nobody any more.
      if (!own.isAnchor(this.#anchor, this.#svid.id.trustDomain)) throw new AgentKeysError("trust_domain_refused");
    },
    isEnding: (): boolean => {
      const margin = Math.min((this.#endMs - this.#svid.notBeforeMs) / ENDING_PART, MAX_ENDING_MS);
      return this.#deps.clock.nowMs() >= this.#endMs - margin;
    },
  };

  identify(attestation?: string): Promise<CallerIdentity> {
    const { id, publicKeySha256 } = this.#svid;
    const known = { kind: "workload" as const, spiffeId: id.text, publicKeySha256: publicKeySha256.toString("hex") };
    const policy = this.#deps.policy.current()?.attestation ?? null;
    if (attestation === undefined || policy === null) return Promise.resolve(known);
    return Promise.resolve({ ...known, measurement: this.#measurement(attestation, policy) });
  }

  #measurement(token: string, policy: Parameters<typeof verifyAttestation>[1]["policy"]): string {
    const { clock } = this.#deps;
    const isKnown = this.#attested !== null && this.#token === token && this.#policy === policy;
    if (isKnown && this.#attested !== null && this.#attested.expiresAtMs > clock.nowMs()) return this.#attested.measurement;
    const { publicKeySha256 } = this.#svid;
    this.#attested = verifyAttestation(token, { policy, publicKeySha256, nowSeconds: clock.nowSeconds() });
    this.#token = token;
    this.#policy = policy;
    return this.#attested.measurement;
  }
}

/** A client that is heard only to be told why it is refused. */
function refusedPeer(fault: AgentKeysError): Peer {
  const check = (): never => {
    throw fault;
  };
  return { remote: { check, isEnding: () => true }, identify: () => Promise.resolve(null) };
}

/** OpenSSL's verdict in our words. */
function verdictOf(socket: TLSSocket, chain: readonly X509Certificate[], nowMs: number): AgentKeysError | null {
  const [leaf] = chain;
  if (leaf === undefined) return new AgentKeysError("svid_missing");
  if (socket.authorized) return null;
  const detail = String(socket.authorizationError);
  readSvid(leaf);
  if (leaf.validToDate.getTime() <= nowMs || leaf.validFromDate.getTime() > nowMs) return new AgentKeysError("svid_expired", { detail });
  return new AgentKeysError(detail.includes("PURPOSE") ? "svid_malformed" : "trust_domain_refused", { detail });
}

/**
 * Who is at the other end of an mTLS connection. The chain was verified by OpenSSL during the handshake; here it is decided what its
 * leaf says. A refused client is told why at its first request, up to a number each minute: then it is cut off without an answer.
 */
export function createWorkloadGuard(deps: WorkloadGuardDeps): CallerGuard {
  const judge = (socket: TLSSocket): Peer => {
    const chain = chainOf(socket);
    const fault = verdictOf(socket, chain, deps.clock.nowMs());
    if (fault !== null) throw fault;
    // A session that was taken up again was not verified again.
    if (socket.isSessionReused()) throw new AgentKeysError("trust_domain_refused", { detail: "resumed session" });
    const peer = new WorkloadPeer(deps, chain);
    peer.remote.check();
    return peer;
  };
  return {
    identify(socket: Socket) {
      if (!(socket instanceof TLSSocket)) return null;
      try {
        const peer = judge(socket);
        deps.onConnection("accepted");
        return peer;
      } catch (cause) {
        const fault = toAgentKeysError(cause, "svid_malformed");
        deps.onConnection(fault.code);
        if (deps.refusals.waitMs(STRANGERS) > 0) return null;
        deps.refusals.count(STRANGERS);
        return refusedPeer(fault);
      }
    },
  };
}
