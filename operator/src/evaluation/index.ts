/**
 * The development chain of the evaluation profile: contracts deployed once, addresses kept in ConfigMap agentkeys-chain.
 * Must not be used with a chain that holds value.
 */
import { JsonRpcProvider, Network, Wallet } from "ethers";
import { deployContracts, fundWithAnvil, NEW_FORWARDER } from "@agentkeys/contracts/deploy";
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import type { KubeObject } from "../api/types.ts";
import { RESOURCES, type KubeApi } from "../kube/index.ts";

export { ensureAuditor } from "./auditor.ts";

const CONFIG_MAP = "agentkeys-chain";
const CHAIN_ID = 31337;
/** The chart's chain mines by interval, so a view that stands still is a stuck chain (protocol §5). */
const MAX_AGE_SECONDS = 60;

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

/** The chain of the ConfigMap, or null while there is none. */
export async function readEvaluationChain(api: KubeApi, namespace: string): Promise<ChainConfig | null> {
  const found = (await api.get(RESOURCES.configMaps, { namespace, name: CONFIG_MAP })) as ConfigMap | null;
  const text = found?.data?.["chain.json"];
  return text === undefined ? null : parseChainConfig(text);
}

/** Deploys the contracts when the ConfigMap is missing or its addresses hold no code (a development chain forgets), and answers the chain. */
export async function ensureEvaluationChain(of: {
  api: KubeApi;
  namespace: string;
  rpcUrl: string;
  walletKey: Secret;
  log: Log;
}): Promise<ChainConfig> {
  const known = await readEvaluationChain(of.api, of.namespace);
  const provider = new JsonRpcProvider(of.rpcUrl, CHAIN_ID, {
    staticNetwork: Network.from(CHAIN_ID),
    batchMaxCount: 1,
    pollingInterval: 100,
  });
  try {
    if (known?.contracts.audit !== undefined && (await hasCode(provider, known))) return known;
    const wallet = new Wallet(keyHex(of.walletKey), provider);
    await fundWithAnvil(of.rpcUrl, wallet.address);
    const deployed = await deployContracts({ wallet, profile: "anvil", rpcUrls: [of.rpcUrl], trustedForwarder: NEW_FORWARDER });
    const config: ChainConfig = { ...deployed, maxAgeSeconds: MAX_AGE_SECONDS };
    const metadata = { namespace: of.namespace, name: CONFIG_MAP };
    const data = { "chain.json": `${JSON.stringify(config, null, 2)}\n` };
    const body: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    await of.api.apply(RESOURCES.configMaps, body);
    of.log.warn("evaluation: contracts deployed on a development chain, not for production", { ...config.contracts });
    return config;
  } catch (cause) {
    if (cause instanceof AgentKeysError) throw cause;
    throw new AgentKeysError("chain_rpc_error", { detail: "deployment on the development chain", cause });
  } finally {
    provider.destroy();
  }
}

async function hasCode(provider: JsonRpcProvider, config: ChainConfig): Promise<boolean> {
  const codes = await Promise.all(Object.values(config.contracts).map((address: string) => provider.getCode(address)));
  return codes.every((code) => code !== "0x");
}
