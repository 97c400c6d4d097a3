import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { AgentKeysError } from "../errors/index.ts";

/** Puts a whole file in the place of what was there, for its owner alone. */
export function replaceWhole(path: string, text: string, temporaryName: string): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${temporaryName}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((statSync(folder).mode & 0o022) !== 0)
      throw new AgentKeysError("config_invalid", { message: `${folder} may be changed by others: run chmod 700 ${folder}` });
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    if (cause instanceof AgentKeysError) throw cause;
    throw new AgentKeysError("config_invalid", { message: `${path} cannot be written`, cause });
  } finally {
    rmSync(temporary, { force: true });
  }
}
