/** Entry of the broker; importing it does nothing. */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readBrokerConfig } from "./config.ts";
import { startBroker } from "./wire.ts";

/** Runs the broker until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readBrokerConfig, start: startBroker }, context);
}
