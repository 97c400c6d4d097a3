/** Programs under measurement, each on the one core they may use; the load and everything behind them has the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

/** The core of what is measured, and the core of load, upstream and chain. */
export const MEASURED_CORE = "0";
export const LOAD_CORE = "1";

/** What the image's entry point gives Node; peers that are not ours run without. */
export const IMAGE_FLAGS = ["--no-maglev"];

export interface Running {
  pid: number;
  port: number;
  /** Milliseconds from the start of the process to its first line. */
  startMs: number;
  stop(): Promise<void>;
}

/** A free port of loopback. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ends a child and waits for its exit. */
export async function stopChild(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode !== null) return;
  child.kill("SIGKILL");
  await exited;
}

/** Starts `node` on a core; ready when a line of its output matches `ready`, whose first group is the port. */
export async function startNode(core: string, args: readonly string[], ready: RegExp, env: Record<string, string> = {}): Promise<Running> {
  const begun = performance.now();
  const child = spawn("taskset", ["-c", core, process.execPath, "--disable-warning=ExperimentalWarning", ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = "";
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = ready.exec(text);
      if (found === null) return;
      // What it writes from now on is read and thrown away, as cheaply as it goes.
      child.stdout.off("data", look).resume();
      resolve(Number(found[1] ?? found[2]));
    };
    child.stdout.on("data", look);
    child.once("exit", (code) => reject(new Error(`${args[0] ?? ""} ended with ${code ?? "a signal"} before it was ready`)));
  });
  const startMs = performance.now() - begun;
  // taskset becomes node by exec, so the process id is node's.
  return { pid: child.pid ?? 0, port, startMs, stop: () => stopChild(child) };
}

/** Resident memory of a process in MiB; `own` is the part that it shares with no other process of the same program. */
export function memoryOf(pid: number): { resident: number; own: number } {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? Number.NaN) / 1024;
  return { resident: of("VmRSS"), own: of("RssAnon") };
}

const TICKS_A_SECOND = 100;

/** Processor time that a process has used so far, in microseconds. */
export function processorTimeOf(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return (((user ?? 0) + (system ?? 0)) * 1_000_000) / TICKS_A_SECOND;
}
