/**
 * The `agentkeys` command. Talks to the cluster by the user's kubectl and to the chain with the user's own wallet; secrets come
 * from files or standard input, never from arguments.
 */
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { realMachine, type Service } from "./machine.ts";
import { runProgram } from "./program.ts";

/** Runs one command; `daemon` is what the command of that name runs. Answers the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function main(context: ProcessContext, daemon: Service): Promise<number> {
  for (const stream of [context.stdout, context.stderr]) stream.on("error", passOverClosedPipe);
  return await runProgram(context.argv, realMachine(context, daemon));
}

/** Who reads may have seen enough, as `head` does: that is no fault of a command. */
function passOverClosedPipe(fault: Error): void {
  if ((fault as NodeJS.ErrnoException).code !== "EPIPE") throw fault;
}
