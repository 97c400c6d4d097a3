import type { Socket } from "node:net";
import type { CallerIdentity } from "./identity.ts";
import { findSocketUid, type SocketPair } from "./proc-net-tcp.ts";

/** A peer from outside the pod. */
export interface RemotePeer {
  /** Throws when it may not be heard, or no longer. Asked at each request before anything of it is looked at. */
  check(): void;
  /** Soon it may not: the connection is to end with this request, so that the peer comes again with newer proof. */
  isEnding(): boolean;
}

/** Who is at the other end of one connection. */
export interface Peer {
  /** Absent for a peer in the pod. One from outside may use only services that name it. */
  readonly remote?: RemotePeer;
  /**
   * Asked only when a service names its callers, or the peer is remote. `attestation` is what the request says of itself. Null when
   * nothing is known of the peer: it is refused.
   */
  identify(attestation?: string): Promise<CallerIdentity | null>;
}

export interface CallerGuard {
  /** Null when the peer is not on loopback: the connection is to be closed without an answer. */
  identify(socket: Socket): Peer | null;
}

export interface CallerGuardDeps {
  /** Text of a proc file such as `/proc/net/tcp`. */
  readProcFile: (path: string) => Promise<string>;
}

const LOOPBACK_V4 = /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

function isLoopback(address: string | undefined): address is string {
  return address !== undefined && (address === "::1" || LOOPBACK_V4.test(address));
}

/** Both ends of a loopback connection as the peer's own socket has them; null when an end is elsewhere. */
export function peerPairOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): SocketPair | null {
  if (!isLoopback(remoteAddress) || !isLoopback(localAddress) || remotePort === undefined || localPort === undefined) return null;
  // The peer's local end is our remote end.
  return { localAddress: remoteAddress, localPort: remotePort, remoteAddress: localAddress, remotePort: localPort };
}

/** Looks once; after a look that found nothing or failed, the next request looks again. */
export function identifyOnce(look: () => Promise<CallerIdentity | null>): () => Promise<CallerIdentity | null> {
  let lookup: Promise<CallerIdentity | null> | undefined;
  return async () => {
    const mine = (lookup ??= look());
    let identity: CallerIdentity | null = null;
    try {
      identity = await mine;
    } finally {
      if (identity === null && lookup === mine) lookup = undefined;
    }
    return identity;
  };
}

/** Loopback guard: both ends of a loopback connection are in one network namespace, so a loopback peer is in this pod. */
export function createCallerGuard(deps: CallerGuardDeps): CallerGuard {
  return {
    identify(socket) {
      const pair = peerPairOf(socket);
      return pair === null ? null : { identify: identifyOnce(() => processOf(deps, pair)) };
    },
  };
}

async function processOf(deps: CallerGuardDeps, pair: SocketPair): Promise<CallerIdentity | null> {
  const uid = await findSocketUid(deps.readProcFile, pair);
  return uid === null ? null : { kind: "process", uid };
}
