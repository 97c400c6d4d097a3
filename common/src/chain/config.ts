import { AgentKeysError } from "../errors/index.ts";
import { FINALITIES, profileOf } from "./profiles.ts";
import type { ChainConfig, ContractAddresses } from "./types.ts";

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const CONTRACTS = ["registry", "scope", "epoch", "lens"] as const;
const OPTIONAL_CONTRACTS = ["forwarder", "audit"] as const;
const MAX_AGE_LIMIT_SECONDS = 86_400;

type Unchecked = Partial<Record<keyof ChainConfig, unknown>>;

/** fetch refuses a URL with user and password, with all of it in its fault. */
function isRpcUrl(value: unknown): boolean {
  return isHttpUrl(value) && new URL(value).username === "" && new URL(value).password === "";
}

function isHttpUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= from && value <= to;
}

function problemsOfChain({ profile, chainId }: Unchecked): string[] {
  const problems: string[] = [];
  if (typeof profile !== "string" || profile === "") problems.push("profile must be a text");
  if (!isWhole(chainId, 1, Number.MAX_SAFE_INTEGER)) problems.push("chainId must be a whole number from 1");
  const known = typeof profile === "string" ? profileOf(profile) : null;
  if (known !== null && chainId !== known.chainId) problems.push(`chainId must be ${known.chainId} for profile ${String(profile)}`);
  return problems;
}

function problemsOfLinks({ explorerTxUrl, explorerAddressUrl, ens }: Unchecked): string[] {
  const isLink = (value: unknown, part: string): boolean => value === undefined || (isHttpUrl(value) && value.includes(part));
  const registry = (ens as { registry?: unknown } | null | undefined)?.registry;
  return [
    ...(isLink(explorerTxUrl, "{hash}") ? [] : ["explorerTxUrl must be an http(s) URL with {hash} in it"]),
    ...(isLink(explorerAddressUrl, "{address}") ? [] : ["explorerAddressUrl must be an http(s) URL with {address} in it"]),
    ...(ens === undefined || (typeof registry === "string" && ADDRESS.test(registry)) ? [] : ["ens.registry must be an address"]),
  ];
}

function problemsOfReading({ rpcUrls: urls, quorum, finality, maxAgeSeconds }: Unchecked): string[] {
  const problems: string[] = [];
  const isList = Array.isArray(urls) && urls.length > 0 && urls.every(isRpcUrl);
  if (!isList) problems.push("rpcUrls must list http(s) URLs without user and password");
  else if (new Set(urls).size !== urls.length) problems.push("rpcUrls must differ from each other");
  if (quorum !== undefined && !isWhole(quorum, 1, isList ? urls.length : 1))
    problems.push("quorum must be a whole number from 1 to the number of rpcUrls");
  if (finality !== undefined && !FINALITIES.some((tag) => tag === finality)) problems.push(`finality must be ${FINALITIES.join(", ")}`);
  if (maxAgeSeconds !== undefined && !isWhole(maxAgeSeconds, 1, MAX_AGE_LIMIT_SECONDS))
    problems.push(`maxAgeSeconds must be a whole number from 1 to ${MAX_AGE_LIMIT_SECONDS}`);
  return problems;
}

function problemsOfContracts(contracts: unknown): string[] {
  const given = (contracts ?? {}) as Record<string, unknown>;
  const isAddress = (name: string): boolean => typeof given[name] === "string" && ADDRESS.test(given[name]);
  const asked = [...CONTRACTS, ...OPTIONAL_CONTRACTS.filter((name) => given[name] !== undefined)];
  return asked.filter((name) => !isAddress(name)).map((name) => `contracts.${name} must be an address`);
}

function problemsOf(text: string): string[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // reported below
  }
  if (typeof config !== "object" || config === null) return ["not a JSON object"];
  const unchecked: Unchecked = config;
  return [
    ...problemsOfChain(unchecked),
    ...problemsOfLinks(unchecked),
    ...problemsOfReading(unchecked),
    ...problemsOfContracts(unchecked.contracts),
  ];
}

/**
 * Parses `chain.json`; throws `config_invalid` listing every problem. Unknown keys are left out, addresses become lower-case,
 * and what a known profile says of finality, age and explorer stands where the file says nothing.
 */
export function parseChainConfig(text: string): ChainConfig {
  const problems = problemsOf(text);
  if (problems.length > 0)
    throw new AgentKeysError("config_invalid", { message: `The chain file is invalid:\n  ${problems.join("\n  ")}` });
  const config = JSON.parse(text) as ChainConfig;
  const { explorerTxUrl, explorerAddressUrl, ens, finality, quorum, maxAgeSeconds } = { ...profileOf(config.profile), ...config };
  const names = [...CONTRACTS, ...OPTIONAL_CONTRACTS];
  const lower = Object.fromEntries(
    names.flatMap((name) => (config.contracts[name] === undefined ? [] : [[name, config.contracts[name].toLowerCase()]])),
  );
  return {
    profile: config.profile,
    chainId: config.chainId,
    rpcUrls: config.rpcUrls,
    contracts: lower as unknown as ContractAddresses,
    ...(explorerTxUrl === undefined ? {} : { explorerTxUrl }),
    ...(explorerAddressUrl === undefined ? {} : { explorerAddressUrl }),
    ...(ens === undefined ? {} : { ens: { registry: ens.registry.toLowerCase() } }),
    ...(finality === undefined ? {} : { finality }),
    ...(quorum === undefined ? {} : { quorum }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}
