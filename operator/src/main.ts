/** Entry of the operator; importing it does nothing. */
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { systemClock } from "@agentkeys/common/clock";
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readOperatorConfig } from "./config.ts";
import { startOperator, type Platform } from "./wire.ts";

const platform: Platform = {
  clock: systemClock,
  random: Math.random,
  randomBytes: (length) => randomBytes(length),
  newId: () => randomUUID(),
  readFile: (path) => readFileSync(path),
};

/** Runs the operator until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readOperatorConfig, start: (config, process) => startOperator(config, process, platform) }, context);
}
