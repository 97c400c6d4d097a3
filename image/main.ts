/**
 * Entry of the one image: the first argument names the service, which is loaded alone. The only file that touches the process.
 */
import type { ProcessContext } from "@agentkeys/common/lifecycle";

type Main = (context: ProcessContext) => Promise<number>;

const SERVICES: Readonly<Record<string, () => Promise<{ main: Main }>>> = {
  operator: () => import("../operator/src/main.ts"),
  webhook: () => import("../operator/src/webhook/main.ts"),
  broker: () => import("../broker/src/main.ts"),
  auditor: () => import("../broker/src/auditor/main.ts"),
  "creds-worker": () => import("../creds-worker/src/main.ts"),
  signer: () => import("../signer/src/main.ts"),
  sidecar: () => import("../sidecar/src/main.ts"),
  relay: () => import("../relay/src/main.ts"),
  daemon: () => import("../sidecar/src/daemon/main.ts"),
  cli: async () => {
    const cli = await import("../cli/src/main.ts");
    const daemon: Main = async (context) => (await import("../sidecar/src/daemon/main.ts")).main(context);
    return { main: (context) => cli.main(context, daemon) };
  },
};

const [name = "", ...argv] = process.argv.slice(2);
const load = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
if (load === undefined) {
  process.stderr.write(`unknown service "${name}": give one of ${Object.keys(SERVICES).join(", ")}\n`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  let handle: (signal: NodeJS.Signals) => void = () => stop.abort();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => handle(signal));
  const takeSignals = (own: typeof handle): (() => void) => {
    const before = handle;
    handle = own;
    return () => void (handle = before);
  };
  const { main } = await load();
  const { env, stdout, stderr, execPath } = process;
  const command = [execPath, process.argv[1] ?? "", name];
  const code = await main({ argv, env, signal: stop.signal, stdout, stderr, command, takeSignals });
  process.exit(code);
}
