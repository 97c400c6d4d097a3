import type { ChainConfig } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { formatEther } from "ethers";
import type { ChainView } from "../chain/view.ts";
import { ill, well, type Check } from "./check.ts";

/** Whether the RPC answers, serves the right chain, and holds every contract. */
export async function checkChain(chain: ChainConfig, view: ChainView): Promise<Check[]> {
  const served = await view.chainId();
  if (served !== chain.chainId)
    return [ill("chain", `the RPC serves chain ${served}, chain.json says ${chain.chainId}: correct the RPC URL of the chart's values`)];
  const rows = [well("chain", `${chain.profile} (${chain.chainId}) at block ${await view.blockNumber()}`)];
  const empty: string[] = [];
  for (const [name, address] of Object.entries(chain.contracts))
    if (!(await view.hasCode(String(address)))) empty.push(`${name} ${String(address)}`);
  if (empty.length > 0) return [...rows, ill("contracts", `no code at ${empty.join(", ")}: deploy with agentkeys chain deploy`)];
  return [...rows, well("contracts", "registry, scope, epoch and lens have code")];
}

/** Whether an operator's wallet is bound on chain and can pay. */
export async function checkOperator(operator: Hex, view: ChainView): Promise<Check> {
  const check = "master wallet";
  const address = await view.masterWallet(operator);
  if (address === null) return ill(check, `operator ${operator} is not bound on this chain: the operator registers it, see its log`);
  const balance = await view.balance(address);
  if (balance === 0n) return ill(check, `${address} has no balance: send it coins, or nothing can be granted or revoked`);
  return well(check, `${address} balance ${formatEther(balance)}`);
}
