/**
 * The forwarder as the relay sees it: what it knows of a wallet, what a request would do, what became of one. Must not know who asks.
 */
import { AgentKeysForwarder, AgentKeysScope, CredentialAudit, SidecarRegistry } from "@agentkeys/contracts";
import { LOG_BLOCKS_AT_ONCE, type ContractAddresses, type FailoverProvider } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { forwardRequestId, type ForwardDomain, type SignedForwardRequest } from "@agentkeys/common/forward-request";
import { concat, id, Interface, zeroPadValue } from "ethers";
import type { Targets } from "../domain/admission.ts";
import { targetsOf, writtenContracts, type Written } from "../domain/admission.ts";

const FORWARDER = new Interface(AgentKeysForwarder.abi);
const ABIS: Readonly<Record<Written, Interface>> = {
  registry: new Interface(SidecarRegistry.abi),
  scope: new Interface(AgentKeysScope.abi),
  audit: new Interface(CredentialAudit.abi),
};
const SELECTOR_LENGTH = 10;
const EXECUTED = id("ExecutedForwardRequest(address,uint256,bool)");

/** One request that the forwarder carried out. */
export interface Execution {
  isSuccess: boolean;
  hash: string;
  block: number;
}

export interface ForwarderView {
  readonly domain: ForwardDomain;
  readonly targets: Targets;
  head(): Promise<number>;
  nonceOf(wallet: string): Promise<number>;
  /** Throws `relay_would_revert` with the contract's own error by name when it cannot be carried out now. */
  simulate(request: SignedForwardRequest): Promise<void>;
  /** What became of requests, by id; those that were not carried out are missing. */
  executions(requests: readonly SignedForwardRequest[], fromBlock: number): Promise<Map<string, Execution>>;
  balance(): Promise<bigint>;
  /** The transaction that carries the requests and nothing else. */
  callOf(requests: readonly SignedForwardRequest[]): { to: string; data: string };
}

/** Whether the bytes are exactly a call of that function, with nothing before, in or behind it. */
export function isExactCall(data: string, abi: Interface): boolean {
  try {
    const call = abi.parseTransaction({ data });
    return call !== null && abi.encodeFunctionData(call.fragment, call.args) === data.toLowerCase();
  } catch {
    return false;
  }
}

function tupleOf({ from, to, value, gas, deadline, data, signature }: SignedForwardRequest): object {
  return { from, to, value, gas, deadline, data, signature };
}

/** Opens the forwarder of a chain for the wallet that pays. */
export function openForwarder(
  provider: FailoverProvider,
  of: { chainId: number; contracts: ContractAddresses & { forwarder: string }; payer: string },
): ForwarderView {
  const { contracts, payer } = of;
  const domain = { chainId: of.chainId, forwarder: contracts.forwarder };
  const view = async <T>(what: string, answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (cause) {
      if (cause instanceof AgentKeysError) throw cause;
      throw new AgentKeysError("chain_rpc_error", { detail: what, cause });
    }
  };
  const callOf = (requests: readonly SignedForwardRequest[]): { to: string; data: string } => {
    const [only] = requests;
    const data =
      requests.length === 1 && only !== undefined
        ? FORWARDER.encodeFunctionData("execute", [tupleOf(only)])
        : FORWARDER.encodeFunctionData("executeBatch", [requests.map(tupleOf), payer]);
    return { to: contracts.forwarder, data };
  };
  return {
    domain,
    targets: targetsOf(contracts, (contract, name) => ABIS[contract].getFunction(name)?.selector ?? ""),
    head: () => view("blockNumber", provider.getBlockNumber()),
    nonceOf: (wallet) => view("nonces", nonceOf(provider, contracts.forwarder, wallet)),
    simulate: (request) => view("simulation", simulate(provider, { request, payer, contracts, callOf })),
    executions: (requests, fromBlock) => view("executions", executions(provider, domain, requests, fromBlock)),
    balance: () => view("balance", provider.getBalance(payer)),
    callOf,
  };
}

async function nonceOf(provider: FailoverProvider, forwarder: string, wallet: string): Promise<number> {
  const answer = await provider.call({ to: forwarder, data: FORWARDER.encodeFunctionData("nonces", [wallet]) });
  const [nonce] = FORWARDER.decodeFunctionResult("nonces", answer) as unknown as [bigint];
  if (FORWARDER.encodeFunctionResult("nonces", [nonce]) !== answer) throw new TypeError("nonces answered other bytes than its type has");
  return Number(nonce);
}

async function simulate(
  provider: FailoverProvider,
  of: {
    request: SignedForwardRequest;
    payer: string;
    contracts: ContractAddresses;
    callOf: (requests: readonly SignedForwardRequest[]) => { to: string; data: string };
  },
): Promise<void> {
  const { request, payer, contracts } = of;
  const [target] = writtenContracts(contracts).find(([, address]) => address === request.to.toLowerCase()) ?? [];
  const abi = target === undefined ? null : ABIS[target];
  if (abi === null || !isExactCall(request.data, abi))
    throw new AgentKeysError("relay_target_refused", { message: "data must be exactly one call of the contract" });
  const outer = of.callOf([request]);
  const refusal = await revertOf(provider, { from: payer, ...outer });
  if (refusal === null) return;
  // The forwarder hides what the contract said; asked directly, as it would ask, the contract says it.
  // With less gas than any call takes it cannot even be asked.
  const direct = { from: outer.to, to: request.to, data: concat([request.data, request.from]), gasLimit: BigInt(request.gas) };
  const inner = await revertOf(provider, direct).catch(() => null);
  const name = inner === null ? errorName(FORWARDER, refusal) : errorName(abi, inner);
  throw new AgentKeysError("relay_would_revert", { message: `The chain would refuse this request (${name}): nothing was sent` });
}

function errorName(abi: Interface, data: string): string {
  return data.length < SELECTOR_LENGTH ? "out of gas" : (abi.parseError(data)?.name ?? "reverted");
}

/** The revert data of a call, "0x" when it says nothing, null when the call succeeds. */
async function revertOf(
  provider: FailoverProvider,
  call: { from: string; to: string; data: string; gasLimit?: bigint },
): Promise<string | null> {
  try {
    await provider.call(call);
    return null;
  } catch (fault) {
    const { code, data } = fault as { code?: string; data?: unknown };
    if (code !== "CALL_EXCEPTION") throw fault;
    return typeof data === "string" ? data : "0x";
  }
}

/** A nonce that is not used up was not carried out; for the others the logs are read, until they are all found. */
async function executions(
  provider: FailoverProvider,
  domain: ForwardDomain,
  requests: readonly SignedForwardRequest[],
  fromBlock: number,
): Promise<Map<string, Execution>> {
  const nonces = await Promise.all(requests.map(({ from }) => nonceOf(provider, domain.forwarder, from)));
  const used = requests.filter(({ nonce }, index) => nonce < (nonces[index] ?? 0));
  const signers = [...new Set(used.map(({ from }) => zeroPadValue(from.toLowerCase(), 32)))];
  const byNonce = new Map<string, Execution>();
  const isFound = (request: SignedForwardRequest): boolean => byNonce.has(keyOf(request.from, request.nonce));
  const head = used.length === 0 ? -1 : await provider.getBlockNumber();
  for (let from = fromBlock; from <= head && !used.every(isFound); from += LOG_BLOCKS_AT_ONCE) {
    const toBlock = Math.min(head, from + LOG_BLOCKS_AT_ONCE - 1);
    const logs = await provider.getLogs({ address: domain.forwarder, topics: [EXECUTED, signers], fromBlock: from, toBlock });
    for (const log of logs) {
      const parsed = FORWARDER.parseLog(log);
      if (parsed === null) continue;
      const [signer, nonce, isSuccess] = parsed.args as unknown as [string, bigint, boolean];
      byNonce.set(keyOf(signer, nonce), { isSuccess, hash: log.transactionHash, block: log.blockNumber });
    }
  }
  const found = used.flatMap((request): [string, Execution][] => {
    const execution = byNonce.get(keyOf(request.from, request.nonce));
    return execution === undefined ? [] : [[forwardRequestId(domain, request), execution]];
  });
  return new Map(found);
}

function keyOf(signer: string, nonce: number | bigint): string {
  return `${signer.toLowerCase()}:${nonce}`;
}
