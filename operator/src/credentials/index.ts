/**
 * Storing and listing credentials through broker and worker with the master device. Must not know Kubernetes.
 */
export { openVault, type Vault } from "./vault.ts";
