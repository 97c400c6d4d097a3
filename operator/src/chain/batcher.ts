interface Entry<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (fault: unknown) => void;
}

/** Collects what is asked for while a batch is under way. When a batch fails, each of its items is tried alone. */
export class Batcher<T, R> {
  readonly #most: number;
  readonly #send: (batch: T[]) => Promise<R>;
  #waiting: Entry<T, R>[] = [];
  #isRunning = false;

  constructor(most: number, send: (batch: T[]) => Promise<R>) {
    this.#most = most;
    this.#send = send;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, this.#most));
    this.#isRunning = false;
  }

  async #settle(batch: Entry<T, R>[]): Promise<void> {
    try {
      const result = await this.#send(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve(result);
    } catch (fault) {
      if (batch.length === 1) batch[0]?.reject(fault);
      else for (const entry of batch) await this.#settle([entry]);
    }
  }
}
