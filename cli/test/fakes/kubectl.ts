import { AgentKeysError } from "@agentkeys/common/errors";
import type { Forwarded } from "../../src/kube/forward.ts";
import type { Kubectl, Which } from "../../src/kube/kubectl.ts";

interface Stored {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/** A cluster in memory as kubectl shows it; counts what is asked and which forwarded ports are still open. */
export class FakeKubectl implements Kubectl {
  readonly asked: string[] = [];
  readonly open = new Set<string>();
  /** Ports of this machine by `namespace/target:port`. */
  readonly ports = new Map<string, number>();
  server = "v1.36.3";
  /** Kinds that every read of fails. */
  readonly refused = new Set<string>();
  readonly #objects = new Map<string, Stored[]>();

  put(kind: string, object: Stored): void {
    const { name, namespace } = object.metadata;
    const others = this.#of(kind).filter(({ metadata }) => metadata.name !== name || metadata.namespace !== namespace);
    this.#objects.set(kind, [...others, object]);
  }

  remove(kind: string, name: string): void {
    this.#objects.set(
      kind,
      this.#of(kind).filter(({ metadata }) => metadata.name !== name),
    );
  }

  get<T>(kind: string, { namespace, name, selector }: Which): Promise<T | null> {
    this.asked.push([kind, namespace, name].filter((part) => part !== undefined).join(" "));
    if (this.refused.has(kind)) return Promise.reject(new AgentKeysError("kube_api", { message: `${kind} is forbidden` }));
    const labels = (selector ?? "").split(",").filter((text) => text !== "");
    const matching = this.#of(kind).filter(
      ({ metadata }) =>
        (namespace === undefined || metadata.namespace === namespace) &&
        labels.every((label) => label === Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`)[0]),
    );
    if (name === undefined) return Promise.resolve({ items: structuredClone(matching) } as T);
    return Promise.resolve((structuredClone(matching.find(({ metadata }) => metadata.name === name)) ?? null) as T | null);
  }

  versions(): Promise<{ client: string; server: string }> {
    if (this.refused.has("version")) return Promise.reject(new AgentKeysError("kube_api", { message: "no cluster" }));
    return Promise.resolve({ client: "v1.36.3", server: this.server });
  }

  forward(namespace: string, target: string, port: number): Promise<Forwarded> {
    const name = `${namespace}/${target}:${port}`;
    const local = this.ports.get(name);
    if (local === undefined) return Promise.reject(new AgentKeysError("kube_api", { message: `nothing to forward at ${name}` }));
    this.open.add(name);
    return Promise.resolve({ port: local, close: () => void this.open.delete(name) });
  }

  #of(kind: string): Stored[] {
    return this.#objects.get(kind) ?? [];
  }
}
