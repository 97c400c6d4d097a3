/** A workstation for real: the daemon as its own process, chain, broker and worker behind it, programs of several users in front. */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keyHex } from "@agentkeys/common/identity";
import { workstationPaths, type WorkstationPaths } from "@agentkeys/common/workstation";
import { TestMachine } from "../../../cli/test/fakes/machine.ts";
import { startServices, SYSTEM, type Services } from "../../../cli/test/fakes/services.ts";
import { createTestCa } from "../proxy/certificates.ts";
import { startStubUpstream, type StubUpstream } from "../proxy/stub-upstream.ts";
import { freePort } from "@agentkeys/common/testing";

export const KEY = "sk-live-CANARY-0000-never-shown";
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a program printed and came to. */
export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

/** Runs a program to its end. */
export async function run(
  words: readonly string[],
  options: SpawnOptions & { onOutput?: (text: string, child: ChildProcess) => void } = {},
): Promise<Ran> {
  const { onOutput, ...rest } = options;
  const [program = "", ...args] = words;
  const child: ChildProcess = spawn(program, args, { ...rest, stdio: ["ignore", "pipe", "pipe"] });
  const ran: Ran = { code: null, signal: null, out: "", err: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    ran.out += chunk.toString("utf8");
    onOutput?.(ran.out, child);
  });
  child.stderr?.on("data", (chunk: Buffer) => (ran.err += chunk.toString("utf8")));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      [ran.code, ran.signal] = [code, signal];
      resolve();
    });
  });
  return ran;
}

/** State of a socket in /proc/net/tcp. */
const LISTENING = "0A";

/** What a link leads to; a descriptor may be closed while it is looked at. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** The daemon as a process, with everything it logged. */
export class DaemonProcess {
  readonly child: ChildProcess;
  log = "";
  err = "";
  readonly ended: Promise<number | null>;

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [join(ROOT, "cli/bin/agentkeys.js"), "daemon"], {
      env: { PATH: process.env["PATH"], ...env },
      cwd: ROOT,
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.log += chunk.toString("utf8")));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.err += chunk.toString("utf8")));
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  /** Resolves when the log holds a text; with `after` only what was logged since then counts. */
  async says(text: string, after = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!this.log.slice(after).includes(text)) return;
        this.child.stdout?.off("data", look);
        resolve();
      };
      this.child.stdout?.on("data", look);
      void this.ended.then(() => reject(new TypeError(`the daemon did not say "${text}": ${this.err}${this.log}`)));
      look();
    });
  }

  /** Ports that it listens on, each once. */
  ports(): number[] {
    const folder = `/proc/${this.child.pid ?? 0}`;
    const own = new Set(readdirSync(`${folder}/fd`).map((name) => linkOf(`${folder}/fd/${name}`)));
    const lines = ["tcp", "tcp6"].flatMap((name) => readFileSync(`${folder}/net/${name}`, "utf8").split("\n").slice(1));
    const found = lines
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === LISTENING && own.has(`socket:[${inode ?? ""}]`));
    return [...new Set(found.map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16)))].sort((a, b) => a - b);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return await this.ended;
  }
}

export interface Desk {
  machine: TestMachine;
  services: Services;
  upstream: StubUpstream;
  paths: WorkstationPaths;
  port: number;
  /** Programs that anybody may run. */
  bin: (name: string) => string;
  /** Words that registered this workstation. */
  registration: readonly string[];
  /** `openai` are lines for the table of that service. */
  writePolicy: (rules: string, openai?: readonly string[]) => void;
  /** Gives `daemon.toml` a table of this name, in the place of one that is there; null takes it away. */
  setTable: (name: string, lines: readonly string[] | null) => void;
  startDaemon: () => Promise<DaemonProcess>;
  stop: () => Promise<void>;
}

/** Registers a workstation with the command and stores a key for it; the daemon is not started yet. */
export async function startDesk(): Promise<Desk> {
  const services = await startServices();
  const machine = new TestMachine();
  services.install(machine);
  const runtime = join(machine.folder, "run");
  mkdirSync(runtime, { mode: 0o700 });
  machine.env = { ...machine.env, XDG_RUNTIME_DIR: runtime };
  const paths = workstationPaths(machine.env);
  const file = (name: string, text: string): string => {
    writeFileSync(join(machine.folder, name), text, { mode: 0o600 });
    return join(machine.folder, name);
  };
  const ca = createTestCa();
  const upstream = await startStubUpstream(ca.issue("localhost"));
  const caFile = file("upstream.pem", ca.pem);
  const bundle = await machine.kubectl.get<{ data: Record<string, string> }>("configmap", {
    namespace: SYSTEM,
    name: "agentkeys-trust-bundle",
  });
  const [broker, worker] = [`agentkeys-broker.${SYSTEM}.svc:8091`, `agentkeys-creds-worker.${SYSTEM}.svc:9094`];
  const chain = [
    "--chain-file",
    file("chain.json", JSON.stringify(services.chain.config)),
    "--wallet-file",
    file("wallet", keyHex(services.chain.walletKey)),
  ];
  const urls = ["--broker-url", `https://${broker}`, "--worker-url", `https://${worker}`];
  const trust = ["--trust-bundle", file("ca.pem", bundle?.data["ca.crt"] ?? "")];
  const registration = ["device", "register", "openai", "echo", "--actor", "desk", ...chain, ...urls, ...trust];
  const must = async (words: readonly string[], input?: string): Promise<void> => {
    const { code, err } = await machine.run(words, input === undefined ? {} : { input });
    if (code !== 0) throw new TypeError(`${words.join(" ")}: ${err}`);
  };
  await must(registration);
  const port = await freePort();
  const dialled = (name: string, service: string): string =>
    `"${name}" = "127.0.0.1:${machine.kubectl.ports.get(`${SYSTEM}/service/${service}`) ?? 0}"`;
  const text = readFileSync(paths.daemon, "utf8")
    .replace(/^tcp_port = .*$/m, `tcp_port = ${port}`)
    .replace(/\[dial\]\s*$/m, "");
  const dial = [`[dial]`, dialled(broker, "agentkeys-broker:8091"), dialled(worker, "agentkeys-creds-worker:9094"), ""];
  writeFileSync(paths.daemon, `${text.trimEnd()}\n\n${dial.join("\n")}`);
  for (const service of ["openai", "echo"]) await must(["credential", "put", service, "--workstation", ...chain.slice(2)], KEY);
  const programs = mkdtempSync(join(tmpdir(), "agentkeys-bin-"));
  chmodSync(programs, 0o755);
  const upstreamLines = [`upstream = "https://localhost:${upstream.port}"`, `ca_bundle = "${caFile}"`, "allow_private_addresses = true"];
  const tables = (openai: readonly string[]): string[] => [
    "[[service]]",
    'name = "openai"',
    'preset = "openai"',
    ...upstreamLines,
    ...openai,
    "",
    "[[service]]",
    'name = "echo"',
    ...upstreamLines,
  ];
  return {
    machine,
    services,
    upstream,
    paths,
    port,
    registration,
    bin: (name) => {
      const path = join(programs, name);
      if (!existsSync(path)) copyFileSync(realpathSync(`/usr/bin/${name.split("-")[0] ?? ""}`), path);
      return path;
    },
    writePolicy: (rules, openai = []) => {
      // As an editor does: a new file takes the old one's place.
      const next = `${paths.policy}.new`;
      writeFileSync(next, `${rules}\n${tables(openai).join("\n")}\n`, { mode: 0o600 });
      renameSync(next, paths.policy);
    },
    setTable: (name, lines) => {
      const others = readFileSync(paths.daemon, "utf8").replace(new RegExp(`^\\[${name}\\]\\n(?:(?!\\[).*\\n)*`, "m"), "");
      const table = lines === null ? "" : `\n[${name}]\n${lines.join("\n")}\n`;
      writeFileSync(paths.daemon, `${others.trimEnd()}\n${table}`, { mode: 0o600 });
    },
    startDaemon: async () => {
      const daemon = new DaemonProcess(machine.env);
      await daemon.says("daemon is listening");
      return daemon;
    },
    stop: async () => {
      await upstream.close();
      await services.stop();
    },
  };
}
