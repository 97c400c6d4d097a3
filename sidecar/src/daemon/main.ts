/** Entry of the daemon, the proxy of a workstation; importing it does nothing. */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { platform } from "../platform.ts";
import { readDaemonConfig } from "./config.ts";
import { openKernel } from "./kernel.ts";
import { openProcesses } from "./processes.ts";
import { startDaemon } from "./wire.ts";

/** Runs the daemon until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService(
    {
      readConfig: readDaemonConfig,
      start: async (config, { stdout }) =>
        await startDaemon(config, { stdout }, { platform, kernel: await openKernel(), processes: openProcesses() }),
    },
    context,
  );
}
