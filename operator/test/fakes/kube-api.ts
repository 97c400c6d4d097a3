import { AgentKeysError } from "@agentkeys/common/errors";
import type { KubeObject } from "../../src/api/types.ts";
import type { At, KubeApi, ListPage, Resource, WatchEvent } from "../../src/kube/index.ts";

type Json = Record<string, unknown>;

function mergeInto(target: Json, patch: Json): Json {
  let result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) result = Object.fromEntries(Object.entries(result).filter(([name]) => name !== key));
    else if (typeof value === "object" && !Array.isArray(value) && typeof old === "object" && old !== null && !Array.isArray(old))
      result[key] = mergeInto(old as Json, value as Json);
    else result[key] = value;
  }
  return result;
}

function versionOf({ object }: WatchEvent): number {
  return Number(object.metadata.resourceVersion);
}

/** An API server in memory: versions, conflicts, generations, finalizers, watches; every write is kept in `writes`. */
export class FakeKubeApi implements KubeApi {
  readonly writes: string[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<{ plural: string; push: (event: WatchEvent) => void }>();
  /** Every change, as a watch from an older version is told it. */
  readonly #history: { plural: string; event: WatchEvent }[] = [];
  #version = 100;
  /** Answers of the next lists and watches that must fail, oldest first. */
  readonly faults: { list: Error[]; watch: Error[] } = { list: [], watch: [] };
  lists = 0;
  pageSize = 500;
  tokenReview: Json = { authenticated: false };

  get(resource: Resource, at: At): Promise<KubeObject | null> {
    return Promise.resolve(structuredClone(this.#objects.get(this.#key(resource, at)) ?? null));
  }

  list(resource: Resource, options: { continueToken?: string; namespace?: string }): Promise<ListPage> {
    this.lists += 1;
    const fault = this.faults.list.shift();
    if (fault !== undefined) return Promise.reject(fault);
    const all = [...this.#objects]
      .filter(([key]) => key.startsWith(`${resource.plural}|${options.namespace === undefined ? "" : `${options.namespace}|`}`))
      .map(([, object]) => structuredClone(object));
    const from = Number(options.continueToken ?? 0);
    const items = all.slice(from, from + this.pageSize);
    const next = from + this.pageSize;
    const page = { items, resourceVersion: String(this.#version) };
    return Promise.resolve(next < all.length ? { ...page, continueToken: String(next) } : page);
  }

  async *watch(resource: Resource, options: { signal: AbortSignal; resourceVersion: string }): AsyncIterable<WatchEvent> {
    const fault = this.faults.watch.shift();
    if (fault !== undefined) throw fault;
    const from = Number(options.resourceVersion);
    const missed = this.#history.filter(({ plural, event }) => plural === resource.plural && versionOf(event) > from);
    const queue: WatchEvent[] = missed.map(({ event }) => structuredClone(event));
    let wake = (): void => undefined;
    const push = (event: WatchEvent): void => {
      queue.push(event);
      wake();
    };
    const watcher = { plural: resource.plural, push };
    this.#watchers.add(watcher);
    options.signal.addEventListener("abort", () => wake());
    try {
      while (!options.signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Sends an event that no write of this fake would make. */
  emit(resource: Resource, event: WatchEvent): void {
    for (const watcher of this.#watchers) if (watcher.plural === resource.plural) watcher.push(event);
  }

  create(resource: Resource, object: object): Promise<KubeObject> {
    const given = structuredClone(object) as KubeObject;
    if (resource.plural === "tokenreviews") return Promise.resolve({ ...given, status: this.tokenReview } as KubeObject);
    const key = this.#key(resource, given.metadata);
    if (this.#objects.has(key)) return Promise.reject(new AgentKeysError("version_conflict", { detail: key }));
    return Promise.resolve(this.#put("create", resource, { ...given, metadata: { uid: `uid-${key}`, generation: 1, ...given.metadata } }));
  }

  replace(resource: Resource, object: KubeObject): Promise<KubeObject> {
    const known = this.#objects.get(this.#key(resource, object.metadata));
    if (known === undefined || known.metadata.resourceVersion !== object.metadata.resourceVersion)
      return Promise.reject(new AgentKeysError("version_conflict"));
    return Promise.resolve(this.#put("replace", resource, structuredClone(object)));
  }

  apply(resource: Resource, object: KubeObject, options: { subresource?: string } = {}): Promise<KubeObject> {
    const known = (this.#objects.get(this.#key(resource, object.metadata)) ?? {}) as Json;
    const given = structuredClone(object) as unknown as Json;
    const next = options.subresource === undefined ? mergeInto(known, given) : { ...known, status: given["status"] };
    return Promise.resolve(this.#put(`apply${options.subresource ?? ""}`, resource, next as unknown as KubeObject));
  }

  merge(resource: Resource, at: At, patch: object): Promise<KubeObject> {
    const known = this.#objects.get(this.#key(resource, at));
    if (known === undefined) return Promise.reject(new AgentKeysError("kube_api", { detail: "not found" }));
    const version = (patch as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion;
    if (version !== undefined && version !== known.metadata.resourceVersion) return Promise.reject(new AgentKeysError("version_conflict"));
    const next = mergeInto(known as unknown as Json, structuredClone(patch) as Json) as unknown as KubeObject;
    const hasSpecChanged = JSON.stringify((known as unknown as Json)["spec"]) !== JSON.stringify((next as unknown as Json)["spec"]);
    if (hasSpecChanged) next.metadata.generation = (known.metadata.generation ?? 0) + 1;
    if (next.metadata.deletionTimestamp !== undefined && next.metadata.finalizers?.length === 0) {
      this.#drop(resource, at);
      return Promise.resolve(next);
    }
    return Promise.resolve(this.#put("merge", resource, next));
  }

  patch(resource: Resource, at: At, operations: object[]): Promise<KubeObject> {
    const known = this.#objects.get(this.#key(resource, at)) as unknown as Json;
    for (const { path, value } of operations as { path: string; value: unknown }[]) {
      const parts = path.split("/").slice(1);
      const last = parts.pop() ?? "";
      const holder = parts.reduce<Json>((place, part) => place[part] as Json, known);
      holder[last] = value;
    }
    return Promise.resolve(this.#put("patch", resource, known as unknown as KubeObject));
  }

  remove(resource: Resource, at: At): Promise<void> {
    const known = this.#objects.get(this.#key(resource, at));
    if (known?.metadata.finalizers?.length) {
      this.#put("delete", resource, { ...known, metadata: { ...known.metadata, deletionTimestamp: "2027-01-15T08:00:00Z" } });
      return Promise.resolve();
    }
    this.#drop(resource, at);
    return Promise.resolve();
  }

  /** Writes to one kind, for tests that count them. */
  writesTo(plural: string): string[] {
    return this.writes.filter((write) => write.includes(` ${plural}|`));
  }

  #key(resource: Resource, at: { namespace?: string; name: string }): string {
    return `${resource.plural}|${resource.isNamespaced ? (at.namespace ?? "") : ""}|${at.name}`;
  }

  #put(verb: string, resource: Resource, object: KubeObject): KubeObject {
    const key = this.#key(resource, object.metadata);
    const type = this.#objects.has(key) ? "MODIFIED" : "ADDED";
    object.metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#objects.set(key, object);
    this.writes.push(`${verb} ${key}`);
    this.#tell(resource, { type, object: structuredClone(object) });
    return structuredClone(object);
  }

  #tell(resource: Resource, event: WatchEvent): void {
    this.#history.push({ plural: resource.plural, event });
    this.emit(resource, event);
  }

  #drop(resource: Resource, at: At): void {
    const key = this.#key(resource, at);
    const known = this.#objects.get(key);
    if (!this.#objects.delete(key) || known === undefined) return;
    this.writes.push(`delete ${key}`);
    this.#tell(resource, {
      type: "DELETED",
      object: { ...known, metadata: { ...known.metadata, resourceVersion: String(++this.#version) } },
    });
  }
}
