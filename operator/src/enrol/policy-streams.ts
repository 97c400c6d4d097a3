import type { BindingPolicy, PolicyUpdate } from "@agentkeys/common/wire";
import type { Caches } from "../controllers/index.ts";
import { policyOf } from "./bindings.ts";
import type { SignBudgets } from "./statements.ts";

interface Stream {
  key: string;
  /** Version and trust bundle as last sent. */
  told: string;
  /** Without statements. */
  last: BindingPolicy;
  write: (event: string, data: object) => void;
}

/** Every open policy stream of this replica; tells each its new policy when it changed. */
export class PolicyStreams {
  readonly #caches: Caches;
  readonly #trustBundle: () => string;
  readonly #sign: SignBudgets;
  readonly #streams = new Set<Stream>();

  constructor(caches: Caches, trustBundle: () => string, sign: SignBudgets) {
    this.#sign = sign;
    this.#caches = caches;
    this.#trustBundle = trustBundle;
    caches.onBinding((key) => this.#changed(key));
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Sends the policy at once and again at each change; answers how to leave. */
  open(key: string, policy: BindingPolicy, write: Stream["write"]): () => void {
    const stream: Stream = { key, told: "", last: policy, write };
    this.#streams.add(stream);
    this.#send(stream, policy);
    return () => this.#streams.delete(stream);
  }

  /** Also tells a trust bundle that changed: an authority is trusted for an hour before it signs. */
  heartbeat(): void {
    for (const stream of this.#streams) {
      this.#send(stream, stream.last);
      stream.write("heartbeat", {});
    }
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

  /** A policy whose statements cannot be signed is left for the next heartbeat: the stream keeps the one before. */
  #send(stream: Stream, policy: BindingPolicy): void {
    stream.last = policy;
    if (this.#tellingOf(policy) === stream.told) return;
    const signed = this.#sign(policy);
    if (!(signed instanceof Promise)) {
      this.#tell(stream, signed);
      return;
    }
    signed.then(
      (ready) => {
        // What was said meanwhile is newer.
        if (stream.last === policy && this.#streams.has(stream)) this.#tell(stream, ready);
      },
      () => undefined,
    );
  }

  #tell(stream: Stream, policy: BindingPolicy): void {
    const telling = this.#tellingOf(policy);
    if (telling === stream.told) return;
    stream.told = telling;
    const update: PolicyUpdate = { policy, version: policy.version, trustBundle: this.#trustBundle() };
    stream.write("binding", update);
  }

  #tellingOf({ version }: BindingPolicy): string {
    return `${version} ${this.#trustBundle()}`;
  }
}
