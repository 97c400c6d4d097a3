/**
 * What Node does not ask the kernel: who is at the other end of a socket. The only file that calls native code; it is loaded by the
 * daemon alone, so that the sidecar of a pod holds none. Every call answers at once.
 */
import { AgentKeysError } from "@agentkeys/common/errors";
import type { SocketPair } from "../caller/index.ts";
import { diagRequest, readDiagAnswer, type TcpOwner } from "./sock-diag.ts";

export type { TcpOwner } from "./sock-diag.ts";

export interface Kernel {
  /** SO_PEERCRED: pid and uid of who connected. Null when it is no Unix socket. */
  peerCredentials(socket: number): { pid: number; uid: number } | null;
  /**
   * SO_PEERPIDFD: a descriptor of the very process that connected, to be closed by the caller. `gone`: it has ended. Null: a kernel
   * older than 6.5.
   */
  peerPidfd(socket: number): number | "gone" | null;
  /** sock_diag: owner and inode of the established TCP socket with these ends. Null when there is none. */
  tcpOwner(pair: SocketPair): TcpOwner | null;
  /** flock: whether the lock was taken; it is held as long as the file is open. */
  lock(file: number): boolean;
  close(descriptor: number): void;
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERPIDFD = 77;
const ENOPROTOOPT = 92;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const MSG_DONTWAIT = 0x40;
const LOCK_EX_NB = 2 | 4;
const ANSWER_BYTES = 8192;

interface Libc {
  getsockopt: (socket: number, level: number, name: number, value: Buffer, length: [number]) => number;
  socket: (domain: number, type: number, protocol: number) => number;
  send: (socket: number, data: Buffer, length: number, flags: number) => number;
  recv: (socket: number, data: Buffer, length: number, flags: number) => number;
  flock: (file: number, operation: number) => number;
  close: (descriptor: number) => number;
  errno: () => number;
}

async function loadLibc(): Promise<Libc> {
  try {
    const { default: koffi } = await import("koffi");
    const libc = koffi.load("libc.so.6");
    return {
      getsockopt: libc.func("int getsockopt(int, int, int, _Out_ void *, _Inout_ uint32_t *)") as unknown as Libc["getsockopt"],
      socket: libc.func("int socket(int, int, int)") as unknown as Libc["socket"],
      send: libc.func("long send(int, const void *, size_t, int)") as unknown as Libc["send"],
      recv: libc.func("long recv(int, _Out_ void *, size_t, int)") as unknown as Libc["recv"],
      flock: libc.func("int flock(int, int)") as unknown as Libc["flock"],
      close: libc.func("int close(int)") as unknown as Libc["close"],
      errno: () => koffi.errno(),
    };
  } catch (cause) {
    throw new AgentKeysError("native_unavailable", { cause });
  }
}

/** Opens the kernel's door; throws `native_unavailable` where there is no libc for it. */
export async function openKernel(): Promise<Kernel> {
  const libc = await loadLibc();
  const option = (socket: number, name: number, value: Buffer): boolean =>
    libc.getsockopt(socket, SOL_SOCKET, name, value, [value.length]) === 0;
  return {
    peerCredentials(socket) {
      const value = Buffer.alloc(12);
      if (!option(socket, SO_PEERCRED, value)) return null;
      return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4) };
    },
    peerPidfd(socket) {
      const value = Buffer.alloc(4);
      if (option(socket, SO_PEERPIDFD, value)) return value.readInt32LE(0);
      return libc.errno() === ENOPROTOOPT ? null : "gone";
    },
    tcpOwner(pair) {
      const netlink = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
      if (netlink < 0) return null;
      try {
        const request = diagRequest(pair);
        if (libc.send(netlink, request, request.length, 0) !== request.length) return null;
        const answer = Buffer.alloc(ANSWER_BYTES);
        // The kernel has answered by the time that send returns.
        const length = libc.recv(netlink, answer, answer.length, MSG_DONTWAIT);
        return length <= 0 ? null : readDiagAnswer(answer.subarray(0, length), pair);
      } finally {
        libc.close(netlink);
      }
    },
    lock: (file) => libc.flock(file, LOCK_EX_NB) === 0,
    close: (descriptor) => void libc.close(descriptor),
  };
}
