/** The ledger in one file, for a single replica: no server, every change on disk before it is answered. */
import { AgentKeysError } from "@agentkeys/common/errors";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { NEW_ACCOUNT } from "../domain/ledger/index.ts";
import { accountOf, accountValues, leaseOf, leaseValues, nameOf, nameValues, SCHEMA, type Row } from "./columns.ts";
import { statementsFor, type Statements } from "./statements.ts";
import { KEPT_DAYS, type LedgerStore } from "./store.ts";

const BUSY_MS = 5000;

function unreachable(cause: unknown): AgentKeysError {
  return cause instanceof AgentKeysError ? cause : new AgentKeysError("ledger_unreachable", { detail: "the ledger's file", cause });
}

interface Opened {
  db: DatabaseSync;
  run: Record<keyof Statements, StatementSync>;
}

/** The file is opened at the first use, and made when there is none. */
export function openFileLedger(path: string): LedgerStore {
  let opened: Opened | null = null;
  const alone = <T>(work: (run: Opened["run"]) => T): T => {
    const { db, run } = (opened ??= open(path));
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work(run);
      db.exec("COMMIT");
      return result;
    } catch (fault) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw fault;
    }
  };
  const promised = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (fault) {
      return Promise.reject(unreachable(fault));
    }
  };
  return {
    change: ({ name, leaseId, nowMs }, decide) =>
      promised(() =>
        alone((run) => {
          const at = nameValues(name);
          const row = run.account.get(...at) as Row | undefined;
          const account = row === undefined ? NEW_ACCOUNT : accountOf(row);
          const leases = (run.leases.all(...at, leaseId, nowMs) as Row[]).map(leaseOf);
          const lease = leases.find(({ id }) => id === leaseId) ?? null;
          const decision = decide({ account, lease, due: leases.filter(({ id }) => id !== leaseId) });
          run.saveAccount.run(...at, ...accountValues(decision.account));
          for (const changed of decision.leases) run.saveLease.run(...at, ...leaseValues(changed));
          if (decision.account.day !== account.day) run.forget.run(...at, decision.account.day - KEPT_DAYS);
          return decision.answer;
        }),
      ),
    read: (operatorOmni, actorOmnis) =>
      promised(() => {
        const { db } = (opened ??= open(path));
        const find = db.prepare("SELECT * FROM agentkeys_ledger_accounts WHERE operator_omni = ? AND actor_omni = ?");
        const rows = actorOmnis.flatMap((actorOmni) => find.all(operatorOmni, actorOmni) as Row[]);
        return rows.map((row) => ({ name: nameOf(row), account: accountOf(row) }));
      }),
    close: () =>
      promised(() => {
        opened?.db.close();
        opened = null;
      }),
  };
}

function open(path: string): Opened {
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  for (const statement of SCHEMA) db.exec(statement);
  const { open, account, leases, saveAccount, saveLease, forget } = statementsFor((index) => `?${index}`, "");
  return {
    db,
    run: {
      open: db.prepare(open),
      account: db.prepare(account),
      leases: db.prepare(leases),
      saveAccount: db.prepare(saveAccount),
      saveLease: db.prepare(saveLease),
      forget: db.prepare(forget),
    },
  };
}
