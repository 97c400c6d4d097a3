/** Programs under measurement, each on the one core they may use; the load and everything behind them has the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

/** The core of what is measured, and the core of load, upstream and chain. */
export const MEASURED_CORE = "0";
export const LOAD_CORE = "1";

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

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? Number.NaN) / 1024;
}
