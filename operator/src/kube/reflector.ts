import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { KubeObject } from "../api/types.ts";
import { Backoff } from "./backoff.ts";
import { statusOf } from "./client.ts";
import type { KubeApi } from "./port.ts";
import type { Resource } from "./resources.ts";

const PAGE = 500;
const WATCH_SECONDS = 290;
const RELIST_MS = 30 * 60_000;
const STALE_MS = 10 * 60_000;

export interface ReflectorOptions {
  api: KubeApi;
  resource: Resource;
  clock: Clock;
  log: Log;
  random: () => number;
  namespace?: string;
  labelSelector?: string;
  metadataOnly?: boolean;
  /** What is kept of an object; everything by default. */
  transform?: (object: KubeObject) => KubeObject;
  onChange: (key: string, object: KubeObject | null) => void;
}

/** `namespace/name`, or the name of a cluster-scoped object. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Resource versions of one kind grow; the API server compares them the same way. */
function isOlder(object: KubeObject, known: KubeObject | undefined): boolean {
  const [left, right] = [object.metadata.resourceVersion ?? "", known?.metadata.resourceVersion ?? ""];
  return /^\d+$/.test(left) && /^\d+$/.test(right) && BigInt(left) < BigInt(right);
}

/** What of an object others decide: equal texts are equal wishes. */
function wishOf(object: KubeObject | undefined): string {
  const { generation, labels, annotations, deletionTimestamp } = object?.metadata ?? {};
  return JSON.stringify([generation, labels, annotations, deletionTimestamp]);
}

class Expired extends Error {}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** A cache that follows one kind for ever: every fault is retried, 410 and long silence end in a new list. */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #objects = new Map<string, KubeObject>();
  readonly #backoff: Backoff;
  #resourceVersion: string | null = null;
  #listedAtMs = 0;
  #heardAtMs = 0;
  #isSynced = false;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ firstMs: 500, mostMs: 30_000, random: options.random });
  }

  /** False before the first whole list, and when nothing was heard for ten minutes. */
  get isReady(): boolean {
    return this.silentMs < STALE_MS;
  }

  /** How long nothing was heard; without end before the first whole list. */
  get silentMs(): number {
    return this.#isSynced ? this.#options.clock.nowMs() - this.#heardAtMs : Infinity;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /**
   * Takes what a write of our own answered, so that the next look does not see an older state. Tells nobody of the status that was
   * written, but of what another wrote meanwhile: its event will come as one that is known already.
   */
  learn(object: KubeObject): void {
    const known = this.#objects.get(keyOf(object));
    if (isOlder(object, known)) return;
    if (wishOf(known) === wishOf(object)) this.#objects.set(keyOf(object), object);
    else this.#put(object);
  }

  all(): KubeObject[] {
    return [...this.#objects.values()];
  }

  /** Runs until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, resource } = this.#options;
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === null || clock.nowMs() - this.#listedAtMs > RELIST_MS) await this.#list();
        await this.#watch(signal);
      } catch (fault) {
        if (isAborted(signal)) return;
        if (fault instanceof Expired || statusOf(fault) === 410) this.#resourceVersion = null;
        else log.warn("watch failed, will retry", { resource: resource.plural, fault });
        await clock.sleep(this.#backoff.next(), signal).catch(() => undefined);
      }
    }
  }

  async #list(): Promise<void> {
    const { api, resource, namespace, labelSelector, metadataOnly, clock } = this.#options;
    const filter = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(metadataOnly === undefined ? {} : { metadataOnly }),
    };
    const seen = new Set<string>();
    let continueToken: string | undefined;
    let resourceVersion: string;
    const listed: KubeObject[] = [];
    do {
      const page = await api.list(resource, { ...filter, limit: PAGE, ...(continueToken === undefined ? {} : { continueToken }) });
      listed.push(...page.items.map((item) => this.#options.transform?.(item) ?? item));
      ({ continueToken, resourceVersion } = { continueToken: page.continueToken, resourceVersion: page.resourceVersion });
    } while (continueToken !== undefined);
    for (const object of listed) {
      seen.add(keyOf(object));
      this.#put(object);
    }
    for (const key of [...this.#objects.keys()]) if (!seen.has(key)) this.#drop(key);
    this.#resourceVersion = resourceVersion;
    this.#listedAtMs = this.#heardAtMs = clock.nowMs();
    this.#isSynced = true;
    this.#backoff.reset();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { api, resource, namespace, labelSelector, metadataOnly, clock } = this.#options;
    const events = api.watch(resource, {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(metadataOnly === undefined ? {} : { metadataOnly }),
      resourceVersion: this.#resourceVersion ?? "",
      timeoutSeconds: WATCH_SECONDS,
      signal,
    });
    const startedMs = clock.nowMs();
    for await (const { type, object } of events) {
      this.#heardAtMs = clock.nowMs();
      if (type === "ERROR") throw new Expired(`watch answered ${object.code ?? "an error"}`);
      this.#backoff.reset();
      this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
      if (type === "DELETED") this.#drop(keyOf(object));
      else if (type !== "BOOKMARK" && !isOlder(object, this.#objects.get(keyOf(object))))
        this.#put(this.#options.transform?.(object) ?? object);
    }
    this.#heardAtMs = clock.nowMs();
    // A server that ends watches at once must not be asked in a tight loop.
    if (clock.nowMs() - startedMs < 1000) await clock.sleep(this.#backoff.next(), signal).catch(() => undefined);
  }

  #put(object: KubeObject): void {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    this.#objects.set(key, object);
    if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#options.onChange(key, object);
  }

  #drop(key: string): void {
    if (this.#objects.delete(key)) this.#options.onChange(key, null);
  }
}
