import { mkdtempSync } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";
import type { Machine } from "../../src/machine.ts";
import { runProgram } from "../../src/program.ts";
import type { Terminal } from "../../src/terminal.ts";
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
  readonly #hear: ((text: string) => void) | undefined;
  constructor(isTerminal: boolean, hear?: (text: string) => void) {
    super();
    this.isTTY = isTerminal;
    this.#hear = hear;
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    this.#hear?.(chunk.toString("utf8"));
    done();
  }
}

/** Who answers questions in their order; nobody when there are no answers. */
function fakeTerminal(answers: string[], asked: string[]): Terminal {
  const ask = (question: string): Promise<string> => {
    asked.push(question);
    const answer = answers.shift();
    return answer === undefined
      ? Promise.reject(new AgentKeysError("config_invalid", { message: "there is no terminal" }))
      : Promise.resolve(answer);
  };
  return { ask, askHidden: async (question) => Secret.of(await ask(question)) };
}

/** The command on a machine of its own: a fresh home, a cluster in memory, standard input from a text. */
export class TestMachine {
  readonly kubectl = new FakeKubectl();
  readonly folder = mkdtempSync(join(tmpdir(), "agentkeys-cli-"));
  /** Questions that were put to the person. */
  readonly asked: string[] = [];
  /** Programs that were run, and what they came to. */
  readonly children: { words: readonly string[]; env: Readonly<Record<string, string | undefined>> }[] = [];
  childCode = 0;
  clock: Clock = systemClock;
  signal = new AbortController().signal;
  env: Record<string, string> = { HOME: this.folder };

  home(...parts: string[]): string {
    return join(this.folder, ".config", "agentkeys", ...parts);
  }

  async run(
    argv: readonly string[],
    options: { input?: string; isTerminal?: boolean; answers?: readonly string[]; onRemark?: (text: string) => void } = {},
  ): Promise<Outcome> {
    const { input, isTerminal = false, answers = [], onRemark } = options;
    const [stdout, stderr] = [new Capture(isTerminal), new Capture(isTerminal, onRemark)];
    const machine: Machine = {
      env: this.env,
      kubectl: this.kubectl,
      clock: this.clock,
      randomBytes,
      newId: randomUUID,
      input: { isTerminal: input === undefined, read: () => Promise.resolve(Buffer.from(input ?? "", "utf8")) },
      terminal: fakeTerminal([...answers], this.asked),
      stdout,
      stderr,
      signal: this.signal,
      uid: userInfo().uid,
      command: ["/usr/bin/node", "/opt/agentkeys/cli/bin/agentkeys.js"],
      runChild: (words, env) => {
        this.children.push({ words, env });
        return Promise.resolve(this.childCode);
      },
      runDaemon: () => Promise.resolve(0),
    };
    const code = await runProgram(argv, machine);
    return { code, out: stdout.text, err: stderr.text, json: () => JSON.parse(stdout.text) as unknown };
  }
}
