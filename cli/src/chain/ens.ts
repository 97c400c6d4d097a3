import type { Clock } from "@agentkeys/common/clock";
import { Contract, ensNormalize, namehash, ZeroAddress, type JsonRpcProvider } from "ethers";

const REGISTRY = ["function resolver(bytes32 node) view returns (address)"];
const RESOLVER = ["function name(bytes32 node) view returns (string)", "function addr(bytes32 node) view returns (address)"];
const ANSWERS_WITHIN_MS = 5000;
const MAX_NAME = 255;

/**
 * The name that an address calls itself, if that name points back at it (ENSIP-3) and is written as names are. Null for everything else: no
 * name, a name that lies, a resolver that fails or is slow. A name is for people to read and decides nothing.
 */
export async function ensNameOf(of: {
  provider: JsonRpcProvider;
  registry: string;
  address: string;
  clock: Clock;
}): Promise<string | null> {
  const done = new AbortController();
  const late = of.clock.sleep(ANSWERS_WITHIN_MS, done.signal).then(
    () => null,
    () => null,
  );
  const name = checkedName(of).catch(() => null);
  const first = await Promise.race([name, late]);
  done.abort();
  return first;
}

async function checkedName({
  provider,
  registry,
  address,
}: {
  provider: JsonRpcProvider;
  registry: string;
  address: string;
}): Promise<string | null> {
  const own = address.toLowerCase();
  const name = await resolved(provider, registry, namehash(`${own.slice(2)}.addr.reverse`), "name");
  // A name that is not in its normal form may look like another one.
  if (name === null || name === "" || name.length > MAX_NAME || ensNormalize(name) !== name) return null;
  const back = await resolved(provider, registry, namehash(name), "addr");
  return back?.toLowerCase() === own ? name : null;
}

async function resolved(provider: JsonRpcProvider, registry: string, node: string, what: "name" | "addr"): Promise<string | null> {
  const resolver = (await new Contract(registry, REGISTRY, provider).getFunction("resolver").staticCall(node)) as string;
  if (resolver === ZeroAddress) return null;
  return (await new Contract(resolver, RESOLVER, provider).getFunction(what).staticCall(node)) as string;
}
