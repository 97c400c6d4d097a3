import { openAuditChain, setAuditorData } from "@agentkeys/common/audit-chain";
import type { ChainConfig } from "@agentkeys/common/chain";
import { bareHex, keyHex, operatorOmni } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import { fundWithAnvil, mined } from "@agentkeys/contracts/deploy";
import { computeAddress, JsonRpcProvider, Network, Wallet } from "ethers";

/** On the development chain the auditor is given coins, and the master wallet names it; elsewhere its owner does (`audit authorise`). */
export async function ensureAuditor(of: { chain: ChainConfig; auditorKey: Secret; walletKey: Secret; log: Log }): Promise<void> {
  const { audit } = of.chain.contracts;
  const [rpcUrl = ""] = of.chain.rpcUrls;
  if (audit === undefined) return;
  const address = computeAddress(keyHex(of.auditorKey));
  const options = { staticNetwork: Network.from(of.chain.chainId), batchMaxCount: 1, pollingInterval: 100, cacheTimeout: -1 };
  const provider = new JsonRpcProvider(rpcUrl, of.chain.chainId, options);
  try {
    const wallet = new Wallet(keyHex(of.walletKey), provider);
    const operator = bareHex(operatorOmni(wallet.address));
    if ((await openAuditChain(provider, audit).auditorOf(operator)) === address.toLowerCase()) return;
    await fundWithAnvil(rpcUrl, address);
    await mined(await wallet.sendTransaction({ to: audit, data: setAuditorData(operator, address) }));
    of.log.info("evaluation: the auditor may append roots", { address });
  } finally {
    provider.destroy();
  }
}
