/**
 * What the relay took and what became of it, in one SQLite file: an answer of "accepted" is only given once it is on disk.
 * Must not know the chain.
 */
export { openStore, type Counts, type Kept, type Outcome, type RelayStore } from "./store.ts";
