const PATIENCE_MS = 10_000;
/** What needs no more than turns of this process is seen at once; whoever waits for others leaves them the processor. */
const TURNS = 20;
const STEP_MS = 5;

/** Resolves soon after the condition holds; fails after ten seconds of real time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let round = 0; !(await condition()); round += 1) {
    if (performance.now() > deadline) throw new TypeError(`this never came true: ${condition.toString()}`);
    await new Promise((resolve) => (round < TURNS ? setImmediate(resolve) : setTimeout(resolve, STEP_MS)));
  }
}
