import { Readable } from "node:stream";
import type { AuditStore } from "../audit-store/index.ts";

/** A bucket in memory that notes what it is asked for. */
export class FakeAuditStore implements AuditStore {
  readonly #objects = new Map<string, string>();
  /** In their order; empty after a change. */
  #keys: string[] = [];
  /** `<method> <key or prefix>`, in their order. */
  asked: string[] = [];

  create(key: string, text: string): Promise<boolean> {
    this.asked.push(`create ${key}`);
    const isNew = !this.#objects.has(key);
    if (isNew) this.#change(() => this.#objects.set(key, text));
    return Promise.resolve(isNew);
  }

  get(key: string): Promise<string | null> {
    this.asked.push(`get ${key}`);
    return Promise.resolve(this.#objects.get(key) ?? null);
  }

  list(prefix: string, after = ""): AsyncIterable<string> {
    this.asked.push(`list ${prefix}`);
    return Readable.from(this.#under(prefix).filter((key) => key > after));
  }

  folders(prefix: string): Promise<string[]> {
    this.asked.push(`folders ${prefix}`);
    const names = this.#under(prefix).map((key) => key.slice(prefix.length).split("/"));
    return Promise.resolve([...new Set(names.flatMap(([name = "", ...rest]) => (rest.length === 0 ? [] : [name])))]);
  }

  /** As somebody does who owns the bucket. */
  remove(key: string): void {
    this.#change(() => this.#objects.delete(key));
  }

  close(): void {
    this.asked.push("close");
  }

  #change(change: () => unknown): void {
    change();
    this.#keys = [];
  }

  #under(prefix: string): string[] {
    if (this.#keys.length === 0) this.#keys = [...this.#objects.keys()].sort();
    return this.#keys.filter((key) => key.startsWith(prefix));
  }
}
