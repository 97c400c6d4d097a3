import { chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync, rmSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { Server } from "node:http";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Kernel } from "./kernel.ts";

export interface SocketDeps {
  path: string;
  uid: number;
  kernel: Pick<Kernel, "lock">;
}

/** A socket's place that is ours alone. */
export interface OwnSocket {
  /** Listens there, for nobody but the owner. */
  open: (server: Server) => Promise<void>;
  /** Gives the place up. */
  release: () => void;
}

/** Longest path that the kernel takes, with its final NUL (sockaddr_un). */
const MAX_PATH_BYTES = 107;

function refuse(message: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("socket_refused", { message, cause });
}

function checkFolder(folder: string, uid: number): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (stats.isSymbolicLink()) throw refuse(`${folder} is a symbolic link: give the folder itself`);
  if (!stats.isDirectory()) throw refuse(`${folder} is no folder`);
  if (stats.uid !== uid) throw refuse(`${folder} belongs to uid ${stats.uid}, not to ${uid}`);
  if ((stats.mode & 0o077) !== 0) throw refuse(`${folder} is open to others: run chmod 700 ${folder}`);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

/** Removes what a daemon left behind that was killed; everything else is refused. */
async function clear({ path, uid }: SocketDeps): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw refuse(`${path} is a symbolic link: remove it`);
  if (!stats.isSocket()) throw refuse(`${path} is no socket: move it away`);
  if (stats.uid !== uid) throw refuse(`${path} belongs to uid ${stats.uid}, not to ${uid}`);
  if (await isAnswered(path)) throw new AgentKeysError("daemon_running", { detail: path });
  unlinkSync(path);
}

/**
 * Takes a place for the socket in a folder of mode 0700. A lock beside it is held until the process ends, so that of two daemons that
 * start at once one gives way. Throws `socket_refused` for a link, a foreign owner or an open folder, `daemon_running` for a live one.
 */
export async function claimSocket(deps: SocketDeps): Promise<OwnSocket> {
  const { path, uid, kernel } = deps;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw refuse(`${path} is longer than ${MAX_PATH_BYTES} bytes: set XDG_RUNTIME_DIR to a shorter one`);
  checkFolder(dirname(path), uid);
  const lockPath = `${path}.lock`;
  let lock: number;
  try {
    lock = openSync(lockPath, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (cause) {
    throw refuse(`${lockPath} cannot be opened`, cause);
  }
  try {
    if (!kernel.lock(lock)) throw new AgentKeysError("daemon_running", { detail: path });
    await clear(deps);
  } catch (fault) {
    closeSync(lock);
    throw fault;
  }
  return {
    open: (server) =>
      new Promise<void>((resolve, reject) => {
        server.once("error", (cause) => reject(refuse(`${path} cannot be opened`, cause)));
        server.listen({ path }, () => {
          chmodSync(path, 0o600);
          resolve();
        });
      }),
    release: () => {
      rmSync(path, { force: true });
      closeSync(lock);
    },
  };
}
