/** A real chain with the contracts, and auditors of its operator. */
import { openAuditChain, appendData, setAuditorData, type AuditChain } from "@agentkeys/common/audit-chain";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { FailoverProvider, type ChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { bareHex, operatorOmni } from "@agentkeys/common/identity";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog } from "@agentkeys/common/testing";
import { createJournal, openSender } from "@agentkeys/common/transactions";
import { SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts, mined } from "@agentkeys/contracts/deploy";
import { Interface, Wallet } from "ethers";
import { startAnvil, type Anvil } from "../../../contracts/test/anvil.ts";
import { Auditor } from "../../../broker/src/auditor/auditor.ts";
import { createAuditorMetrics } from "../../../broker/src/auditor/metrics.ts";

const master = new Wallet(`0x${"42".repeat(32)}`);
const auditorWallet = new Wallet(`0x${"43".repeat(32)}`);
export const OPERATOR = bareHex(operatorOmni(master.address));

export interface AuditWorld {
  anvil: Anvil;
  config: ChainConfig;
  chain: AuditChain;
  auditor(store: AuditStore): Auditor;
  stop(): Promise<void>;
}

export async function startAuditWorld(): Promise<AuditWorld> {
  const anvil = await startAnvil({ wallets: [master, auditorWallet] });
  const wallet = master.connect(anvil.provider);
  const config = await deployContracts({ wallet, profile: "anvil", rpcUrls: [anvil.url] });
  const contract = config.contracts.audit ?? "";
  const send = async (to: string, data: string): Promise<void> => {
    await mined(await wallet.sendTransaction({ to, data }));
  };
  const omni = operatorOmni(master.address);
  const register = new Interface(SidecarRegistry.abi).encodeFunctionData("registerMasterDevice", [
    `0x${"01".repeat(32)}`,
    omni,
    omni,
    7,
    "0x",
  ]);
  await send(config.contracts.registry, register);
  await send(contract, setAuditorData(OPERATOR, auditorWallet.address));
  const provider = new FailoverProvider({ rpcUrls: [anvil.url], chainId: 31337, clock: systemClock, timeoutMs: 5000, attempts: 1 });
  const chain = openAuditChain(provider, contract);
  const sender = openSender({
    ...{ provider, wallet: auditorWallet, clock: systemClock, journal: createJournal(), pollMs: 20, waitMs: 10_000, replaceAfterMs: 5000 },
  });
  return {
    ...{ anvil, config, chain },
    auditor: (store) =>
      new Auditor({
        ...{ store, chain, clock: systemClock, log: captureLog().log, metrics: createAuditorMetrics(createMetrics("auditor")) },
        address: auditorWallet.address.toLowerCase(),
        append: (operator, trees) => sender.send({ to: contract, data: appendData(operator, trees) }),
      }),
    stop: async () => {
      provider.destroy();
      await anvil.stop();
    },
  };
}
