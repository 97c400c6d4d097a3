import { AgentKeysForwarder, AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts, mined, NEW_FORWARDER } from "@agentkeys/contracts/deploy";
import type { ChainConfig, ContractAddresses } from "@agentkeys/common/chain";
import {
  FORWARD_REQUEST_TYPES,
  forwardDomain,
  forwardMessage,
  type ForwardRequest,
  type SignedForwardRequest,
} from "@agentkeys/common/forward-request";
import { operatorOmni } from "@agentkeys/common/identity";
import { until } from "@agentkeys/common/testing";
import { Contract, id, Interface, Wallet } from "ethers";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAnvil, type Anvil } from "../../contracts/test/anvil.ts";
import { startMisbehavingRpc, type MisbehavingRpc } from "../../contracts/test/misbehaving-rpc.ts";
import { bundleServices } from "../../image/test/program.ts";

const EXECUTED = id("ExecutedForwardRequest(address,uint256,bool)");
export const payer = new Wallet(`0x${"31".repeat(32)}`);
export const registryAbi = new Interface(SidecarRegistry.abi);
export const scopeAbi = new Interface(AgentKeysScope.abi);

export interface Answer {
  status: number;
  body: { id: string; status: string; transaction?: string; block?: number; reason?: string; error?: string };
}

/** A chain with a forwarder, and a relay as a process of its own in front of an RPC that can misbehave. */
export interface TestChain {
  anvil: Anvil;
  rpc: MisbehavingRpc;
  config: ChainConfig;
  contracts: ContractAddresses & { forwarder: string };
  folder: string;
  /** The bundle that the relay is started from. */
  entry: string;
  stop(): Promise<void>;
}

/** Starts a chain; `entry` is that of another one's relay, made when left out. */
export async function startChain(chainId = 31337, entry = ""): Promise<TestChain> {
  const deployer = new Wallet(`0x${"42".repeat(32)}`);
  const anvil = await startAnvil({ wallets: [deployer, payer], chainId });
  const rpc = await startMisbehavingRpc(anvil.url);
  const wallet = deployer.connect(anvil.provider);
  const profile = chainId === 31337 ? "anvil" : "elsewhere";
  const config = await deployContracts({ wallet, profile, rpcUrls: [rpc.url], trustedForwarder: NEW_FORWARDER });
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-relay-"));
  writeFileSync(join(folder, "chain.json"), JSON.stringify(config));
  writeFileSync(join(folder, "wallet"), payer.privateKey.slice(2));
  return {
    anvil,
    rpc,
    config,
    contracts: { ...config.contracts, forwarder: String(config.contracts.forwarder) },
    folder,
    entry: entry === "" ? await bundleServices(join(folder, "image")) : entry,
    stop: async () => {
      await rpc.close();
      await anvil.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export interface RunningRelay {
  url: string;
  admin: string;
  post(request: object): Promise<Answer>;
  get(id: string): Promise<Answer>;
  /** kill -9. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts the relay of a chain; what it keeps stays in the chain's folder. */
export async function startRelayProcess(chain: TestChain, env: Record<string, string> = {}): Promise<RunningRelay> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", chain.entry, "relay"], {
    env: {
      PATH: process.env["PATH"],
      AGENTKEYS_RELAY_CHAIN_FILE: join(chain.folder, "chain.json"),
      AGENTKEYS_RELAY_WALLET_FILE: join(chain.folder, "wallet"),
      AGENTKEYS_RELAY_STATE_DIR: chain.folder,
      AGENTKEYS_RELAY_LISTEN: "0",
      AGENTKEYS_RELAY_ADMIN_LISTEN: "0",
      AGENTKEYS_RELAY_BATCH_MS: "20",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = await listening(child);
  const url = said.address;
  const admin = said.admin;
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  const ended = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
    return child.exitCode;
  };
  await until(async () => (await fetch(`${admin}/readyz`)).status === 200 || env["AGENTKEYS_RELAY_MIN_BALANCE_GWEI"] !== undefined);
  return {
    url,
    admin,
    post: (request) => ask("/v1/relay", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) }),
    get: (requestId) => ask(`/v1/relay/${requestId}`),
    kill: async () => {
      await ended("SIGKILL");
    },
    stop: () => ended("SIGTERM"),
  };
}

function listening(child: ChildProcess): Promise<{ address: string; admin: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new TypeError(`the relay ended with ${code}: ${text}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      for (const line of text.split("\n")) {
        if (!line.includes('"relay is listening"')) continue;
        const { address, admin } = JSON.parse(line) as { address: string; admin: string };
        resolve({ address, admin });
      }
    });
  });
}

/** A wallet of its own for each test. */
export function walletOf(seed: number): { wallet: Wallet; operator: `0x${string}` } {
  const wallet = new Wallet(`0x${seed.toString(16).padStart(64, "7")}`);
  return { wallet, operator: operatorOmni(wallet.address) };
}

/** The registration of a wallet's first master device, signed. */
export async function registration(chain: TestChain, wallet: Wallet, change: Partial<ForwardRequest> = {}): Promise<SignedForwardRequest> {
  const omni = operatorOmni(wallet.address);
  const data = registryAbi.encodeFunctionData("registerMasterDevice", [id(wallet.address), omni, omni, 7, "0x"]);
  return signed(chain, wallet, { to: chain.contracts.registry, data, ...change });
}

export async function signed(chain: TestChain, wallet: Wallet, change: Partial<ForwardRequest>): Promise<SignedForwardRequest> {
  const { timestamp } = (await chain.anvil.provider.getBlock("latest")) ?? { timestamp: 0 };
  const request = forwardMessage({
    from: wallet.address,
    to: chain.contracts.scope,
    value: 0,
    gas: 500_000,
    nonce: await nonceOf(chain, wallet),
    deadline: Math.max(timestamp, Math.floor(Date.now() / 1000)) + 600,
    data: "0x",
    ...change,
  });
  const domain = forwardDomain({ chainId: chain.config.chainId, forwarder: chain.contracts.forwarder });
  return { ...request, signature: await wallet.signTypedData(domain, FORWARD_REQUEST_TYPES, request) };
}

export async function nonceOf({ anvil, contracts }: TestChain, wallet: Wallet): Promise<number> {
  const forwarder = new Contract(contracts.forwarder, AgentKeysForwarder.abi, anvil.provider);
  return Number(await (forwarder.getFunction("nonces").staticCall(wallet.address) as Promise<bigint>));
}

/** How often each wallet's requests were carried out, by the forwarder's events. */
export async function executed({ anvil, contracts }: TestChain): Promise<Map<string, number>> {
  const logs = await anvil.provider.getLogs({ address: contracts.forwarder, topics: [EXECUTED], fromBlock: 0 });
  const counts = new Map<string, number>();
  for (const { topics } of logs) {
    const wallet = `0x${String(topics[1]).slice(26)}`;
    counts.set(wallet, (counts.get(wallet) ?? 0) + 1);
  }
  return counts;
}

/** The wallet's own way in: the forwarder takes a request from anybody. */
export async function bringItself({ anvil, contracts }: TestChain, request: SignedForwardRequest): Promise<void> {
  const sender = new Wallet(`0x${"42".repeat(32)}`, anvil.provider);
  const execute = new Contract(contracts.forwarder, AgentKeysForwarder.abi, sender).getFunction("execute");
  await mined(await execute.send(request));
}
