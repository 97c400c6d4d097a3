/**
 * Entry of the one image: the first argument names the service, which is loaded alone. The only file that touches the process.
 */
import type { ProcessContext } from "@agentkeys/common/lifecycle";

type Main = (context: ProcessContext) => Promise<number>;

const SERVICES: Readonly<Record<string, () => Promise<{ main: Main }>>> = {
  operator: () => import("../operator/src/main.ts"),
  webhook: () => import("../operator/src/webhook/main.ts"),
  broker: () => import("../broker/src/main.ts"),
  "creds-worker": () => import("../creds-worker/src/main.ts"),
  signer: () => import("../signer/src/main.ts"),
  sidecar: () => import("../sidecar/src/main.ts"),
  relay: () => import("../relay/src/main.ts"),
  cli: () => import("../cli/src/main.ts"),
};

const [name = "", ...argv] = process.argv.slice(2);
const load = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
if (load === undefined) {
  process.stderr.write(`unknown service "${name}": give one of ${Object.keys(SERVICES).join(", ")}\n`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const { main } = await load();
  const code = await main({ argv, env: process.env, signal: stop.signal, stdout: process.stdout, stderr: process.stderr });
  process.exit(code);
}
