/** Doubling delays with full jitter in their upper half. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(options: { firstMs: number; mostMs: number; random: () => number }) {
    this.#firstMs = options.firstMs;
    this.#mostMs = options.mostMs;
    this.#random = options.random;
  }

  /** The next delay in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.#mostMs, this.#firstMs * 2 ** this.#attempt);
    if (ceiling < this.#mostMs) this.#attempt += 1;
    return Math.round(ceiling * (0.5 + this.#random() / 2));
  }

  reset(): void {
    this.#attempt = 0;
  }
}
