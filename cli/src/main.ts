/**
 * The `agentkeys` command. Talks to the cluster by the user's kubectl and to the chain with the user's own wallet; secrets come
 * from files or standard input, never from arguments.
 */
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { realMachine } from "./machine.ts";
import { runProgram } from "./program.ts";

/** Runs one command; answers the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function main(context: ProcessContext): Promise<number> {
  return await runProgram(context.argv, realMachine(context));
}
