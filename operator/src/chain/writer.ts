import { AbiCoder, Contract, getBytes, NonceManager, Wallet, type ContractTransactionResponse } from "ethers";
import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { providerFor, type ChainConfig, type DeviceFacts } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { agentPopPayload, keyHex, operatorOmni, type Hex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import { Batcher } from "./batcher.ts";
import type { AgentDevice, ChainWriter, ScopeEntry, TransactionRef } from "./port.ts";

const BATCH = 50;
const WAIT_MS = 120_000;
const CALL_TIMEOUT_MS = 10_000;
/** A transaction on its way should not be given up for one refused look at its receipt. */
const ATTEMPTS = 12;
const ANVIL_CHAIN_ID = 31337;
const MASTER_ROLES = 7;

type Send = (...args: unknown[]) => Promise<ContractTransactionResponse>;
type View = (...args: unknown[]) => Promise<unknown>;

function fault(what: string, cause: unknown): AgentKeysError {
  const reason = (cause as { shortMessage?: unknown }).shortMessage;
  return new AgentKeysError("chain_rpc_error", { detail: `${what}${typeof reason === "string" ? `: ${reason}` : ""}`, cause });
}

/** K10's proof of possession for its registration. */
export async function popOf(k10: Secret, of: { deviceKeyHash: Hex; operatorOmni: Hex; actorOmni: Hex }): Promise<string> {
  return await new Wallet(keyHex(k10)).signMessage(getBytes(agentPopPayload(of)));
}

/** Reads and writes registry and scopes with the master wallet; transactions go out one after another. */
export function openChainWriter(config: ChainConfig, walletKey: Secret, log: Log): ChainWriter {
  const provider = providerFor(config.rpcUrls[0] ?? "", config.chainId, { timeoutMs: CALL_TIMEOUT_MS, attempts: ATTEMPTS });
  provider.pollingInterval = config.chainId === ANVIL_CHAIN_ID ? 200 : 2000;
  const wallet = new Wallet(keyHex(walletKey), provider);
  const signer = new NonceManager(wallet);
  const operator = operatorOmni(wallet.address);
  const registry = new Contract(config.contracts.registry, SidecarRegistry.abi, signer);
  const scope = new Contract(config.contracts.scope, AgentKeysScope.abi, signer);
  let tail: Promise<unknown> = Promise.resolve();

  const send = (what: string, contract: Contract, method: string, args: unknown[]): Promise<TransactionRef> => {
    const run = async (): Promise<TransactionRef> => {
      try {
        // The chain's own count each time: another writer with this wallet must not wedge this one.
        signer.reset();
        const sent = await (contract.getFunction(method) as unknown as Send)(...args);
        const receipt = await sent.wait(1, WAIT_MS);
        if (receipt?.status !== 1) throw new TypeError("the transaction was reverted");
        log.info("transaction mined", { what, hash: sent.hash, block: receipt.blockNumber });
        const link = config.explorerTxUrl?.replace("{hash}", sent.hash);
        return { hash: sent.hash, block: receipt.blockNumber, action: what, ...(link === undefined ? {} : { explorer: link }) };
      } catch (cause) {
        throw fault(what, cause);
      }
    };
    const result = tail.then(run);
    tail = result.catch(() => undefined);
    return result;
  };
  const view = async (contract: Contract, method: string, args: unknown[]): Promise<unknown> => {
    try {
      return await (contract.getFunction(method) as unknown as View)(...args);
    } catch (cause) {
      throw fault(method, cause);
    }
  };

  const devices = new Batcher<AgentDevice, TransactionRef>(BATCH, (batch) =>
    send("RegisterDevice", registry, "registerAgentDevices", [
      operator,
      batch.map(({ deviceKeyHash, actorOmni, actorPath, pop }) => ({
        deviceKeyHash,
        actorOmni,
        attestation: AbiCoder.defaultAbiCoder().encode(["string[]"], [actorPath]),
        pop,
      })),
    ]),
  );
  const scopes = new Batcher<ScopeEntry, TransactionRef>(BATCH, (batch) =>
    send("SetScope", scope, "setScopes", [
      operator,
      batch.map(({ actorOmni, services, readOnly }) => ({ agentOmni: actorOmni, services, readOnly })),
    ]),
  );

  return {
    operatorOmni: operator,
    domain: { chainId: config.chainId, registry: config.contracts.registry },
    device: async (deviceKeyHash) => deviceFacts(await view(registry, "getDevice", [deviceKeyHash])),
    scope: async (actorOmni) => {
      const [services, readOnly, isSet] = (await view(scope, "getScope", [operator, actorOmni])) as [Iterable<Hex>, boolean, boolean];
      return { services: [...services], readOnly, isSet };
    },
    registerMaster: (deviceKeyHash) =>
      send("RegisterDevice", registry, "registerMasterDevice", [deviceKeyHash, operator, operator, MASTER_ROLES, "0x"]),
    registerAgent: (device) => devices.add(device),
    setScope: (entry) => scopes.add(entry),
    revokeScope: (actorOmni) => send("RevokeScope", scope, "revokeScope", [operator, actorOmni]),
    revokeDevice: (deviceKeyHash) => send("RevokeDevice", registry, "revokeDevice", [deviceKeyHash]),
    close: () => provider.destroy(),
  };
}

function deviceFacts(answer: unknown): DeviceFacts | null {
  const device = answer as { operatorOmni: Hex; actorOmni: Hex; tier: bigint; roles: bigint; registeredAt: bigint; revoked: boolean };
  const registeredAt = Number(device.registeredAt);
  if (registeredAt === 0) return null;
  const { operatorOmni: owner, actorOmni, revoked } = device;
  return { operatorOmni: owner, actorOmni, tier: Number(device.tier), roles: Number(device.roles), registeredAt, revoked };
}
