import { fundWithAnvil } from "@agentkeys/contracts/deploy";
import type { Wallet } from "ethers";
import { JsonRpcProvider } from "ethers";
import { spawn } from "node:child_process";
import { once } from "node:events";

const ANVIL = new URL("../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil", import.meta.url).pathname;

export interface Anvil {
  url: string;
  provider: JsonRpcProvider;
  /** Stops and resumes the process itself: it keeps its port and says nothing. */
  hang(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A real local chain on a free port, with the wallets funded. */
export async function startAnvil(of: { args?: string[]; wallets?: Wallet[]; chainId?: number }): Promise<Anvil> {
  const { args = [], wallets = [], chainId = 31337 } = of;
  const child = spawn(ANVIL, ["--port", "0", "--chain-id", String(chainId), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new TypeError(`anvil ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      const listening = /Listening on ([\d.:]+)/.exec(chunk.toString());
      if (listening?.[1] !== undefined) resolve(`http://${listening[1]}`);
    });
  });
  const provider = new JsonRpcProvider(url, chainId, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1, pollingInterval: 20 });
  for (const { address } of wallets) await fundWithAnvil(url, address);
  return {
    url,
    provider,
    hang: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    stop: async () => {
      provider.destroy();
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}
