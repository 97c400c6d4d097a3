/**
 * The person's own keys: a folder of mode 0700 with files of mode 0600. What is there is never overwritten. Must not know the chain.
 */
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, parseKey32 } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";

export type KeyName = "wallet" | "device";

export interface Home {
  dir: string;
  path(name: KeyName): string;
  /** Null when it was not created yet; a key others could read is refused. */
  read(name: KeyName): Secret | null;
  /** Writes a key that is not there yet, whole or not at all. */
  create(name: KeyName, key: Secret, temporaryName: string): void;
}

const OTHERS = 0o077;

const hasCode = (fault: unknown, code: string): boolean => (fault as { code?: string }).code === code;

function refuse(message: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("config_invalid", { message, cause });
}

/** `$XDG_CONFIG_HOME/agentkeys`, else `~/.config/agentkeys`. */
export function openHome(env: Readonly<Record<string, string | undefined>>): Home {
  const config = env["XDG_CONFIG_HOME"];
  const base = config !== undefined && isAbsolute(config) ? config : env["HOME"] === undefined ? undefined : join(env["HOME"], ".config");
  if (base === undefined) throw refuse("There is no place for keys: set HOME or XDG_CONFIG_HOME");
  const dir = join(base, "agentkeys");
  const path = (name: KeyName): string => join(dir, name);
  return {
    dir,
    path,
    read: (name) => readPrivate(path(name)),
    create: (name, key, temporaryName) => {
      ensurePrivateFolder(dir);
      createWhole(path(name), join(dir, `.${temporaryName}`), `${keyHex(key)}\n`, 0o600);
    },
  };
}

function ensurePrivateFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refuse(`${dir} cannot be made: set XDG_CONFIG_HOME to a folder you may write`, cause);
  }
  if ((statSync(dir).mode & OTHERS) !== 0) throw refuse(`${dir} is open to others: run chmod 700 ${dir}`);
}

function readPrivate(path: string): Secret | null {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) throw refuse(`${path} is open to others: run chmod 600 ${path}`);
    return parseKey32(readFileSync(path));
  } catch (fault) {
    if (hasCode(fault, "ENOENT")) return null;
    throw fault instanceof AgentKeysError ? fault : refuse(`${path} cannot be read`, fault);
  }
}

/** Makes a file that must not exist: either all of `text` is under `path` afterwards, or nothing new is. */
export function createWhole(path: string, temporary: string, content: string | Uint8Array, mode: number): void {
  try {
    writeDown(temporary, content, mode);
    // A link, unlike a rename, fails when the name is taken.
    linkSync(temporary, path);
  } catch (cause) {
    if (hasCode(cause, "EEXIST")) throw refuse(`${path} exists already and is never overwritten: move it away first`, cause);
    throw refuse(`${path} cannot be written`, cause);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Puts a file under `path` whole, whether there was one or not. */
export function replaceWhole(path: string, temporary: string, content: string | Uint8Array, mode: number): void {
  try {
    writeDown(temporary, content, mode);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw refuse(`${path} cannot be written`, cause);
  }
}

function writeDown(path: string, content: string | Uint8Array, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
