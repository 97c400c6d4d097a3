import type { Revocations } from "./proxy/index.ts";

type DropListener = (services: string[] | "all", reason: string) => void;

/** Tells the data path which services to cut. */
export class Drops implements Revocations {
  readonly #listeners = new Set<DropListener>();

  onDrop(listener: DropListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  drop(services: string[] | "all", reason: string): void {
    for (const listener of this.#listeners) listener(services, reason);
  }
}
