import { spawn } from "node:child_process";
import { AgentKeysError } from "@agentkeys/common/errors";

/** A port of the cluster on this machine. */
export interface Forwarded {
  port: number;
  close: () => void;
}

const MAX_WORDS = 2000;

/** Starts `kubectl port-forward` on a free loopback port and answers once it listens. */
export function startForward(of: {
  binary: string;
  env: Readonly<Record<string, string | undefined>>;
  namespace: string;
  target: string;
  port: number;
  /** Ends the forwarding, when the command is interrupted. */
  signal: AbortSignal;
}): Promise<Forwarded> {
  const { binary, env, namespace, target, port, signal } = of;
  const args = ["port-forward", "--address", "127.0.0.1", "-n", namespace, target, `:${port}`];
  const child = spawn(binary, args, { env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const close = (): void => void child.kill();
  signal.addEventListener("abort", close);
  return new Promise((resolve, reject) => {
    let words = "";
    const fail = (cause?: unknown): void =>
      reject(
        new AgentKeysError("kube_api", {
          message: `kubectl port-forward to ${namespace}/${target} failed: ${words.trim() || "it ended"}. Run agentkeys doctor`,
          cause,
        }),
      );
    child.stderr.on("data", (chunk: Buffer) => (words = `${words}${chunk.toString()}`.slice(-MAX_WORDS)));
    child.stdout.on("data", (chunk: Buffer) => {
      const local = /127\.0\.0\.1:(\d+)/.exec(chunk.toString())?.[1];
      if (local !== undefined) resolve({ port: Number(local), close });
    });
    child.once("error", fail);
    child.once("exit", () => {
      signal.removeEventListener("abort", close);
      fail();
    });
  });
}
