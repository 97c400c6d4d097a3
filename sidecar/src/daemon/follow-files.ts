import { statSync } from "node:fs";
import type { Clock } from "@agentkeys/common/clock";

const LOOK_MS = 500;

/** Equal as long as nobody touched a file: what a rename puts in its place has another inode. */
function fingerprint(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
      return stats === undefined ? "none" : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(":");
    })
    .join("|");
}

/**
 * Calls back after each change of the files until the signal, once they have been still from one look to the next: a program that
 * writes in place shows half a file before the whole. Looks instead of watching: homes lie on file systems that do not tell.
 */
export async function followFiles(
  of: { paths: readonly string[]; clock: Clock; onChange: () => void },
  signal: AbortSignal,
): Promise<void> {
  let known = fingerprint(of.paths);
  let seen = known;
  while (!signal.aborted) {
    const now = fingerprint(of.paths);
    if (now !== known && now === seen) {
      known = now;
      of.onChange();
    }
    seen = now;
    await of.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}
