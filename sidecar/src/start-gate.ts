import type { Clock } from "@agentkeys/common/clock";

const LOOK_MS = 25;

/** Holds the first calls of a proxy that has just started, so that an agent's first call needs no retry. */
export interface StartGate {
  /** Resolves when calls may go on; null once they need not wait any more. */
  waiting: () => Promise<void> | null;
  /** Opens when nothing is missing, after `limitMs` at the latest, and then for good. */
  run: (signal: AbortSignal) => Promise<void>;
}

/** A closed gate. What is still missing when the time is up refuses each call by itself. */
export function createStartGate(of: { clock: Clock; missing: () => readonly string[]; limitMs: number }): StartGate {
  let open: () => void = () => undefined;
  let gate: Promise<void> | null = of.limitMs === 0 ? null : new Promise((resolve) => (open = resolve));
  return {
    waiting: () => gate,
    async run(signal) {
      const endMs = of.clock.nowMs() + of.limitMs;
      while (of.missing().length > 0 && of.clock.nowMs() < endMs && !signal.aborted)
        await of.clock.sleep(LOOK_MS, signal).catch(() => undefined);
      gate = null;
      open();
    },
  };
}
