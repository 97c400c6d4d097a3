import type { Socket } from "node:net";
import { findSocketUid, type SocketPair } from "./proc-net-tcp.ts";

/** One connection's caller. `uid()` is looked up at most once per connection; null when the kernel does not list the socket. */
export interface Caller {
  uid(): Promise<number | null>;
}

export interface CallerGuard {
  /** Null when the peer is not on loopback: the connection is to be closed without an answer. */
  identify(socket: Socket): Caller | null;
}

export interface CallerGuardDeps {
  /** Text of a proc file such as `/proc/net/tcp`. */
  readProcFile: (path: string) => Promise<string>;
}

const LOOPBACK_V4 = /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

function isLoopback(address: string | undefined): address is string {
  return address !== undefined && (address === "::1" || LOOPBACK_V4.test(address));
}

/** Loopback guard: both ends of a loopback connection are in one network namespace, so a loopback peer is in this pod. */
export function createCallerGuard(deps: CallerGuardDeps): CallerGuard {
  return {
    identify(socket) {
      const { remoteAddress, remotePort, localAddress, localPort } = socket;
      if (!isLoopback(remoteAddress) || !isLoopback(localAddress) || remotePort === undefined || localPort === undefined) return null;
      // The peer's own socket has the ends swapped: its local end is our remote end.
      const pair: SocketPair = { localAddress: remoteAddress, localPort: remotePort, remoteAddress: localAddress, remotePort: localPort };
      let lookup: Promise<number | null> | undefined;
      return {
        uid: () => (lookup ??= findSocketUid(deps.readProcFile, pair)),
      };
    },
  };
}
