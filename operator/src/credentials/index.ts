/**
 * What the master device does through broker and worker: storing and listing credentials, reading what was spent. Must not know
 * Kubernetes.
 */
export { openVault, type Vault } from "./vault.ts";
export { openSpendBook, type DaySpend, type SpendBook } from "./spend.ts";
