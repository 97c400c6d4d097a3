import { readFileSync } from "node:fs";
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Call } from "../command.ts";

const CLUSTER_HOST = /^([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc(?:\.[-.a-z0-9]+)?$/;

/**
 * The chain of a cluster's installation, or of --chain-file, or of `fallbackFile`. An RPC that only the cluster can reach is reached through a
 * forwarded port, unless --rpc-url names another.
 */
export async function openChainConfig(call: Call, fallbackFile?: string): Promise<ChainConfig> {
  const config = parseChainConfig(await chainText(call, fallbackFile));
  const given = call.text("rpc-url");
  if (given !== undefined) return withRpc(config, given);
  const [first = ""] = config.rpcUrls;
  const url = new URL(first);
  const [, service, namespace] = CLUSTER_HOST.exec(url.hostname) ?? [];
  if (service === undefined || namespace === undefined) return config;
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const forwarded = await call.machine.kubectl.forward(namespace, `service/${service}`, port);
  call.defer(forwarded.close);
  return withRpc(config, `${url.protocol}//127.0.0.1:${forwarded.port}${url.pathname}`);
}

/** One RPC cannot be a quorum of several. */
function withRpc(config: ChainConfig, url: string): ChainConfig {
  return { ...config, rpcUrls: [url], quorum: 1 };
}

async function chainText(call: Call, fallbackFile: string | undefined): Promise<string> {
  const file = call.text("chain-file") ?? fallbackFile;
  if (file !== undefined) return readChainFile(file);
  const namespace = call.text("namespace") ?? "";
  const map = await call.machine.kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name: "agentkeys-chain" });
  const text = map?.data?.["chain.json"];
  if (text !== undefined) return text;
  throw new AgentKeysError("config_invalid", {
    message: `There is no ConfigMap agentkeys-chain in ${namespace}: name the installation's namespace with -n, or give --chain-file`,
  });
}

function readChainFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${file} cannot be read: give --chain-file a chain.json`, cause });
  }
}
