import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { AgentKeysError } from "@agentkeys/common/errors";
import { parseKey32 } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { decryptKeystoreJson, isKeystoreJson } from "ethers";

const OTHERS = 0o077;
const MAX_FILE_BYTES = 65_536;

function refuse(message: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("config_invalid", { message, cause });
}

/** A file that only its owner may read; the one that was looked at is the one that is read. Throws `config_invalid`. */
export function readPrivateFile(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw refuse(`${path} cannot be read: check the path, and whose file it is`, cause);
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & OTHERS) !== 0) throw refuse(`${path} is open to others: run chmod 600 ${path}`);
    if (size > MAX_FILE_BYTES) throw refuse(`${path} is too large to be a key`);
    return readFileSync(file);
  } catch (cause) {
    throw cause instanceof AgentKeysError ? cause : refuse(`${path} cannot be read`, cause);
  } finally {
    closeSync(file);
  }
}

/** A plain key file: 32 raw bytes, or their hex. Throws `config_invalid`. */
export function readKeyFile(path: string): Secret {
  return parseNamed(path, readPrivateFile(path));
}

function parseNamed(path: string, bytes: Uint8Array): Secret {
  try {
    return parseKey32(bytes);
  } catch (fault) {
    if (fault instanceof AgentKeysError) throw refuse(`${path}: ${fault.publicMessage}`, fault);
    throw fault;
  }
}

/**
 * The key of a wallet file: a plain key file, or a keystore (Web3 Secret Storage, version 3) that `password` opens. The password is
 * asked for only when there is a keystore. Throws `config_invalid`.
 */
export async function readWalletFile(path: string, password: () => Promise<Secret>): Promise<Secret> {
  const bytes = readPrivateFile(path);
  const text = bytes.toString("utf8");
  if (!isKeystoreJson(text)) return parseNamed(path, bytes);
  const opened = await password();
  try {
    const { privateKey } = await decryptKeystoreJson(text, Uint8Array.from(opened.revealBytes()));
    return Secret.of(Buffer.from(privateKey.slice(2), "hex"));
  } catch (cause) {
    const isPassword = (cause as { argument?: string }).argument === "password";
    throw refuse(isPassword ? `The password does not open ${path}` : `${path} is no keystore that can be opened`, cause);
  } finally {
    opened.wipe();
  }
}

/** The password of a file: its text without one final newline. */
export function readPasswordFile(path: string): Secret {
  return Secret.of(
    readPrivateFile(path)
      .toString("utf8")
      .replace(/\r?\n$/, ""),
  );
}
