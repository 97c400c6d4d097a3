import type { ChainConfig } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { formatEther } from "ethers";
import type { ChainView, ServedRpc } from "../chain/view.ts";
import { ill, well, type Check } from "./check.ts";

/** Whether enough RPCs answer and serve the right chain, and whether it holds every contract. Of several each that is ill has a row. */
export async function checkChain(chain: ChainConfig, view: ChainView): Promise<Check[]> {
  const served = await view.rpcs();
  const ills = served.flatMap((rpc) => illOf(rpc, chain));
  const needed = chain.quorum ?? 1;
  if (served.length - ills.length < needed) {
    const why = served.length === 1 ? "" : `only ${served.length - ills.length} of ${served.length} RPCs serve it, ${needed} are needed: `;
    return [ill("chain", `${why}${ills.map(({ detail }) => detail).join("; ")}`)];
  }
  const rows = [...ills, well("chain", `${chain.profile} (${chain.chainId}) at block ${await view.blockNumber()}`)];
  const empty: string[] = [];
  for (const [name, address] of Object.entries(chain.contracts))
    if (!(await view.hasCode(String(address)))) empty.push(`${name} ${String(address)}`);
  if (empty.length > 0) return [...rows, ill("contracts", `no code at ${empty.join(", ")}: deploy with agentkeys chain deploy`)];
  return [...rows, well("contracts", `${Object.keys(chain.contracts).join(", ")} have code`)];
}

function illOf(rpc: ServedRpc, { chainId }: ChainConfig): Check[] {
  if ("fault" in rpc) return [ill(`rpc ${rpc.host}`, rpc.fault.publicMessage)];
  if (rpc.chainId === chainId) return [];
  const detail = `the RPC at ${rpc.host} serves chain ${rpc.chainId}, chain.json says ${chainId}: correct the RPC URL of the chart's values`;
  return [ill(`rpc ${rpc.host}`, detail)];
}

/** Whether an operator's wallet is bound on chain and can pay; where a relay pays, which is asked of no other wallet, it needs no coins. */
export async function checkOperator(operator: Hex, view: ChainView, isRelayed: () => Promise<boolean>): Promise<Check> {
  const check = "master wallet";
  const address = await view.masterWallet(operator);
  if (address === null) return ill(check, `operator ${operator} is not bound on this chain: the operator registers it, see its log`);
  const balance = await view.balance(address);
  if (balance > 0n) return well(check, `${address} balance ${formatEther(balance)}`);
  return (await isRelayed())
    ? well(check, `${address} has no balance: the relay pays, and without it nothing can be granted or revoked`)
    : ill(check, `${address} has no balance: send it coins or use a relay, or nothing can be granted or revoked`);
}
