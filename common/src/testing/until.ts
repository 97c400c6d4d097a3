const PATIENCE_MS = 10_000;

/** Resolves as soon as the condition holds; fails after ten seconds of real time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new TypeError(`this never came true: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
