import { spawn } from "node:child_process";
import { constants } from "node:os";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ProcessContext } from "@agentkeys/common/lifecycle";

/** As shells count: a program that cannot be run, and one that is not there. */
const CODES: Readonly<Record<string, { code: number; words: string }>> = {
  EACCES: { code: 126, words: "may not be run: is it executable?" },
  ENOENT: { code: 127, words: "was not found on the PATH" },
};

/**
 * Runs a program on this one's own terminal until it ends; answers its exit code, or 128 and the number of the signal that ended it.
 * `say` hears why it could not be run.
 * Signals of ours are passed on. A terminal's Ctrl-C reaches the child by itself.
 */
export async function runChild(
  [program = "", ...args]: readonly string[],
  of: {
    env: Readonly<Record<string, string | undefined>>;
    isTerminal: boolean;
    takeSignals: ProcessContext["takeSignals"];
    say: (text: string) => void;
  },
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env: { ...of.env } });
  const giveBack = of.takeSignals?.((signal) => {
    if (signal !== "SIGINT" || !of.isTerminal) child.kill(signal);
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (cause: NodeJS.ErrnoException) => {
        const known = CODES[cause.code ?? ""];
        if (known !== undefined) of.say(`${program} ${known.words}`);
        if (known !== undefined) resolve(known.code);
        else reject(new AgentKeysError("invalid_input", { message: `${program} cannot be run`, cause }));
      });
      child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    giveBack?.();
  }
}
