/** A real SPIRE server and agent of one trust domain in a temporary folder; workloads are told apart by uid. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, until } from "@agentkeys/common/testing";

const BIN = join(process.env["AGENTKEYS_CACHE"] ?? join(homedir(), ".cache/agentkeys/cluster"), "bin");
const run = promisify(execFile);

export interface ClientSvid {
  cert: string;
  key: string;
  /** Authorities of the trust domain, to verify the proxy with. */
  ca: string;
}

const serverConfig = (dir: string, trustDomain: string, port: number): string => `server {
  bind_address = "127.0.0.1"
  bind_port = "${port}"
  socket_path = "${dir}/server.sock"
  trust_domain = "${trustDomain}"
  data_dir = "${dir}/server"
  log_level = "WARN"
  ca_ttl = "2h"
  default_x509_svid_ttl = "1h"
}
plugins {
  DataStore "sql" { plugin_data { database_type = "sqlite3" connection_string = "${dir}/server/datastore.sqlite3" } }
  NodeAttestor "join_token" { plugin_data {} }
  KeyManager "memory" { plugin_data {} }
}
`;

const agentConfig = (dir: string, trustDomain: string, port: number): string => `agent {
  data_dir = "${dir}/agent"
  trust_domain = "${trustDomain}"
  server_address = "127.0.0.1"
  server_port = "${port}"
  socket_path = "${dir}/public/api.sock"
  insecure_bootstrap = true
  log_level = "WARN"
  experimental { sync_interval = "500ms" }
}
plugins {
  NodeAttestor "join_token" { plugin_data {} }
  KeyManager "memory" { plugin_data {} }
  WorkloadAttestor "unix" { plugin_data {} }
}
`;

export class Spire {
  readonly trustDomain: string;
  readonly #dir = mkdtempSync(join(tmpdir(), "agentkeys-spire-"));
  #port = 0;
  #server: ChildProcess | null = null;
  #agent: ChildProcess | null = null;
  #log = "";

  constructor(trustDomain: string) {
    this.trustDomain = trustDomain;
    for (const name of ["server", "agent", "public"]) mkdirSync(join(this.#dir, name));
    chmodSync(this.#dir, 0o755);
    // Run as other uids, which may not look into root's home.
    copyFileSync(join(BIN, "spire-agent"), this.#path("spire-agent"));
  }

  /** Address of the Workload API. */
  get workloadApi(): string {
    return `unix://${this.#path("public/api.sock")}`;
  }

  id(path: string): string {
    return `spiffe://${this.trustDomain}/${path}`;
  }

  async startServer(): Promise<void> {
    this.#port = await freePort();
    writeFileSync(this.#path("server.conf"), serverConfig(this.#dir, this.trustDomain, this.#port));
    this.#server = this.#spawn(join(BIN, "spire-server"), ["run", "-config", this.#path("server.conf")]);
    await this.#healthy(() => this.server("healthcheck"));
  }

  /** Starts the agent; resolves once it vouches for processes of each uid by the ID beside it. */
  async startAgent(entries: readonly { uid: number; path: string; ttlSeconds?: number }[]): Promise<void> {
    const node = this.id("node");
    const [token = ""] = /[0-9a-f-]{36}/.exec(await this.server("token", "generate", "-spiffeID", node)) ?? [];
    for (const { uid, path, ttlSeconds = 3600 } of entries) {
      const entry = ["-parentID", node, "-spiffeID", this.id(path), "-selector", `unix:uid:${uid}`, "-x509SVIDTTL", String(ttlSeconds)];
      await this.server("entry", "create", ...entry);
    }
    writeFileSync(this.#path("agent.conf"), agentConfig(this.#dir, this.trustDomain, this.#port));
    this.#agent = this.#spawn(this.#path("spire-agent"), ["run", "-config", this.#path("agent.conf"), "-joinToken", token]);
    await this.#healthy(() => run(this.#path("spire-agent"), ["healthcheck", "-socketPath", this.#path("public/api.sock")]));
    for (const { uid } of entries) await this.#healthy(() => this.fetch(uid));
  }

  /** A command of the server; answers its standard output. */
  async server(...words: string[]): Promise<string> {
    const options = words.filter((word) => word.startsWith("-"));
    const at = options.length === 0 ? words.length : words.indexOf(options[0] ?? "");
    const args = [...words.slice(0, at), "-socketPath", this.#path("server.sock"), ...words.slice(at)];
    return (await run(join(BIN, "spire-server"), args)).stdout;
  }

  /** What the Workload API gives to a process of this uid. */
  async fetch(uid: number): Promise<ClientSvid> {
    const out = mkdtempSync(join(this.#dir, "svid-"));
    chownSync(out, uid, uid);
    const args = ["api", "fetch", "x509", "-silent", "-socketPath", this.#path("public/api.sock"), "-write", out];
    await run(this.#path("spire-agent"), args, { uid, gid: uid, cwd: "/" });
    return this.#read(out, "svid.0.pem", "svid.0.key", "bundle.0.pem");
  }

  /** An SVID that the server makes without asking what it is for. */
  async mint(path: string, ttl = "1h"): Promise<ClientSvid> {
    const out = mkdtempSync(join(this.#dir, "minted-"));
    await this.server("x509", "mint", "-spiffeID", this.id(path), "-ttl", ttl, "-write", out);
    return this.#read(out, "svid.pem", "key.pem", "bundle.pem");
  }

  /** Ids of the authorities. */
  async authorities(): Promise<{ active?: { authority_id: string }; prepared?: { authority_id: string }; old?: { authority_id: string } }> {
    return JSON.parse(await this.server("localauthority", "x509", "show", "-output", "json")) as never;
  }

  async stopAgent(): Promise<void> {
    await this.#end(this.#agent);
    this.#agent = null;
  }

  async stop(): Promise<void> {
    await this.stopAgent();
    await this.#end(this.#server);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  log(): string {
    return this.#log;
  }

  #path(name: string): string {
    return join(this.#dir, name);
  }

  #read(dir: string, cert: string, key: string, ca: string): ClientSvid {
    const text = (name: string): string => readFileSync(join(dir, name), "utf8");
    return { cert: text(cert), key: text(key), ca: text(ca) };
  }

  #spawn(binary: string, args: string[]): ChildProcess {
    const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.#log += chunk.toString("utf8")));
    return child;
  }

  async #healthy(check: () => Promise<unknown>): Promise<void> {
    await until(() =>
      check().then(
        () => true,
        () => false,
      ),
    );
  }

  async #end(child: ChildProcess | null): Promise<void> {
    if (child?.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }
}
