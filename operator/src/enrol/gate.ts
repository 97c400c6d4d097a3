import { AgentKeysError } from "@agentkeys/common/errors";

/** Runs at most `most` at once; who comes beyond them is sent away rather than kept. Throws `concurrency_limited`. */
export function createGate(most: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (run) => {
    if (running >= most)
      throw new AgentKeysError("concurrency_limited", { message: "The operator is busy with other enrolments: try again in a moment" });
    running += 1;
    try {
      return await run();
    } finally {
      running -= 1;
    }
  };
}
