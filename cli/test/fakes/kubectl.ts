import { AgentKeysError } from "@agentkeys/common/errors";
import type { Forwarded } from "../../src/kube/forward.ts";
import type { Kubectl, SecretEntries, Which } from "../../src/kube/kubectl.ts";

interface Stored {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    resourceVersion?: string;
  };
  data?: Record<string, string>;
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(patch))
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  return result;
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
  /** Told of every object that was changed, as its watchers would be. */
  onPatch: (kind: string, object: Stored) => void = () => undefined;
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

  entries({ namespace, name, annotation }: { namespace: string; name: string; annotation: string }): Promise<SecretEntries | null> {
    const found = this.#of("secret").find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    if (found === undefined) return Promise.resolve(null);
    const { resourceVersion = "0", annotations = {} } = found.metadata;
    return Promise.resolve({ resourceVersion, names: Object.keys(found.data ?? {}), annotation: annotations[annotation] ?? "" });
  }

  patch(kind: string, { namespace, name }: { namespace: string; name: string }, body: object): Promise<void> {
    if (this.refused.has(`patch ${kind}`)) return Promise.reject(new AgentKeysError("kube_api", { message: `${kind} is forbidden` }));
    const found = this.#of(kind).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    if (found === undefined) return Promise.reject(new AgentKeysError("not_found"));
    const { resourceVersion = "0" } = found.metadata;
    const asked = (body as Partial<Stored>).metadata?.resourceVersion;
    if (asked !== undefined && asked !== resourceVersion) return Promise.reject(new AgentKeysError("version_conflict"));
    const next = merged(found, body) as Stored;
    next.metadata.resourceVersion = String(Number(resourceVersion) + 1);
    this.put(kind, next);
    this.onPatch(kind, next);
    return Promise.resolve();
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
