import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { ReadStream, WriteStream } from "node:tty";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";

/** Questions to the person at the keyboard, whatever standard input and output are. */
export interface Terminal {
  /** The line typed, without spaces around it. Throws `config_invalid` where nobody can be asked. */
  ask(question: string): Promise<string>;
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<Secret>;
}

const ENTER = ["\r", "\n", "\u0004"];
const ERASE = ["\u007f", "\b"];
const INTERRUPT = "\u0003";

function refuse(message: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("config_invalid", { message, cause });
}

/** The terminal this process belongs to. */
export function realTerminal(device = "/dev/tty"): Terminal {
  const withDevice = async <T>(use: (input: ReadStream, output: WriteStream) => Promise<T>): Promise<T> => {
    let fds: number[] = [];
    try {
      fds = [openSync(device, "r"), openSync(device, "w")];
    } catch (cause) {
      for (const fd of fds) closeSync(fd);
      throw refuse("Nobody can be asked here, there is no terminal: see the command's options for --yes and --password-file", cause);
    }
    const [input, output] = [new ReadStream(fds[0] ?? 0), new WriteStream(fds[1] ?? 1)];
    try {
      return await use(input, output);
    } finally {
      input.destroy();
      output.destroy();
    }
  };
  return {
    ask: (question) =>
      withDevice(async (input, output) => {
        const lines = createInterface({ input, output });
        try {
          return (await lines.question(question)).trim();
        } finally {
          lines.close();
        }
      }),
    askHidden: (question) => withDevice((input, output) => readHidden(question, input, output)),
  };
}

async function readHidden(question: string, input: ReadStream, output: WriteStream): Promise<Secret> {
  // Before the question: what is typed at once would be echoed.
  input.setRawMode(true);
  output.write(question);
  try {
    return Secret.of(await typed(input));
  } finally {
    input.setRawMode(false);
    output.write("\n");
  }
}

async function typed(input: AsyncIterable<Buffer>): Promise<string> {
  const characters: string[] = [];
  for await (const chunk of input)
    for (const character of chunk.toString("utf8")) {
      if (ENTER.includes(character)) return characters.join("");
      if (character === INTERRUPT) throw refuse("Interrupted: nothing was signed");
      if (ERASE.includes(character)) characters.pop();
      else characters.push(character);
    }
  return characters.join("");
}
