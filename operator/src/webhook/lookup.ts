import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { AgentKeysBinding, AgentKeysService, KubeObject } from "../api/types.ts";
import { Reflector, RESOURCES, type KubeApi } from "../kube/index.ts";

/** What the webhook may ask while a pod waits. */
export interface BindingLookup {
  binding(namespace: string, name: string): Promise<AgentKeysBinding | null>;
  bindings(namespace: string): Promise<AgentKeysBinding[]>;
  service(name: string): Promise<AgentKeysService | null>;
  namespaceLabels(namespace: string): Promise<Record<string, string>>;
}

/** Live reads from the API server: an answer is never older than the question. */
export function liveLookup(kube: KubeApi): BindingLookup {
  return {
    binding: async (namespace, name) => (await kube.get(RESOURCES.bindings, { namespace, name })) as AgentKeysBinding | null,
    bindings: async (namespace) => (await kube.list(RESOURCES.bindings, { namespace })).items as AgentKeysBinding[],
    service: async (name) => (await kube.get(RESOURCES.services, { name })) as AgentKeysService | null,
    namespaceLabels: async (namespace) => (await kube.get(RESOURCES.namespaces, { name: namespace }))?.metadata.labels ?? {},
  };
}

/** What reviews read of an object; 5,000 bindings with their status would not fit the webhook's memory. */
function slim(object: KubeObject & { spec?: object }): KubeObject {
  const { name, namespace, generation, resourceVersion, deletionTimestamp, labels } = object.metadata;
  const { apiVersion, kind, spec } = object;
  const metadata = { name, namespace, generation, resourceVersion, deletionTimestamp, labels };
  return JSON.parse(JSON.stringify({ apiVersion, kind, metadata, spec })) as KubeObject;
}

/** Bookmarks come about once a minute: a watch that was silent for longer may have missed something. */
const FRESH_MS = 150_000;

/** Watches of what reviews ask for. */
export class ReviewCaches {
  readonly #bindings: Reflector;
  readonly #services: Reflector;
  readonly #namespaces: Reflector;
  readonly #inNamespace = new Map<string, Map<string, AgentKeysBinding>>();

  constructor(of: { api: KubeApi; clock: Clock; log: Log; random: () => number }) {
    const onChange = (): void => undefined;
    this.#bindings = new Reflector({
      ...of,
      resource: RESOURCES.bindings,
      transform: slim,
      onChange: (key, binding) => this.#keep(key, binding as AgentKeysBinding | null),
    });
    this.#services = new Reflector({ ...of, resource: RESOURCES.services, transform: slim, onChange });
    this.#namespaces = new Reflector({ ...of, resource: RESOURCES.namespaces, metadataOnly: true, transform: slim, onChange });
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#bindings, this.#services, this.#namespaces].map((reflector) => reflector.run(signal)));
  }

  /** Names of the watches that are not ready. */
  get missing(): string[] {
    const all = { bindings: this.#bindings, services: this.#services, namespaces: this.#namespaces };
    return Object.entries(all).flatMap(([name, reflector]) => (reflector.isReady ? [] : [`watch of ${name}`]));
  }

  /** The caches as a lookup, or null while any of them may be behind. */
  lookup(): BindingLookup | null {
    if ([this.#bindings, this.#services, this.#namespaces].some((reflector) => reflector.silentMs > FRESH_MS)) return null;
    return {
      binding: (namespace, name) => Promise.resolve(this.#inNamespace.get(namespace)?.get(name) ?? null),
      bindings: (namespace) => Promise.resolve([...(this.#inNamespace.get(namespace)?.values() ?? [])]),
      service: (name) => Promise.resolve((this.#services.get(name) as AgentKeysService | undefined) ?? null),
      namespaceLabels: (namespace) => Promise.resolve(this.#namespaces.get(namespace)?.metadata.labels ?? {}),
    };
  }

  #keep(key: string, binding: AgentKeysBinding | null): void {
    const [namespace = "", name = ""] = key.split("/");
    const known = this.#inNamespace.get(namespace) ?? new Map<string, AgentKeysBinding>();
    if (binding === null) known.delete(name);
    else known.set(name, binding);
    if (known.size === 0) this.#inNamespace.delete(namespace);
    else this.#inNamespace.set(namespace, known);
  }
}
