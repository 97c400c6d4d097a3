import { AgentKeysError } from "../errors/index.ts";
import type { Clock } from "../clock/index.ts";

/** One thing a process needs. `probe` answers null, or what is wrong; throwing is a fault of that thing. */
export interface ReadinessCheck {
  name: string;
  probe: (signal: AbortSignal) => Promise<string | null>;
}

export interface ReadinessOptions {
  checks: readonly ReadinessCheck[];
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
}

export interface Readiness {
  /** What is missing now, with its reason; asks nobody. */
  missing: () => readonly string[];
  stop(): void;
}

/** Time between probes that hold, spread by a fifth either way so that replicas do not ask in step. */
const EVERY_MS = 5000;
/** Time between probes until the first one holds: a start is not slowed by the steady pace. */
const FIRST_MS = 500;
const PROBE_TIMEOUT_MS = 2000;
/** A check that held may fail this long before the process calls itself not ready: a blip or a restart of a peer passes. */
export const READINESS_TOLERANCE_MS = 30_000;

interface State {
  heldAtMs: number | null;
  problem: string;
}

function reasonOf(fault: unknown): string {
  if (fault instanceof AgentKeysError) return fault.code;
  return fault instanceof Error ? fault.message : "failed";
}

/** Probes in the background from now on; `/readyz` reads only what was found. */
export function watchReadiness(options: ReadinessOptions): Readiness {
  const stopped = new AbortController();
  const states = options.checks.map((check): [ReadinessCheck, State] => [check, { heldAtMs: null, problem: "not asked yet" }]);
  for (const [check, state] of states) void watch(check, state, options, stopped.signal);
  return {
    missing: () =>
      states
        .filter(([, { heldAtMs }]) => heldAtMs === null || options.clock.nowMs() - heldAtMs > READINESS_TOLERANCE_MS)
        .map(([{ name }, { problem }]) => `${name}: ${problem}`),
    stop: () => stopped.abort(),
  };
}

async function watch(check: ReadinessCheck, state: State, { clock, random }: ReadinessOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const problem = await ask(check, clock, signal);
    if (problem === null) state.heldAtMs = clock.nowMs();
    else state.problem = problem;
    const pace = state.heldAtMs === null ? FIRST_MS : EVERY_MS;
    await clock.sleep(pace * (0.8 + 0.4 * random()), signal).catch(() => undefined);
  }
}

/** One probe, given up after its time even when it does not heed its signal. */
async function ask(check: ReadinessCheck, clock: Clock, stopped: AbortSignal): Promise<string | null> {
  const over = new AbortController();
  const stop = AbortSignal.any([stopped, over.signal]);
  const late = clock.sleep(PROBE_TIMEOUT_MS, stop).then(
    () => `no answer within ${PROBE_TIMEOUT_MS / 1000} s`,
    () => "stopped",
  );
  const probe = check.probe(stop).catch(reasonOf);
  const found = await Promise.race([probe, late]);
  over.abort();
  return found;
}
