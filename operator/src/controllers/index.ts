/**
 * The controllers of bindings and services with what they follow and keep. Must not know HTTP.
 */
export { actorOf, reconcileBinding, type BindingContext } from "./binding/index.ts";
export { budgetActors } from "./binding/spend.ts";
export type { Listed } from "./binding/context.ts";
export { Caches, podFacts, type PodFacts } from "./caches.ts";
export { deviceSecretName, DeviceKeys, MASTER_DEVICE_SECRET, type DeviceKey } from "./device-keys.ts";
export { reconcileService } from "./service.ts";
