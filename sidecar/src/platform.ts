import { randomBytes, randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { systemClock } from "@agentkeys/common/clock";
import type { Platform } from "./wire.ts";

/** The machine that a proxy runs on. */
export const platform: Platform = {
  clock: systemClock,
  steadyMs: () => performance.now(),
  random: Math.random,
  randomBytes: (length) => randomBytes(length),
  newId: () => randomUUID(),
  readFile: (path) => readFileSync(path, "utf8"),
  readProcFile: (path) => readFile(path, "utf8"),
  resolve: (hostname) => lookup(hostname, { all: true, order: "verbatim" }),
};
