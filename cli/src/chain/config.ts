import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseChainConfig, profileOf, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { usage, type Call } from "../command.ts";
import { openHome } from "../home.ts";

const CLUSTER_HOST = /^([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc(?:\.[-.a-z0-9]+)?$/;

/**
 * The chain of a cluster's installation, of --chain-file or of --chain, or of `fallbackFile`. An RPC that only the cluster can reach is reached through a
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
  const [given, name] = [call.text("chain-file"), call.text("chain")];
  if (given !== undefined && name !== undefined) throw usage("--chain and --chain-file exclude each other");
  const file = given ?? (name === undefined ? fallbackFile : undefined);
  if (file !== undefined) return readChainFile(file);
  if (name !== undefined) return readOwnChain(call, name);
  const namespace = call.text("namespace") ?? "";
  const map = await call.machine.kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name: "agentkeys-chain" });
  const text = map?.data?.["chain.json"];
  if (text !== undefined) return text;
  throw new AgentKeysError("config_invalid", {
    message: `There is no ConfigMap agentkeys-chain in ${namespace}: name the installation's namespace with -n, or give --chain-file or --chain (where chain.secretName holds the chain file, with a copy of it)`,
  });
}

/** Where `chain deploy --name` keeps a chain file; throws `invalid_input` for a name that is none. */
export function ownChainPath(env: Call["machine"]["env"], name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw usage("A chain's name has lower-case letters, digits and hyphens");
  return join(openHome(env).dir, "chains", `${name}.json`);
}

function readOwnChain(call: Call, name: string): string {
  const path = ownChainPath(call.machine.env, name);
  if (existsSync(path)) return readChainFile(path);
  const kept = existsSync(dirname(path)) ? readdirSync(dirname(path)).map((file) => file.replace(/\.json$/, "")) : [];
  const next =
    profileOf(name) === null
      ? `put a chain.json there, or use ${[...kept, "--chain-file"].join(", ")}`
      : `deploy there with agentkeys chain deploy --profile ${name} --rpc-url <url> --name ${name}`;
  throw new AgentKeysError("config_invalid", { message: `There is no ${path}: ${next}` });
}

function readChainFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${file} cannot be read: give --chain-file a chain.json`, cause });
  }
}
