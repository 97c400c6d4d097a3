/**
 * Sends transactions of one account through several RPCs so that each is carried out once: one is under way at a time, is
 * known to its journal before any node hears of it, and is replaced under its own nonce when it does not move. Must not know
 * what the transactions do.
 */
export { createJournal, type Attempt, type Journal } from "./journal.ts";
export { openSender, type Mined, type Sender, type SenderDeps, type TransactionCall } from "./sender.ts";
