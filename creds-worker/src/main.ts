/** Entry of the creds-worker; importing it does nothing. */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readWorkerConfig } from "./config.ts";
import { startWorker } from "./wire.ts";

/** Runs the worker until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readWorkerConfig, start: startWorker }, context);
}
