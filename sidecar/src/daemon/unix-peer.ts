import type { Socket } from "node:net";
import type { CallerGuard, CallerIdentity } from "../caller/index.ts";
import type { Kernel } from "./kernel.ts";
import type { Processes } from "./processes.ts";

export interface UnixPeerDeps {
  kernel: Pick<Kernel, "peerCredentials" | "peerPidfd" | "close">;
  processes: Pick<Processes, "binaryOf" | "startOf" | "pidOf">;
}

/** Node shows a socket's descriptor nowhere else; -1 once it is closed. */
function descriptorOf(socket: Socket): number | null {
  const { fd } = (socket as unknown as { _handle?: { fd?: number } | null })._handle ?? {};
  return fd === undefined || fd < 0 ? null : fd;
}

/**
 * Executable of the process that connected. A pid is taken only while it is the same process: its pidfd is alive after the look, or,
 * on an older kernel, it was started at the same time before and after.
 */
function binaryOf(socket: number, pid: number, { kernel, processes }: UnixPeerDeps): string | null {
  const pidfd = kernel.peerPidfd(socket);
  if (pidfd === "gone") return null;
  if (pidfd === null) {
    const startedAt = processes.startOf(pid);
    const binary = processes.binaryOf(pid);
    return startedAt !== null && processes.startOf(pid) === startedAt ? binary : null;
  }
  try {
    const binary = processes.binaryOf(pid);
    return processes.pidOf(pidfd) === pid ? binary : null;
  } finally {
    kernel.close(pidfd);
  }
}

/**
 * Callers on the Unix socket: the kernel keeps who connected. Looked up when the connection is accepted, so that as little time as can
 * be has passed since.
 */
export function createUnixPeers(deps: UnixPeerDeps): CallerGuard {
  return {
    identify(socket) {
      const descriptor = descriptorOf(socket);
      const credentials = descriptor === null ? null : deps.kernel.peerCredentials(descriptor);
      if (descriptor === null || credentials === null) return null;
      const { uid, pid } = credentials;
      // 0: a process that this one's pid namespace does not show.
      const binaryPath = pid > 0 ? binaryOf(descriptor, pid, deps) : null;
      const identity: CallerIdentity = { kind: "process", uid, pid, ...(binaryPath === null ? {} : { binaryPath }) };
      return { identify: () => Promise.resolve(identity) };
    },
  };
}
