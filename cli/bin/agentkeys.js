#!/usr/bin/env node
// Starts the command line from source: Node 24 runs TypeScript as it is.
const { main } = await import("../src/main.ts");
const stop = new AbortController();
process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  signal: stop.signal,
  stdout: process.stdout,
  stderr: process.stderr,
});
