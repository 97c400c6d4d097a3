/**
 * Entry of the auditor: makes trees of what the broker stored and appends their roots on chain with a wallet of its own. It reads no
 * credential and cannot change a row. Importing this does nothing.
 */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readAuditorConfig } from "./config.ts";
import { startAuditor } from "./wire.ts";

/** Runs the auditor until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readAuditorConfig, start: startAuditor }, context);
}
