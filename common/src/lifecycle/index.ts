/**
 * Life of a process: read configuration, start, wait for the signal, drain. Must not know what is started.
 */
import { wantsPrintConfig } from "../config/index.ts";
import { AgentKeysError } from "../errors/index.ts";

/** What `image/` hands every service; the only view of the process a service gets. */
export interface ProcessContext {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGTERM or SIGINT. */
  signal: AbortSignal;
  /** Standard output and error, for people-facing commands. */
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** How this program is started again: Node, its script and the words that led here. */
  command?: readonly string[];
  /** Gives SIGINT, SIGTERM and SIGHUP to `handler` instead of ending the process; answers what gives them back. */
  takeSignals?: (handler: (signal: NodeJS.Signals) => void) => () => void;
}

/** A running service; `stop` drains and releases everything. */
export interface Running {
  stop(): Promise<void>;
}

export interface ServiceDefinition<C extends object> {
  readConfig: (context: ProcessContext) => Readonly<C>;
  start: (config: Readonly<C>, context: ProcessContext) => Promise<Running>;
}

/** Runs a service to its end. Exit codes: 0 drained, 1 failed to start, 2 invalid configuration. */
export async function runService<C extends object>(definition: ServiceDefinition<C>, context: ProcessContext): Promise<number> {
  try {
    const config = definition.readConfig(context);
    if (wantsPrintConfig(context.argv)) {
      context.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
      return 0;
    }
    const running = await definition.start(config, context);
    await aborted(context.signal);
    await running.stop();
    return 0;
  } catch (fault) {
    const isOurs = fault instanceof AgentKeysError && fault.code !== "internal";
    context.stderr.write(`${fault instanceof Error ? (isOurs ? fault.message : (fault.stack ?? fault.message)) : String(fault)}\n`);
    return isOurs && fault.code === "config_invalid" ? 2 : 1;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
