/** A PostgreSQL server of one test: Debian's own, in a folder that goes away, on a port of its own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "@agentkeys/common/testing";
import pg from "pg";

const FOLDER = "/usr/lib/postgresql";

export interface PostgresOptions {
  tls?: { cert: string; key: string };
  /** An address beside loopback, where who comes from these addresses needs TLS and a password. */
  outside?: { address: string; from: string };
}

export interface TestPostgres {
  url: string;
  port: number;
  /** As the server's owner. */
  query: (text: string, database?: string) => Promise<Record<string, unknown>[]>;
  /** Starts it where it is not running; it recovers by itself. */
  start: () => Promise<void>;
  /** SIGKILL, as a node that dies. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
}

const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));

/** Makes and starts one. The server refuses to run as root, so it runs as Debian's user `postgres`. */
export async function startPostgres({ tls, outside }: PostgresOptions = {}): Promise<TestPostgres> {
  const bin = join(FOLDER, readdirSync(FOLDER).sort().at(-1) ?? "", "bin");
  const user = { uid: idOf("-u"), gid: idOf("-g") };
  const keep = (name: string, text: string): string => {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    chownSync(join(data, name), user.uid, user.gid);
    return join(data, name);
  };
  const data = mkdtempSync(join(tmpdir(), "agentkeys-pg-"));
  chownSync(data, user.uid, user.gid);
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "agentkeys", "-A", "trust", "--no-sync"], { ...user, stdio: "pipe", cwd: data });
  if (outside !== undefined) appendFileSync(join(data, "pg_hba.conf"), `hostssl all all ${outside.from} scram-sha-256\n`);
  const addresses = ["127.0.0.1", ...(outside === undefined ? [] : [outside.address])].join(",");
  const ssl = tls === undefined ? [] : ["ssl=on", `ssl_cert_file=${keep("tls.crt", tls.cert)}`, `ssl_key_file=${keep("tls.key", tls.key)}`];
  const port = await freePort();
  const urlOf = (database: string): string => `postgresql://agentkeys@127.0.0.1:${port}/${database}`;
  let server: ChildProcess | null = null;
  const query: TestPostgres["query"] = async (text, database = "postgres") => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const isUp = (): Promise<boolean> =>
    query("SELECT 1").then(
      () => true,
      () => false,
    );
  const hasEnded = (one: ChildProcess | null): boolean => (one?.exitCode ?? one?.signalCode) !== null;
  const launch = (): ChildProcess =>
    spawn(
      join(bin, "postgres"),
      ["-D", data, "-p", String(port), "-k", data, "-h", addresses, ...ssl.flatMap((setting) => ["-c", setting])],
      { ...user, cwd: data, stdio: "ignore" },
    );
  const start = async (): Promise<void> => {
    await until(async () => {
      // What is left of a killed server may keep its memory for a moment: then the new one ends at once.
      if (hasEnded(server)) server = launch();
      return await isUp();
    });
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === null) return;
    const ended = hasEnded(server) ? Promise.resolve() : once(server, "exit");
    server.kill(signal);
    await ended;
    server = null;
  };
  await start();
  return {
    url: urlOf("postgres"),
    port,
    query,
    start,
    kill: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGINT");
      rmSync(data, { recursive: true, force: true });
    },
  };
}
