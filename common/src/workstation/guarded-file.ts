import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { AgentKeysError, type ErrorCode } from "../errors/index.ts";

const MAX_BYTES = 1_048_576;

export interface Guarded {
  /** Whose file it must be. */
  uid: number;
  /** `private`: nobody else may read it, and no link leads to it. `trusted`: nobody else may change it; root's counts too. */
  as: "private" | "trusted";
  /** Code of a refusal. */
  code: ErrorCode;
}

function complaint({ uid, mode, size }: Stats & { isFile(): boolean }, isFile: boolean, of: Guarded): string | null {
  if (!isFile) return "is no regular file";
  if (size > MAX_BYTES) return `is larger than ${MAX_BYTES} bytes`;
  if (uid !== of.uid && !(of.as === "trusted" && uid === 0)) return `belongs to uid ${uid}, not to ${of.uid}`;
  if (of.as === "private" && (mode & 0o077) !== 0) return "is open to others: run chmod 600 on it";
  if ((mode & 0o022) !== 0) return "may be changed by others: run chmod go-w on it";
  return null;
}

/**
 * Reads a file whose owner and mode are checked on the open file itself, so that it cannot be swapped in between. Null when there
 * is none; refused with `of.code` otherwise.
 */
export function readGuarded(path: string, of: Guarded): Buffer | null {
  const refuse = (why: string, cause?: unknown): AgentKeysError => new AgentKeysError(of.code, { message: `${path} ${why}`, cause });
  // A FIFO in its place must not hold us up.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (of.as === "private" ? constants.O_NOFOLLOW : 0);
  let file: number;
  try {
    file = openSync(path, flags);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw refuse(code === "ELOOP" ? "is a symbolic link: put the file itself there" : "cannot be read", cause);
  }
  try {
    const stats = fstatSync(file);
    const why = complaint(stats, stats.isFile(), of);
    if (why !== null) throw refuse(why);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}
