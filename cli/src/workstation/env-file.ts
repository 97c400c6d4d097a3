import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import { replaceWhole } from "@agentkeys/common/workstation";
import type { Machine } from "../machine.ts";

const SHELLS = ["bash", "zsh"] as const;

/** Text that a POSIX shell takes literally. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Files that shells read: those that are there, and the one of the person's own shell. */
function rcFiles(env: Machine["env"], home: string): string[] {
  const own = basename(env["SHELL"] ?? "");
  return SHELLS.filter((shell) => shell === own || existsSync(join(home, `.${shell}rc`))).map((shell) => join(home, `.${shell}rc`));
}

/** Adds a line to a file once. What else is in there, and whose link it is, is left alone. */
function addLine(path: string, line: string): void {
  try {
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    if (text.split("\n").includes(line)) return;
    appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`, { mode: 0o644 });
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${path} cannot be changed: add this line yourself: ${line}`, cause });
  }
}

/** Writes the variables, 0600 and whole, and has shells read them. Answers the files, the variables' own first. */
export function installEnv({ env, newId }: Pick<Machine, "env" | "newId">, path: string, text: string): string[] {
  replaceWhole(path, text, newId());
  const line = `[ -r ${quoted(path)} ] && . ${quoted(path)} # agentkeys`;
  const files = rcFiles(env, env["HOME"] ?? "");
  for (const file of files) addLine(file, line);
  return [path, ...files];
}
