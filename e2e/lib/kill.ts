/** Processes of this machine's pods, found and killed as an out-of-memory or a crash would: without warning. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** What a target's command line and environment hold. */
export interface Target {
  words: readonly string[];
  environment?: string;
}

const read = (path: string): string[] => {
  try {
    return readFileSync(path, "utf8").split("\0");
  } catch {
    return [];
  }
};

/** Process ids of a target, outside any shell that merely names it. */
export function processesOf({ words, environment }: Target): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const line = read(`/proc/${pid}/cmdline`);
      const isNamed = words.every((word) => line.includes(word));
      return isNamed && (environment === undefined || read(`/proc/${pid}/environ`).includes(environment));
    })
    .map(Number);
}

/** Kills every process of a target; answers how many there were. */
export function killAll(target: Target): number {
  const pids = processesOf(target);
  assert.ok(pids.length > 0, `no process of ${target.words.join(" ")} on this machine`);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  return pids.length;
}
