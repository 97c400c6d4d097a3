import type { BindingPolicy, PolicyUpdate } from "@agentkeys/common/wire";
import type { Caches } from "../controllers/index.ts";
import { policyOf } from "./bindings.ts";

interface Stream {
  key: string;
  lastVersion: string;
  last: BindingPolicy;
  write: (event: string, data: object) => void;
}

/** Every open policy stream of this replica; tells each its new policy when it changed. */
export class PolicyStreams {
  readonly #caches: Caches;
  readonly #streams = new Set<Stream>();

  constructor(caches: Caches) {
    this.#caches = caches;
    caches.onBinding((key) => this.#changed(key));
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Sends the policy at once and again at each change; answers how to leave. */
  open(key: string, policy: BindingPolicy, write: Stream["write"]): () => void {
    const stream: Stream = { key, lastVersion: "", last: policy, write };
    this.#streams.add(stream);
    this.#send(stream, policy);
    return () => this.#streams.delete(stream);
  }

  heartbeat(): void {
    for (const { write } of this.#streams) write("heartbeat", {});
  }

  #changed(key: string): void {
    for (const stream of this.#streams) {
      if (stream.key !== key) continue;
      const binding = this.#caches.binding(key);
      if (binding === undefined) this.#send(stream, { ...stream.last, version: "deleted", suspended: true, services: [] });
      else {
        const policy = policyOf(this.#caches, binding);
        if (policy !== null) this.#send(stream, policy);
      }
    }
  }

  #send(stream: Stream, policy: BindingPolicy): void {
    if (policy.version === stream.lastVersion) return;
    stream.lastVersion = policy.version;
    stream.last = policy;
    const update: PolicyUpdate = { policy, version: policy.version };
    stream.write("binding", update);
  }
}
