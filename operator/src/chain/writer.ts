import { AbiCoder, computeAddress, Contract, Wallet } from "ethers";
import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { FailoverProvider, type ChainConfig, type DeviceFacts, type FailoverOptions } from "@agentkeys/common/chain";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, operatorOmni, type Hex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { Secret } from "@agentkeys/common/secret";
import { createJournal, openSender } from "@agentkeys/common/transactions";
import { Batcher } from "./batcher.ts";
import type { AgentDevice, ChainWriter, ScopeEntry, TransactionRef } from "./port.ts";

const BATCH = 50;
const TIMES = { waitMs: 120_000, replaceAfterMs: 45_000 };
const CALL_TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
const MASTER_ROLES = 7;

type View = (...args: unknown[]) => Promise<unknown>;

function fault(what: string, cause: unknown): AgentKeysError {
  const reason = (cause as { shortMessage?: unknown }).shortMessage;
  return new AgentKeysError("chain_rpc_error", { detail: `${what}${typeof reason === "string" ? `: ${reason}` : ""}`, cause });
}

/** What a registration carries: the path by which the actor derives from its operator. */
export function attestationOf(actorPath: readonly string[]): string {
  return AbiCoder.defaultAbiCoder().encode(["string[]"], [actorPath]);
}

/** The operator's wallet: its key, or where another program signs only its address. */
export type OperatorWallet = Secret | { address: string };

/**
 * Reads and writes registry and scopes with the master wallet. What is read is what the chain's quorum of RPC URLs says alike;
 * transactions go out one after another, through all of them at once: the chain's own count is taken each time, so another writer
 * with this wallet does not wedge this one. Without the wallet's key it only reads.
 */
export function openChainWriter(
  config: ChainConfig,
  master: OperatorWallet,
  log: Log,
  { clock = systemClock, onFault }: { clock?: Clock; onFault?: FailoverOptions["onFault"] } = {},
): ChainWriter {
  const { rpcUrls, chainId, quorum = 1 } = config;
  const counting = onFault === undefined ? {} : { onFault };
  const limits = { timeoutMs: CALL_TIMEOUT_MS, attempts: ATTEMPTS };
  const provider = new FailoverProvider({ rpcUrls, chainId, quorum, clock, ...limits, ...counting });
  const wallet = "address" in master ? null : new Wallet(keyHex(master));
  const { pollingInterval: pollMs } = provider;
  const sender = wallet === null ? null : openSender({ provider, wallet, clock, quorum, pollMs, journal: createJournal(), ...TIMES });
  const operator = operatorOmni("address" in master ? master.address : computeAddress(keyHex(master)));
  const explorerOf = (hash: string): string | undefined => config.explorerTxUrl?.replace("{hash}", hash);
  const registry = new Contract(config.contracts.registry, SidecarRegistry.abi, provider);
  const scope = new Contract(config.contracts.scope, AgentKeysScope.abi, provider);
  const stopped = new AbortController();
  let tail: Promise<unknown> = Promise.resolve();

  const send = (what: string, contract: Contract, method: string, args: unknown[]): Promise<TransactionRef> => {
    const run = async (): Promise<TransactionRef> => {
      try {
        stopped.signal.throwIfAborted();
        if (sender === null) throw new TypeError("the operator has no wallet");
        const call = { to: await contract.getAddress(), data: contract.interface.encodeFunctionData(method, args) };
        const { hash, block } = await sender.send(call, stopped.signal);
        log.info("transaction mined", { what, hash, block });
        const link = explorerOf(hash);
        return { hash, block, action: what, ...(link === undefined ? {} : { explorer: link }) };
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
        attestation: attestationOf(actorPath),
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
    canWrite: sender !== null,
    target: { chainId: config.chainId, contracts: config.contracts },
    explorerOf,
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
    close: () => {
      if (stopped.signal.aborted) return;
      stopped.abort();
      provider.destroy();
    },
  };
}

function deviceFacts(answer: unknown): DeviceFacts | null {
  const device = answer as { operatorOmni: Hex; actorOmni: Hex; tier: bigint; roles: bigint; registeredAt: bigint; revoked: boolean };
  const registeredAt = Number(device.registeredAt);
  if (registeredAt === 0) return null;
  const { operatorOmni: owner, actorOmni, revoked } = device;
  return { operatorOmni: owner, actorOmni, tier: Number(device.tier), roles: Number(device.roles), registeredAt, revoked };
}
