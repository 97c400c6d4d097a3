/** Entry of the signer; importing it does nothing. */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readSignerConfig } from "./config.ts";
import { startSigner } from "./wire.ts";

/** Runs the signer until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readSignerConfig, start: startSigner }, context);
}
