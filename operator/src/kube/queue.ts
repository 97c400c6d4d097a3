import type { Clock } from "@agentkeys/common/clock";
import { Backoff } from "./backoff.ts";

export interface QueueOptions {
  clock: Clock;
  random: () => number;
  concurrency: number;
  /** Works one key; answers the delay after which to look again, or nothing. A throw is retried with back-off. */
  work: (key: string) => Promise<number | undefined>;
  onFault: (key: string, fault: unknown) => void;
}

/** Keys to look at: each at most once at a time, again when it changed meanwhile, with a back-off of its own on faults. */
export class WorkQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #backoffs = new Map<string, Backoff>();
  readonly #timers = new Map<string, AbortController>();
  #isStarted = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Keys waiting, not counting those under work. */
  get depth(): number {
    return this.#waiting.size;
  }

  add(key: string): void {
    this.#timers.get(key)?.abort();
    this.#timers.delete(key);
    if (this.#running.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#pump();
  }

  /** Looks again after `ms`, unless the key is added before. */
  addAfter(key: string, ms: number): void {
    this.#timers.get(key)?.abort();
    const controller = new AbortController();
    this.#timers.set(key, controller);
    this.#options.clock.sleep(ms, controller.signal).then(
      () => this.add(key),
      () => undefined,
    );
  }

  start(): void {
    this.#isStarted = true;
    this.#pump();
  }

  /** Takes no further key and resolves when those under work are done. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const controller of this.#timers.values()) controller.abort();
    while (this.#running.size > 0) await this.#options.clock.sleep(20);
  }

  #pump(): void {
    while (this.#isStarted && this.#running.size < this.#options.concurrency) {
      const [key] = this.#waiting;
      if (key === undefined) return;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    const { work, onFault, random } = this.#options;
    let delay: number | undefined;
    try {
      delay = await work(key);
      this.#backoffs.delete(key);
    } catch (fault) {
      const backoff = this.#backoffs.get(key) ?? new Backoff({ firstMs: 500, mostMs: 60_000, random });
      this.#backoffs.set(key, backoff);
      delay = backoff.next();
      onFault(key, fault);
    }
    this.#running.delete(key);
    if (this.#again.delete(key)) this.add(key);
    else if (delay !== undefined) this.addAfter(key, delay);
    this.#pump();
  }
}
