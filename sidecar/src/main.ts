/** Entry of the sidecar; importing it does nothing. */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readSidecarConfig } from "./config.ts";
import { platform } from "./platform.ts";
import { startSidecar } from "./wire.ts";

/** Runs the sidecar until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readSidecarConfig, start: (config, process) => startSidecar(config, process, platform) }, context);
}
