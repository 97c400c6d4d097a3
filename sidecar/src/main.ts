/** Entry of the sidecar; importing it does nothing. */
import { randomBytes, randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { systemClock } from "@agentkeys/common/clock";
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readSidecarConfig } from "./config.ts";
import { startSidecar, type Platform } from "./wire.ts";

const platform: Platform = {
  clock: systemClock,
  steadyMs: () => performance.now(),
  random: Math.random,
  randomBytes: (length) => randomBytes(length),
  newId: () => randomUUID(),
  readFile: (path) => readFileSync(path, "utf8"),
  readProcFile: (path) => readFile(path, "utf8"),
  resolve: (hostname) => lookup(hostname, { all: true, order: "verbatim" }),
};

/** Runs the sidecar until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readSidecarConfig, start: (config, process) => startSidecar(config, process, platform) }, context);
}
