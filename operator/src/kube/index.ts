/**
 * The Kubernetes API: port, adapter over client-node, reflector, work queue, leader election, events.
 * Must not know bindings, chains or credentials.
 */
export { Backoff } from "./backoff.ts";
export { loadKubeConfig, openKubeApi, statusOf } from "./client.ts";
export { createRecorder, type EventText, type Recorder } from "./events.ts";
export { LeaderElector } from "./lease.ts";
export type { At, KubeApi, ListOptions, ListPage, WatchEvent, WatchOptions } from "./port.ts";
export { WorkQueue } from "./queue.ts";
export { keyOf, Reflector } from "./reflector.ts";
export { apiVersionOf, pathOf, RESOURCES, type Resource } from "./resources.ts";
