import { mkdtempSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import type { Machine } from "../../src/machine.ts";
import { runProgram } from "../../src/program.ts";
import { FakeKubectl } from "./kubectl.ts";

/** What a run printed and came to. */
export interface Outcome {
  code: number;
  out: string;
  err: string;
  /** The answer of a run with --json. */
  json: () => unknown;
}

class Capture extends Writable {
  text = "";
  isTTY: boolean;
  constructor(isTerminal: boolean) {
    super();
    this.isTTY = isTerminal;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** The command on a machine of its own: a fresh home, a cluster in memory, standard input from a text. */
export class TestMachine {
  readonly kubectl = new FakeKubectl();
  readonly folder = mkdtempSync(join(tmpdir(), "agentkeys-cli-"));
  clock: Clock = systemClock;
  env: Record<string, string> = { HOME: this.folder };

  home(...parts: string[]): string {
    return join(this.folder, ".config", "agentkeys", ...parts);
  }

  async run(argv: readonly string[], options: { input?: string; isTerminal?: boolean } = {}): Promise<Outcome> {
    const { input, isTerminal = false } = options;
    const [stdout, stderr] = [new Capture(isTerminal), new Capture(isTerminal)];
    const machine: Machine = {
      env: this.env,
      kubectl: this.kubectl,
      clock: this.clock,
      randomBytes,
      newId: randomUUID,
      input: { isTerminal: input === undefined, read: () => Promise.resolve(Buffer.from(input ?? "", "utf8")) },
      stdout,
      stderr,
      signal: new AbortController().signal,
    };
    const code = await runProgram(argv, machine);
    return { code, out: stdout.text, err: stderr.text, json: () => JSON.parse(stdout.text) as unknown };
  }
}
