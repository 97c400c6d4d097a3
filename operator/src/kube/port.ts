import type { KubeObject } from "../api/types.ts";
import type { Resource } from "./resources.ts";

export interface At {
  namespace?: string;
  name: string;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  limit?: number;
  continueToken?: string;
  /** Ask for metadata only (PartialObjectMetadata). */
  metadataOnly?: boolean;
}

export interface ListPage {
  items: KubeObject[];
  resourceVersion: string;
  continueToken?: string;
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  metadataOnly?: boolean;
  resourceVersion: string;
  timeoutSeconds: number;
  signal: AbortSignal;
}

export interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: KubeObject & { code?: number };
}

/**
 * What the operator asks of the API server. Every fault is `kube_api`, but a conflict is `version_conflict`;
 * {@link KubeApi.get} answers null for "not found".
 */
export interface KubeApi {
  get(resource: Resource, at: At): Promise<KubeObject | null>;
  list(resource: Resource, options: ListOptions): Promise<ListPage>;
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent>;
  create(resource: Resource, object: object, at?: { namespace?: string }): Promise<KubeObject>;
  /** Replaces an object; its resourceVersion makes it conditional. */
  replace(resource: Resource, object: KubeObject): Promise<KubeObject>;
  /** Server-side apply with our field manager. */
  apply(resource: Resource, object: KubeObject, options?: { subresource?: string }): Promise<KubeObject>;
  /** JSON merge patch. */
  merge(resource: Resource, at: At, patch: object): Promise<KubeObject>;
  /** JSON patch (RFC 6902). */
  patch(resource: Resource, at: At, operations: object[]): Promise<KubeObject>;
  remove(resource: Resource, at: At): Promise<void>;
}
