/** Processes as /proc shows them. Knows no socket of ours and no rule. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

export interface Processes {
  /**
   * Path of a process's executable; null when it cannot be read, or when the file at that path is another one: the program was
   * replaced, or runs where another file system hides ours.
   */
  binaryOf(pid: number): string | null;
  /** When it was started, in ticks since boot; null when there is no such process. */
  startOf(pid: number): string | null;
  /** The process a pidfd stands for; null when it has ended. */
  pidOf(pidfd: number): number | null;
  /** Processes of a uid that hold a socket open, by its inode. */
  holdersOf(of: { uid: number; inode: number }): Promise<number[]>;
}

/** Between two rounds of this many processes others get their turn. */
const ROUND = 32;

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function holds(pid: string, link: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return (attempt(() => readdirSync(folder)) ?? []).some((name) => attempt(() => readlinkSync(`${folder}/${name}`)) === link);
}

/** The machine's own. */
export function openProcesses(): Processes {
  return {
    binaryOf: (pid) =>
      attempt(() => {
        const running = statSync(`/proc/${pid}/exe`, { bigint: true });
        const path = readlinkSync(`/proc/${pid}/exe`);
        const there = statSync(path, { bigint: true });
        return running.dev === there.dev && running.ino === there.ino ? path : null;
      }),
    startOf: (pid) =>
      attempt(() => {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The name in brackets may hold anything, brackets too.
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
      }),
    pidOf: (pidfd) =>
      attempt(() => {
        const [, pid] = /^Pid:\s*(-?\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd}`, "utf8")) ?? [];
        return pid === undefined || Number(pid) <= 0 ? null : Number(pid);
      }),
    holdersOf: async ({ uid, inode }) => {
      const found: number[] = [];
      const pids = (attempt(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
      for (const [index, pid] of pids.entries()) {
        if (index % ROUND === ROUND - 1) await new Promise((resolve) => setImmediate(resolve));
        if (attempt(() => statSync(`/proc/${pid}`).uid) === uid && holds(pid, `socket:[${inode}]`)) found.push(Number(pid));
      }
      return found;
    },
  };
}
