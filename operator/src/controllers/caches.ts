import type { ChainChange, ChainEvent } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import {
  BINDING_ANNOTATION,
  INJECTED_ANNOTATION,
  INJECTED_LABEL,
  type AgentKeysBinding,
  type AgentKeysService,
  type KubeObject,
} from "../api/types.ts";
import { Reflector, RESOURCES, type KubeApi } from "../kube/index.ts";

/** What is kept of an injected pod. */
export interface PodFacts extends KubeObject {
  isReady: boolean;
  /** Its containers have ended for good, as those of a finished Job. */
  isOver: boolean;
  serviceAccount: string;
}

/** Everything the operator follows. `onBinding` hears every binding that may need another look. */
export class Caches {
  readonly #bindings: Reflector;
  readonly #services: Reflector;
  readonly #namespaces: Reflector;
  readonly #pods: Reflector;
  readonly #listeners = new Set<(key: string) => void>();
  readonly #serviceListeners = new Set<(name: string) => void>();
  readonly #podsOf = new Map<string, Map<string, PodFacts>>();
  readonly #bindingOfPod = new Map<string, string>();

  constructor(of: { api: KubeApi; clock: Clock; log: Log; random: () => number }) {
    this.#bindings = new Reflector({ ...of, resource: RESOURCES.bindings, onChange: (key) => this.#touch(key) });
    this.#services = new Reflector({ ...of, resource: RESOURCES.services, onChange: (name) => this.#touchService(name) });
    this.#namespaces = new Reflector({
      ...of,
      resource: RESOURCES.namespaces,
      metadataOnly: true,
      onChange: (name) => this.#touchNamespace(name),
    });
    this.#pods = new Reflector({
      ...of,
      resource: RESOURCES.pods,
      labelSelector: `${INJECTED_LABEL}=true`,
      transform: podFacts,
      onChange: (key, pod) => this.#touchPod(key, pod as PodFacts | null),
    });
  }

  /** Hears changes of bindings and of what they depend on; answers how to stop. */
  onBinding(listener: (key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears changes of services and of their use; answers how to stop. */
  onService(listener: (name: string) => void): () => void {
    this.#serviceListeners.add(listener);
    return () => this.#serviceListeners.delete(listener);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#bindings, this.#services, this.#namespaces, this.#pods].map((reflector) => reflector.run(signal)));
  }

  /** Names of the watches that are not ready. */
  get missing(): string[] {
    const all = { bindings: this.#bindings, services: this.#services, namespaces: this.#namespaces, pods: this.#pods };
    return Object.entries(all).flatMap(([name, reflector]) => (reflector.isReady ? [] : [`watch of ${name}`]));
  }

  binding(key: string): AgentKeysBinding | undefined {
    return this.#bindings.get(key) as AgentKeysBinding | undefined;
  }

  bindings(): AgentKeysBinding[] {
    return this.#bindings.all() as AgentKeysBinding[];
  }

  /**
   * Bindings that events of the chain concern, by their key, with those events. A transaction the status already names is our own
   * and no news; one that a reorganisation took away is, with no event.
   */
  bindingsOf({ fresh, vanished }: ChainChange): Map<string, ChainEvent[]> {
    const bySubject = new Map<string, (ChainEvent | null)[]>();
    const note = ({ actorOmni, deviceKeyHash }: ChainEvent, event: ChainEvent | null): void => {
      for (const subject of [actorOmni, deviceKeyHash])
        if (subject !== undefined) bySubject.set(subject, [...(bySubject.get(subject) ?? []), event]);
    };
    for (const event of fresh) note(event, event);
    for (const event of vanished) note(event, null);
    const concerned = new Map<string, ChainEvent[]>();
    for (const { metadata, status } of this.bindings()) {
      const own = new Set(status?.transactions?.map(({ hash }) => hash));
      const news = [status?.actorOmni, status?.deviceKeyHash]
        .flatMap((subject) => bySubject.get(subject ?? "") ?? [])
        .filter((event) => event === null || !own.has(event.transactionHash));
      if (news.length > 0)
        concerned.set(`${metadata.namespace ?? ""}/${metadata.name}`, [...new Set(news.filter((event) => event !== null))]);
    }
    return concerned;
  }

  /** Takes what a write of a binding answered. */
  learnBinding(binding: KubeObject): void {
    this.#bindings.learn(binding);
  }

  service(name: string): AgentKeysService | undefined {
    return this.#services.get(name) as AgentKeysService | undefined;
  }

  services(): AgentKeysService[] {
    return this.#services.all() as AgentKeysService[];
  }

  namespaceLabels(name: string): Record<string, string> {
    return this.#namespaces.get(name)?.metadata.labels ?? {};
  }

  podsOf(bindingKey: string): PodFacts[] {
    return [...(this.#podsOf.get(bindingKey)?.values() ?? [])];
  }

  #touch(key: string): void {
    for (const listener of this.#listeners) listener(key);
    const services = this.binding(key)?.spec.services ?? [];
    for (const { name } of services) for (const listener of this.#serviceListeners) listener(name);
  }

  #touchService(name: string): void {
    for (const listener of this.#serviceListeners) listener(name);
    this.#touchWhere((binding) => binding.spec.services.some((service) => service.name === name));
  }

  #touchNamespace(name: string): void {
    this.#touchWhere((binding) => binding.metadata.namespace === name);
  }

  #touchWhere(isMeant: (binding: AgentKeysBinding) => boolean): void {
    for (const binding of this.bindings()) {
      if (!isMeant(binding)) continue;
      for (const listener of this.#listeners) listener(`${binding.metadata.namespace ?? ""}/${binding.metadata.name}`);
    }
  }

  #touchPod(key: string, pod: PodFacts | null): void {
    const before = this.#bindingOfPod.get(key);
    const name = pod?.metadata.annotations?.[BINDING_ANNOTATION];
    const now = pod === null || name === undefined ? undefined : `${pod.metadata.namespace ?? ""}/${name}`;
    if (before !== undefined) {
      const pods = this.#podsOf.get(before);
      pods?.delete(key);
      // The key comes from an annotation, so there is no end of them.
      if (pods?.size === 0) this.#podsOf.delete(before);
    }
    if (pod === null || now === undefined) this.#bindingOfPod.delete(key);
    else {
      this.#bindingOfPod.set(key, now);
      const pods = this.#podsOf.get(now) ?? new Map<string, PodFacts>();
      this.#podsOf.set(now, pods.set(key, pod));
    }
    for (const binding of new Set([before, now])) if (binding !== undefined) for (const listener of this.#listeners) listener(binding);
  }
}

interface Pod extends KubeObject {
  spec?: { serviceAccountName?: string };
  status?: { conditions?: { type: string; status: string }[]; phase?: string };
}

/** The few facts of a pod worth its memory. */
export function podFacts(object: KubeObject): PodFacts {
  const pod = object as Pod;
  const { name, namespace, uid, resourceVersion, deletionTimestamp, annotations = {} } = pod.metadata;
  const kept = Object.entries(annotations).filter(([key]) => key === BINDING_ANNOTATION || key === INJECTED_ANNOTATION);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      annotations: Object.fromEntries(kept),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    serviceAccount: pod.spec?.serviceAccountName ?? "default",
    isOver: pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed",
    isReady: (pod.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True"),
  };
}
