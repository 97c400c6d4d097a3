import { DatabaseSync } from "node:sqlite";
import type { SignedForwardRequest } from "@agentkeys/common/forward-request";
import type { Attempt, Journal } from "@agentkeys/common/transactions";

/** What becomes of a request: `done` on chain, `failed` on chain or refused by it, `expired` before it could be carried. */
export type Outcome = "done" | "failed" | "expired";

export interface Kept {
  id: string;
  request: SignedForwardRequest;
  status: "accepted" | "sending" | Outcome;
  acceptedAt: number;
  /** Head of the chain when it was taken: it cannot have been carried out before. */
  acceptedBlock: number;
  hash?: string;
  block?: number;
  reason?: string;
}

export interface Counts {
  /** Requests of the wallet since a minute and a day ago, and of all since a day ago. */
  minute: number;
  day: number;
  total: number;
  waiting: number;
}

export interface RelayStore {
  /** The journal of the one transaction under way. */
  readonly journal: Journal;
  add(kept: Pick<Kept, "id" | "request" | "acceptedAt" | "acceptedBlock">): void;
  find(id: string): Kept | null;
  /** The request of a wallet that is not over yet. */
  openOf(wallet: string): Kept | null;
  /** Requests that are not over, oldest first. */
  waiting(status?: "accepted" | "sending"): Kept[];
  counts(wallet: string, now: number): Counts;
  /** Before their transaction is signed. */
  markSending(ids: readonly string[]): void;
  /** Nothing was carried out: they wait again. */
  markAccepted(ids: readonly string[]): void;
  finish(id: string, outcome: Outcome, of?: { hash?: string; block?: number; reason?: string }): void;
  /** Forgets what was over before. */
  prune(before: number): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY, wallet TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL, accepted_at INTEGER NOT NULL,
    accepted_block INTEGER NOT NULL, hash TEXT, block INTEGER, reason TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS request_wallet ON request (wallet, accepted_at);
  CREATE INDEX IF NOT EXISTS request_status ON request (status, accepted_at);
  CREATE TABLE IF NOT EXISTS attempt (only INTEGER PRIMARY KEY CHECK (only = 1), body TEXT NOT NULL) STRICT;
`;
const MINUTE = 60;
const DAY = 86_400;

type Row = Record<string, string | number | null>;

function keptOf(row: Row): Kept {
  const { hash, block, reason } = row;
  return {
    id: String(row["id"]),
    request: JSON.parse(String(row["body"])) as SignedForwardRequest,
    status: row["status"] as Kept["status"],
    acceptedAt: Number(row["accepted_at"]),
    acceptedBlock: Number(row["accepted_block"]),
    ...(typeof hash === "string" ? { hash } : {}),
    ...(typeof block === "number" ? { block } : {}),
    ...(typeof reason === "string" ? { reason } : {}),
  };
}

/** Opens the file, or makes it; every write is on disk when the call returns. */
export function openStore(path: string): RelayStore {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
  db.exec(SCHEMA);
  const all = (sql: string, ...values: (string | number)[]): Row[] => db.prepare(sql).all(...values) as unknown as Row[];
  const first = (sql: string, ...values: (string | number)[]): Kept | null => {
    const [row] = all(sql, ...values);
    return row === undefined ? null : keptOf(row);
  };
  const mark = (status: string, ids: readonly string[]): void => {
    db.prepare("UPDATE request SET status = ? WHERE id IN (SELECT value FROM json_each(?))").run(status, JSON.stringify(ids));
  };
  const insert = db.prepare(
    "INSERT INTO request (id, wallet, body, status, accepted_at, accepted_block) VALUES (?, ?, ?, 'accepted', ?, ?)",
  );
  return {
    journal: journalOf(db),
    add: ({ id, request, acceptedAt, acceptedBlock }) =>
      void insert.run(id, request.from.toLowerCase(), JSON.stringify(request), acceptedAt, acceptedBlock),
    find: (id) => first("SELECT * FROM request WHERE id = ?", id),
    openOf: (wallet) => first("SELECT * FROM request WHERE wallet = ? AND status IN ('accepted', 'sending')", wallet.toLowerCase()),
    waiting: (status) =>
      all("SELECT * FROM request WHERE status IN (?, ?) ORDER BY accepted_at, rowid", status ?? "accepted", status ?? "sending").map(
        keptOf,
      ),
    counts: (wallet, now) => countsOf(all, wallet.toLowerCase(), now),
    markSending: (ids) => mark("sending", ids),
    markAccepted: (ids) => mark("accepted", ids),
    finish: (
      id,
      outcome,
      { hash = null, block = null, reason = null }: { hash?: string | null; block?: number | null; reason?: string | null } = {},
    ) =>
      void db.prepare("UPDATE request SET status = ?, hash = ?, block = ?, reason = ? WHERE id = ?").run(outcome, hash, block, reason, id),
    prune: (before) => void db.prepare("DELETE FROM request WHERE accepted_at < ? AND status NOT IN ('accepted', 'sending')").run(before),
    close: () => db.close(),
  };
}

function countsOf(all: (sql: string, ...values: (string | number)[]) => Row[], wallet: string, now: number): Counts {
  const [row = {}] = all(
    `SELECT count(*) FILTER (WHERE wallet = ?1 AND accepted_at > ?2) AS minute, count(*) FILTER (WHERE wallet = ?1) AS day,
       count(*) AS total FROM request WHERE accepted_at > ?3`,
    wallet,
    now - MINUTE,
    now - DAY,
  );
  const [open = {}] = all("SELECT count(*) AS waiting FROM request WHERE status IN ('accepted', 'sending')");
  return { minute: Number(row["minute"]), day: Number(row["day"]), total: Number(row["total"]), waiting: Number(open["waiting"]) };
}

/** As JSON has it: big numbers are text. */
interface KeptAttempt extends Pick<Attempt, "nonce" | "raws" | "hashes"> {
  call: { to: string; data: string; gasLimit: string };
  maxFeePerGas: string;
  maxPriorityFeePerGas: string;
}

function journalOf(db: DatabaseSync): Journal {
  const bigintsAsText = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);
  return {
    load: () => {
      const row = db.prepare("SELECT body FROM attempt").get() as { body: string } | undefined;
      if (row === undefined) return null;
      const { maxFeePerGas, maxPriorityFeePerGas, call, nonce, raws, hashes } = JSON.parse(row.body) as KeptAttempt;
      return {
        nonce,
        raws,
        hashes,
        call: { ...call, gasLimit: BigInt(call.gasLimit) },
        maxFeePerGas: BigInt(maxFeePerGas),
        maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas),
      };
    },
    save: (attempt) =>
      void db.prepare("INSERT OR REPLACE INTO attempt (only, body) VALUES (1, ?)").run(JSON.stringify(attempt, bigintsAsText)),
    clear: () => db.exec("DELETE FROM attempt"),
  };
}
