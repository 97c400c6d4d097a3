import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHAIN_PROFILES, profileOf, type ChainConfig, type ChainProfile } from "@agentkeys/common/chain";
import { MAX_EPOCH } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Secret } from "@agentkeys/common/secret";
import { deployWith, fundWithAnvil, NEW_FORWARDER, type Deployer } from "@agentkeys/contracts/deploy";
import { isAddress } from "ethers";
import { ownChainPath } from "../chain/config.ts";
import { chainWords, providerFor, providerOf } from "../chain/provider.ts";
import { signingDeployer } from "../chain/deployer.ts";
import { noMoreWords, required, usage, type Call, type CommandBody } from "../command.ts";
import { createWhole, openHome } from "../home.ts";
import { assertOneWallet, chosenKey, openPageSigner } from "../master.ts";
import { KEY_OPTIONS, WALLET_OPTIONS } from "../options.ts";
import { keySigner } from "../wallet/key-signer.ts";
import type { WalletSigner } from "../wallet/port.ts";

const PROFILES = Object.keys(CHAIN_PROFILES).join(", ");

interface Deployment {
  profile: string;
  known: ChainProfile;
  rpcUrls: readonly string[];
  /** How many of them must agree; kept in the chain file. */
  quorum?: number;
  out: string;
  /** Where it is kept for --chain. */
  own?: string;
}

export const chainDeploy: CommandBody = {
  operands: "--profile <chain> --rpc-url <url,…>",
  detail: `Deploys registry, scope, epoch counter, lens and audit (and a forwarder when asked) with your wallet and writes the chain file the chart and the other commands
read. Each transaction is said in words that are read from its bytes before it is signed. Nothing is written when a deployment fails. On
anvil the wallet is given coins first.
Profiles: ${PROFILES}.`,
  example: "agentkeys chain deploy --profile base-sepolia --rpc-url https://sepolia.base.org --out chain.json",
  options: {
    profile: { type: "string", value: "<chain>", description: `one of ${PROFILES}; or a name of your own` },
    "rpc-url": { type: "string", value: "<url,…>", description: "RPCs of that chain, in the order in which they are asked" },
    quorum: { type: "string", value: "<n>", description: "how many RPCs must agree before a fact is believed; 1 when left out" },
    ...KEY_OPTIONS,
    browser: WALLET_OPTIONS.browser,
    "chain-id": { type: "string", value: "<id>", description: "id of a chain of your own, whose profile has another name" },
    out: { type: "string", value: "<file>", default: "chain.json", description: "file to write; must not exist" },
    name: { type: "string", value: "<name>", description: "keep it for --chain <name> as well; must not exist" },
    governance: { type: "string", value: "<address>", description: "who may rotate K3; the wallet when left out" },
    epoch: {
      type: "string",
      value: "<n>",
      description: "key epoch to begin at, when a deployment moves here: the one of `rotate status`; 1 when left out",
    },
    forwarder: {
      type: "string",
      value: "<address>",
      description: "ERC-2771 forwarder to trust for good, or `new` to deploy one; none when left out",
    },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    assertOneWallet(call);
    const deployment = deploymentOf(call);
    const [governance, forwarder, k3Epoch] = [addressOf(call, "governance"), forwarderOf(call), epochOf(call)];
    const provider = providerOf({ ...deployment, rpcUrls: [...deployment.rpcUrls], chainId: deployment.known.chainId });
    call.defer(() => provider.destroy());
    const key = call.flag("browser") ? null : await payingKey(call);
    await assertChain(call, deployment);
    const signer = key === null ? await pageSigner(call, deployment) : keySigner(key, provider);
    call.defer(() => signer.close());
    if (k3Epoch > 1 && governance !== undefined && governance.toLowerCase() !== signer.address.toLowerCase())
      throw usage("--epoch is moved to by this wallet: leave --governance out, or deploy with the wallet that it names");
    await assertFunds(await provider.getBalance(signer.address), signer.address, deployment);
    const config = await deploy(call, signingDeployer({ signer, provider, say: call.say }), deployment, {
      k3Epoch,
      ...(governance === undefined ? {} : { governance }),
      ...(forwarder === undefined ? {} : { trustedForwarder: forwarder }),
    });
    createWhole(deployment.out, join(dirname(deployment.out), `.${call.machine.newId()}`), `${JSON.stringify(config, null, 2)}\n`, 0o644);
    const contracts = Object.entries(config.contracts).map(([contract, address]) => ({ contract, address: String(address) }));
    if (deployment.own !== undefined) {
      mkdirSync(dirname(deployment.own), { recursive: true, mode: 0o700 });
      createWhole(deployment.own, join(dirname(deployment.own), `.${call.machine.newId()}`), `${JSON.stringify(config, null, 2)}\n`, 0o644);
    }
    call.answer({ file: deployment.out, wallet: signer.address, chain: config }, contracts);
    call.say(`wrote ${deployment.out}; next: give its contents to the chart (values chain.*)`);
    return undefined;
  },
};

function deploymentOf(call: Call): Deployment {
  const profile = required(call, "profile");
  const known = profileOf(profile) ?? ownProfile(call, profile);
  const rpcs = rpcsOf(call);
  const out = required(call, "out");
  // Told before anything is paid for.
  const name = call.text("name");
  const own = name === undefined ? undefined : ownChainPath(call.machine.env, name);
  if (own !== undefined && existsSync(own))
    throw new AgentKeysError("config_invalid", { message: `${own} exists already: move it away, or give another --name` });
  if (existsSync(out))
    throw new AgentKeysError("config_invalid", { message: `${out} exists already: move it away, or give another --out` });
  assertWritable(dirname(out));
  return { profile, known, ...rpcs, out, ...(own === undefined ? {} : { own }) };
}

function assertWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${folder} is no folder that you may write: give another --out`, cause });
  }
}

function rpcsOf(call: Call): Pick<Deployment, "rpcUrls" | "quorum"> {
  const rpcUrls = required(call, "rpc-url").split(",");
  for (const url of rpcUrls)
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw usage("--rpc-url takes http or https URLs, with commas between them");
  if (new Set(rpcUrls).size !== rpcUrls.length) throw usage("--rpc-url takes URLs that differ from each other");
  const given = call.text("quorum");
  if (given === undefined) return { rpcUrls };
  const quorum = Number(given);
  if (Number.isSafeInteger(quorum) && quorum >= 1 && quorum <= rpcUrls.length) return { rpcUrls, quorum };
  throw usage("--quorum must be a whole number from 1 to the number of RPCs");
}

function ownProfile(call: Call, profile: string): ChainProfile {
  const id = call.text("chain-id");
  if (id === undefined) throw usage(`There is no profile ${profile}: use one of ${PROFILES}, or give --chain-id for a chain of your own`);
  if (!/^[1-9][0-9]{0,14}$/.test(id)) throw usage("--chain-id must be a whole number");
  return { chainId: Number(id), finality: "latest" };
}

function addressOf(call: Call, name: string): string | undefined {
  const value = call.text(name);
  if (value !== undefined && !isAddress(value)) throw usage(`--${name} must be an address (0x and 40 hex digits)`);
  return value;
}

function forwarderOf(call: Call): string | undefined {
  return call.text("forwarder") === NEW_FORWARDER ? NEW_FORWARDER : addressOf(call, "forwarder");
}

function epochOf(call: Call): number {
  const given = call.text("epoch") ?? "1";
  const epoch = /^[1-9][0-9]{0,2}$/.test(given) ? Number(given) : MAX_EPOCH + 1;
  if (epoch > MAX_EPOCH) throw usage(`--epoch must be a whole number from 1 to ${MAX_EPOCH}`);
  return epoch;
}

async function pageSigner(call: Call, { profile, known }: Deployment): Promise<WalletSigner> {
  const purpose = "It pays, and may rotate the storage key afterwards unless --governance names another.";
  return await openPageSigner(call, { profile, ...known }, { purpose });
}

async function payingKey(call: Call): Promise<Secret> {
  const key = (await chosenKey(call)) ?? openHome(call.machine.env).read("wallet");
  if (key !== null) return key;
  throw new AgentKeysError("config_invalid", { message: "There is no wallet: run agentkeys init, or give --wallet-file" });
}

/** Told before anything is paid for. One of several that is down does not stop a deployment; one that serves another chain does. */
async function assertChain(call: Call, { profile, known, rpcUrls, quorum = 1 }: Deployment): Promise<void> {
  const silent: { host: string; cause: unknown }[] = [];
  for (const rpcUrl of rpcUrls) {
    const { host } = new URL(rpcUrl);
    const provider = providerFor(rpcUrl, known.chainId);
    const served = await (provider.send("eth_chainId", []) as Promise<unknown>)
      .then(Number, (cause: unknown) => void silent.push({ host, cause }))
      .finally(() => provider.destroy());
    if (served !== undefined && served !== known.chainId)
      throw new AgentKeysError("config_invalid", {
        message: `The RPC at ${host} serves chain ${served}, but profile ${profile} is chain ${known.chainId}: give the RPC or the profile that fits`,
      });
  }
  if (rpcUrls.length - silent.length < quorum)
    throw new AgentKeysError("chain_rpc_error", {
      message: silent.map(({ host, cause }) => `The RPC at ${host} did not answer (${chainWords(cause)}): check --rpc-url`).join("\n"),
      cause: silent[0]?.cause,
    });
  for (const { host, cause } of silent) call.say(`the RPC at ${host} did not answer (${chainWords(cause)}): going on with the others`);
}

async function assertFunds(balance: bigint, wallet: string, { profile, rpcUrls, known }: Deployment): Promise<void> {
  if (balance > 0n) return;
  if (profile !== "anvil")
    throw new AgentKeysError("config_invalid", {
      message: `Wallet ${wallet} has no balance on ${profile} (chain ${known.chainId}): send it coins of that chain, then run this again`,
    });
  const funded = rpcUrls.map((rpcUrl) => fundWithAnvil(rpcUrl, wallet));
  await Promise.any(funded).catch((cause: unknown) => {
    throw new AgentKeysError("chain_rpc_error", {
      message: `${wallet} has no balance and this RPC is no anvil: send it coins`,
      cause,
    });
  });
}

async function deploy(
  call: Call,
  deployer: Deployer,
  { profile, known, rpcUrls, quorum }: Deployment,
  choices: { k3Epoch: number; governance?: string; trustedForwarder?: string },
): Promise<ChainConfig> {
  const done: string[] = [];
  const onProgress = (contract: string, address: string): void => {
    done.push(`${contract} ${address}`);
    call.say(`deployed ${contract} at ${address}`);
  };
  const { explorerTxUrl } = known;
  call.say(`deploying on ${profile} (chain ${known.chainId}) with ${deployer.address}`);
  try {
    const explorer = explorerTxUrl === undefined ? {} : { explorerTxUrl };
    const config = await deployWith(deployer, {
      ...{ profile, chainId: known.chainId, rpcUrls: [...rpcUrls] },
      ...{ ...explorer, ...choices, onProgress },
    });
    return quorum === undefined ? config : { ...config, quorum };
  } catch (cause) {
    const lost = done.length === 0 ? "nothing was deployed" : `deployed and left unused: ${done.join(", ")}`;
    throw new AgentKeysError(cause instanceof AgentKeysError ? cause.code : "chain_rpc_error", {
      message: `The deployment stopped: ${chainWords(cause)}. No file was written; ${lost}. Run it again`,
      cause,
    });
  }
}
