import type { CallerGuard, CallerIdentity, SocketPair } from "../caller/index.ts";
import { identifyOnce, peerPairOf } from "../caller/index.ts";
import type { Kernel } from "./kernel.ts";
import type { Processes } from "./processes.ts";

export interface TcpPeerDeps {
  kernel: Pick<Kernel, "tcpOwner">;
  processes: Pick<Processes, "binaryOf" | "holdersOf">;
  /** Whether a rule about this uid names an executable: only then is it searched for. */
  asksForBinary: (uid: number) => boolean;
}

/** The one executable that holds a socket open; null when there is none, or when two do: either may be the one that speaks. */
async function binaryOf(owner: { uid: number; inode: number }, { processes }: TcpPeerDeps): Promise<{ pid: number; path: string } | null> {
  const [first, ...more] = (await processes.holdersOf(owner)).map((pid) => ({ pid, path: processes.binaryOf(pid) }));
  if (first === undefined || first.path === null || more.some(({ path }) => path !== first.path)) return null;
  return { pid: first.pid, path: first.path };
}

async function processOf(pair: SocketPair, deps: TcpPeerDeps): Promise<CallerIdentity | null> {
  const owner = deps.kernel.tcpOwner(pair);
  if (owner === null) return null;
  const identity: CallerIdentity = { kind: "process", uid: owner.uid };
  if (!deps.asksForBinary(owner.uid)) return identity;
  const before = await binaryOf(owner, deps);
  // The same socket, held by the same program, after the look as before it: no pid was taken over in between.
  const after = before === null ? null : await binaryOf(owner, deps);
  const isSame = after !== null && after.path === before?.path && deps.kernel.tcpOwner(pair)?.inode === owner.inode;
  return isSame ? { ...identity, pid: after.pid, binaryPath: after.path } : identity;
}

/** Callers on loopback: whose socket is at the other end, asked of the kernel once a connection and only when a rule wants it. */
export function createTcpPeers(deps: TcpPeerDeps): CallerGuard {
  return {
    identify(socket) {
      const pair = peerPairOf(socket);
      return pair === null ? null : { identify: identifyOnce(() => processOf(pair, deps)) };
    },
  };
}
