import { closeSync, constants, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { AgentKeysError } from "../errors/index.ts";
import { keyHex, parseKey32 } from "../identity/index.ts";
import type { Secret } from "../secret/index.ts";
import { readGuarded } from "./guarded-file.ts";

function refuse(message: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("device_key_refused", { message, cause });
}

/** K10's folder: a folder of one's own that nobody else may enter. Null when it is not there. */
function checkFolder(path: string, uid: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (stats.isSymbolicLink()) throw refuse(`${path} is a symbolic link: put the folder itself there`);
  if (!stats.isDirectory()) throw refuse(`${path} is no folder`);
  if (stats.uid !== uid) throw refuse(`${path} belongs to uid ${stats.uid}, not to ${uid}`);
  if ((stats.mode & 0o077) !== 0) throw refuse(`${path} is open to others: run chmod 700 ${path}`);
  return true;
}

/**
 * The device key of this workstation, or null when none was made. Throws `device_key_refused` for a link, a file of somebody else or
 * open to others, and for one that holds no key: it is never made anew in its place.
 */
export function readDeviceKey(path: string, uid: number): Secret | null {
  if (!checkFolder(dirname(path), uid)) return null;
  const bytes = readGuarded(path, { uid, as: "private", code: "device_key_refused" });
  if (bytes === null) return null;
  try {
    return parseKey32(bytes);
  } catch (cause) {
    const message = `${path} holds no key (32 bytes or 64 hex digits): restore it from a backup, or move it away and register a new device`;
    throw refuse(message, cause);
  } finally {
    bytes.fill(0);
  }
}

/** Makes the key's file, whole or not at all; what is there is never overwritten. */
export function createDeviceKey(path: string, of: { uid: number; key: Secret; temporaryName: string }): void {
  const folder = dirname(path);
  if (!checkFolder(folder, of.uid)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    checkFolder(folder, of.uid);
  }
  const temporary = join(folder, `.${of.temporaryName}`);
  try {
    const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
    try {
      writeSync(file, `${keyHex(of.key)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // A link, unlike a rename, fails when the name is taken.
    linkSync(temporary, path);
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === "EEXIST";
    throw refuse(isTaken ? `${path} exists already and is never overwritten` : `${path} cannot be written`, cause);
  } finally {
    rmSync(temporary, { force: true });
  }
}
