import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { JsonRpcProvider, Wallet } from "ethers";
import { deployContracts, fundWithAnvil } from "@agentkeys/contracts/deploy";
import type { ChainConfig } from "@agentkeys/common/chain";
import { Secret } from "@agentkeys/common/secret";
import { freePort } from "@agentkeys/common/testing";

const BINARY = join(dirname(createRequire(import.meta.url).resolve("@foundry-rs/anvil-linux-amd64/package.json")), "bin", "anvil");

async function isUp(url: string): Promise<boolean> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  return await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** A real local chain with the contracts on it. */
export async function startChain(): Promise<{ config: ChainConfig; walletKey: Secret; url: string; stop: () => Promise<void> }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(BINARY, ["--port", new URL(url).port, "--silent"], { stdio: "ignore" });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  while (!(await isUp(url))) await new Promise((resolve) => setTimeout(resolve, 25));
  const bytes = Buffer.alloc(32, 7);
  const provider = new JsonRpcProvider(url, 31337, { staticNetwork: true, batchMaxCount: 1, pollingInterval: 20 });
  const wallet = new Wallet(`0x${bytes.toString("hex")}`, provider);
  await fundWithAnvil(url, wallet.address);
  const config = await deployContracts({ wallet, profile: "anvil", rpcUrls: [url] });
  provider.destroy();
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return { config, walletKey: Secret.of(bytes), url, stop };
}
