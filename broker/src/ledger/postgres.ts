/** The ledger in PostgreSQL, for any number of replicas: one transaction a change, alone with the account's row. */
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import pg, { type Pool, type PoolClient } from "pg";
import { NEW_ACCOUNT } from "../domain/ledger/index.ts";
import { accountOf, accountValues, leaseOf, leaseValues, nameOf, nameValues, SCHEMA, type Row } from "./columns.ts";
import { statementsFor } from "./statements.ts";
import { KEPT_DAYS, type LedgerStore } from "./store.ts";

const STATEMENT_MS = 3000;
const CONNECT_MS = 3000;
const MOST_CONNECTIONS = 8;
/** Any number that is the same in every replica: whoever holds it makes the tables. */
const SCHEMA_LOCK = 4_790_125_633;

const RUN = statementsFor((index) => `$${index}`, " FOR UPDATE");

/** Connects at the first use and makes the tables then. `url`: `postgresql://…`, with `sslmode=verify-full` for TLS. */
export function openPostgresLedger(url: Secret, log: Log): LedgerStore {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: STATEMENT_MS,
    // Ends a wait for a server that is gone without a word.
    query_timeout: STATEMENT_MS + 1000,
    idle_in_transaction_session_timeout: STATEMENT_MS * 2,
    application_name: "agentkeys-broker",
  });
  pool.on("error", (fault) => log.warn("a connection to the ledger was lost", { code: codeOf(fault) }));
  let made: Promise<void> | null = null;
  const withTables = async (): Promise<void> => {
    const making = (made ??= makeTables(pool));
    await making.catch((fault: unknown) => {
      made = null;
      throw fault;
    });
  };
  return {
    change: ({ name, leaseId, nowMs }, decide) =>
      reachable(async () => {
        await withTables();
        return await alone(pool, async (client) => {
          const at = nameValues(name);
          await client.query(RUN.open, [...at, ...accountValues(NEW_ACCOUNT)]);
          const found = await client.query<Row>(RUN.account, at);
          const account = found.rows[0] === undefined ? NEW_ACCOUNT : accountOf(found.rows[0]);
          const leases = (await client.query<Row>(RUN.leases, [...at, leaseId, nowMs])).rows.map(leaseOf);
          const lease = leases.find(({ id }) => id === leaseId) ?? null;
          const decision = decide({ account, lease, due: leases.filter(({ id }) => id !== leaseId) });
          await client.query(RUN.saveAccount, [...at, ...accountValues(decision.account)]);
          for (const changed of decision.leases) await client.query(RUN.saveLease, [...at, ...leaseValues(changed)]);
          if (decision.account.day !== account.day) await client.query(RUN.forget, [...at, decision.account.day - KEPT_DAYS]);
          return decision.answer;
        });
      }),
    read: (operatorOmni, actorOmnis) =>
      reachable(async () => {
        await withTables();
        const text = "SELECT * FROM agentkeys_ledger_accounts WHERE operator_omni = $1 AND actor_omni = ANY($2)";
        const { rows } = await pool.query<Row>(text, [operatorOmni, actorOmnis]);
        return rows.map((row) => ({ name: nameOf(row), account: accountOf(row) }));
      }),
    close: () => pool.end(),
  };
}

/** Replicas that start together make the tables one after another: `IF NOT EXISTS` alone lets two of them clash. */
function makeTables(pool: Pool): Promise<void> {
  return alone(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [SCHEMA_LOCK]);
    for (const statement of SCHEMA) await client.query(statement);
  });
}

/** One transaction; a connection whose fate is unknown is thrown away. */
async function alone<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // The pool listens to idle clients alone, and an error nobody listens to ends the process; the query under way rejects by itself.
  const ignore = (): void => undefined;
  client.on("error", ignore);
  let isSound = false;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    isSound = true;
    return result;
  } finally {
    client.release(!isSound);
    client.off("error", ignore);
  }
}

async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AgentKeysError) throw cause;
    throw new AgentKeysError("ledger_unreachable", { detail: `the ledger's database: ${codeOf(cause)}`, cause });
  }
}

/** A fault's code, never its text: that may hold the address. */
function codeOf(fault: unknown): string {
  const code = (fault as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "no code";
}
