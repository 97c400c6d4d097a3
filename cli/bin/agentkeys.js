#!/usr/bin/env node
// Starts the command line from source: Node 24 runs TypeScript as it is. An older Node hands over to the one npm installed here.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";

const own = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));

async function runHere() {
  const { main } = await import("../src/main.ts");
  const stop = new AbortController();
  let handle = (_signal, code) => {
    // Forwarded ports are closed by the abort, before this process is gone.
    stop.abort();
    process.exit(code);
  };
  for (const [signal, code] of [
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])
    process.on(signal, () => handle(signal, code));
  const takeSignals = (own) => {
    const before = handle;
    handle = own;
    return () => (handle = before);
  };
  const { argv, env, stdout, stderr, execPath } = process;
  const command = [execPath, fileURLToPath(import.meta.url)];
  const context = { argv: argv.slice(2), env, signal: stop.signal, stdout, stderr, command, takeSignals };
  process.exitCode = await main(context, async (own) => (await import("../../sidecar/src/daemon/main.ts")).main(own));
}

/** The relay is a service: its settings are no options of a command, and it drains before it ends. */
async function runRelay() {
  const { main } = await import("../../relay/src/main.ts");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  const { argv, env, stdout, stderr } = process;
  process.exitCode = await main({ argv: argv.slice(3), env, signal: stop.signal, stdout, stderr });
}

const wantsHelp = process.argv.includes("--help") || process.argv.includes("-h");
if (process.features.typescript) await (process.argv[2] === "relay" && !wantsHelp ? runRelay() : runHere());
else if (existsSync(own))
  process.exitCode = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
else {
  process.stderr.write(`agentkeys: this is Node ${process.version}, it needs 24: install it, or run npm install in the checkout\n`);
  process.exitCode = 1;
}
