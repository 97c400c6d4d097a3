/** Services of ours as processes: the bundle that an image holds, started again as often as it is killed. */
import { build } from "esbuild";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { bundleOptions } from "../../hack/bundle-options.ts";

const PATIENCE_MS = 30_000;
const STEP_MS = 20;
const IS_UP = /"message":"[a-z]+ is (listening|running)"/;

/** Bundles every service into a folder; answers the entry. A bundle starts in a third of the time that its sources take. */
export async function bundleServices(folder: string): Promise<string> {
  await build({ ...bundleOptions, outdir: folder });
  return join(folder, "main.js");
}

/** Waits for real processes. */
export async function eventually(what: () => boolean | Promise<boolean>, tell: () => string = () => what.toString()): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await what())) {
    if (performance.now() > end) throw new TypeError(`this never came true: ${tell()}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

export class Program {
  readonly #command: readonly string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #log = "";
  #port = 0;

  /** `entry` is what {@link bundleServices} answered. */
  constructor(entry: string, name: string, env: Record<string, string>) {
    this.#command = ["--disable-warning=ExperimentalWarning", entry, name];
    this.#env = env;
  }

  /** Everything it wrote since it was made, over all its lives. */
  get log(): string {
    return this.#log;
  }

  /** Where it said that it listens. */
  get port(): number {
    return this.#port;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it; resolves once it says that it is up. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#command, {
      env: { PATH: process.env["PATH"], ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const from = this.#log.length;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.#log += chunk.toString("utf8")));
    const tell = (): string => `${this.#command.join(" ")}: ${this.#log.slice(from)}`;
    await eventually(() => {
      if (!this.isRunning) throw new TypeError(`it ended: ${tell()}`);
      return IS_UP.test(this.#log.slice(from));
    }, tell);
    const line = this.#log
      .slice(from)
      .split("\n")
      .find((text) => IS_UP.test(text));
    this.#port = (JSON.parse(line ?? "{}") as { port?: number }).port ?? 0;
  }

  /** Ends it with a signal and waits until it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    const isRunning = this.isRunning;
    this.#child = null;
    if (child === null || !isRunning) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
