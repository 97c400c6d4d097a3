import { createReadStream } from "node:fs";
import { randomBytes, randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { isatty } from "node:tty";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { runChild } from "./child.ts";
import { createKubectl, type Kubectl } from "./kube/kubectl.ts";
import { realTerminal, type Terminal } from "./terminal.ts";

/** Holds the master wallet's key where a program signs without a file: 64 hex digits. */
export const WALLET_VARIABLE = "AGENTKEYS_WALLET_KEY";

/** Everything outside the command: tests hand in fakes. */
export interface Machine {
  env: Readonly<Record<string, string | undefined>>;
  kubectl: Kubectl;
  clock: Clock;
  randomBytes: (length: number) => Uint8Array;
  newId: () => string;
  input: { isTerminal: boolean; read: (maxBytes: number) => Promise<Buffer> };
  terminal: Terminal;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  signal: AbortSignal;
  /** Whose files the command works on. */
  uid: number;
  /** How this command is started again. */
  command: readonly string[];
  /** Runs a program on the command's own terminal; answers its exit code. */
  runChild: (words: readonly string[], env: Readonly<Record<string, string | undefined>>) => Promise<number>;
  /** Runs the daemon until it is told to end; answers its exit code. */
  runDaemon: () => Promise<number>;
}

/** A service of ours that a command runs in this process. */
export type Service = (context: ProcessContext) => Promise<number>;

/** The machine the command runs on. */
export function realMachine(context: ProcessContext, daemon: Service): Machine {
  const { env, stdout, stderr, signal, takeSignals } = context;
  // kubectl starts programs of its own (credential plugins): none of them gets the wallet.
  const withoutWallet = { ...env, [WALLET_VARIABLE]: undefined };
  return {
    env,
    stdout,
    stderr,
    signal,
    kubectl: createKubectl(withoutWallet, signal),
    terminal: realTerminal(),
    clock: systemClock,
    randomBytes,
    newId: randomUUID,
    // An image's user need not be in a passwd file, and `userInfo` throws for one that is not.
    uid: process.getuid?.() ?? userInfo().uid,
    command: context.command ?? [],
    runChild: (words, childEnv) =>
      runChild(words, { env: childEnv, isTerminal: isatty(0), takeSignals, say: (text) => void stderr.write(`agentkeys: ${text}\n`) }),
    runDaemon: async () => {
      const stop = new AbortController();
      signal.addEventListener("abort", () => stop.abort(), { once: true });
      const giveBack = takeSignals?.(() => stop.abort());
      try {
        return await daemon({ argv: [], env: withoutWallet, signal: stop.signal, stdout, stderr });
      } finally {
        giveBack?.();
      }
    },
    input: { isTerminal: isatty(0), read: (maxBytes) => readAtMost(createReadStream("", { fd: 0, autoClose: false }), maxBytes) },
  };
}

/** Reads a stream to its end, or one byte more than allowed so that the caller can tell. */
export async function readAtMost(stream: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks);
}
