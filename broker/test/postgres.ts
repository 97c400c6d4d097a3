/** A PostgreSQL server of one test: Debian's own, in a folder that goes away, on a port of its own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@agentkeys/common/testing";
import pg from "pg";

const FOLDER = "/usr/lib/postgresql";

export interface TestPostgres {
  url: string;
  /** Starts it where it is not running; it recovers by itself. */
  start: () => Promise<void>;
  /** SIGKILL, as a node that dies. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
}

const idOf = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Makes and starts one. The server refuses to run as root, so it runs as Debian's user `postgres`. */
export async function startPostgres(tls?: { cert: string; key: string }): Promise<TestPostgres> {
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
  const ssl = tls === undefined ? [] : ["ssl=on", `ssl_cert_file=${keep("tls.crt", tls.cert)}`, `ssl_key_file=${keep("tls.key", tls.key)}`];
  const port = await freePort();
  const url = `postgresql://agentkeys@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;
  const isUp = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  };
  const hasEnded = (one: ChildProcess | null): boolean => (one?.exitCode ?? one?.signalCode) !== null;
  const launch = (): ChildProcess =>
    spawn(
      join(bin, "postgres"),
      ["-D", data, "-p", String(port), "-k", data, "-h", "127.0.0.1", ...ssl.flatMap((setting) => ["-c", setting])],
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
    url,
    start,
    kill: () => end("SIGKILL"),
    stop: async () => {
      await end("SIGINT");
      rmSync(data, { recursive: true, force: true });
    },
  };
}
