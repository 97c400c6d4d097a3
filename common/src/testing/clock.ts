import type { Clock } from "../clock/index.ts";

interface Sleeper {
  untilMs: number;
  wake: () => void;
}

/** A clock that moves only when told; sleepers wake as time passes them. */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowSeconds = 1_800_000_000) {
    this.#nowMs = nowSeconds * 1000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  nowSeconds(): number {
    return Math.floor(this.#nowMs / 1000);
  }

  /** How many callers are asleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(new DOMException("aborted", "AbortError"));
      };
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.untilMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.untilMs > this.#nowMs);
    for (const sleeper of due) sleeper.wake();
  }
}
