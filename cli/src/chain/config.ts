import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseChainConfig, profileOf, type ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { usage, type Call } from "../command.ts";
import { openHome } from "../home.ts";

const CLUSTER_HOST = /^([a-z0-9][-a-z0-9]*)\.([a-z0-9][-a-z0-9]*)\.svc(?:\.[-.a-z0-9]+)?$/;

/**
 * The chain of a cluster's installation, of --chain-file or of --chain, or of `fallbackFile`. RPCs that only the cluster can reach are
 * reached through forwarded ports, unless --rpc-url names one instead of all.
 */
export async function openChainConfig(call: Call, fallbackFile?: string): Promise<ChainConfig> {
  const config = parseChainConfig(await chainText(call, fallbackFile));
  const given = call.text("rpc-url");
  // One RPC cannot be a quorum of several.
  if (given !== undefined) return { ...config, rpcUrls: [rpcUrlOf(given)], quorum: 1 };
  const rpcUrls: string[] = [];
  for (const url of config.rpcUrls) rpcUrls.push(await reachable(call, url, config.rpcUrls.length > 1));
  return { ...config, rpcUrls };
}

function rpcUrlOf(given: string): string {
  if (/^https?:\/\//.test(given) && URL.canParse(given)) return given;
  throw usage("--rpc-url must be an http or https URL");
}

/** The URL by which this machine reaches an RPC; one of several that it does not reach is left as it is, for the others to stand in. */
async function reachable(call: Call, rpcUrl: string, hasOthers: boolean): Promise<string> {
  const url = new URL(rpcUrl);
  const [, service, namespace] = CLUSTER_HOST.exec(url.hostname) ?? [];
  if (service === undefined || namespace === undefined) return rpcUrl;
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  try {
    const forwarded = await call.machine.kubectl.forward(namespace, `service/${service}`, port);
    call.defer(forwarded.close);
    return `${url.protocol}//127.0.0.1:${forwarded.port}${url.pathname}`;
  } catch (fault) {
    if (!hasOthers) throw fault;
    call.say(`the RPC at ${url.host} is not reached through kubectl: the chain's other RPCs are asked`);
    return rpcUrl;
  }
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
