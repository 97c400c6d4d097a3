/** What a relay carries, decided without asking anybody. */
import type { ContractAddresses } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { SignedForwardRequest } from "@agentkeys/common/forward-request";

export interface Limits {
  maxGas: number;
  minDeadlineSeconds: number;
  maxDeadlineSeconds: number;
  /** Lower-case addresses; empty for every wallet. */
  wallets: ReadonlySet<string>;
}

/** Lower-case target address → the selectors that may be called there. */
export type Targets = ReadonlyMap<string, ReadonlySet<string>>;

const MIN_GAS = 21_000;
const SELECTOR_LENGTH = 10;

/** What a master wallet writes, by contract. */
const WRITES = {
  registry: ["registerMasterDevice", "registerAgentDevice", "registerAgentDevices", "revokeDevice"],
  scope: ["setScope", "setScopes", "revokeScope"],
  audit: ["setAuditor"],
} as const;

export type Written = keyof typeof WRITES;

/** The contracts of a chain that master wallets write. */
export function writtenContracts(contracts: ContractAddresses): [Written, string][] {
  return (Object.keys(WRITES) as Written[]).flatMap((contract): [Written, string][] => {
    const address = contracts[contract];
    return address === undefined ? [] : [[contract, address]];
  });
}

/** The writes of our contracts, by the selectors of their functions. */
export function targetsOf(contracts: ContractAddresses, selectorOf: (contract: Written, name: string) => string): Targets {
  return new Map(
    writtenContracts(contracts).map(([contract, address]) => [
      address,
      new Set(WRITES[contract].map((name) => selectorOf(contract, name))),
    ]),
  );
}

function refuse(
  code: "relay_target_refused" | "relay_gas_refused" | "relay_deadline_refused" | "relay_wallet_refused",
  message: string,
): never {
  throw new AgentKeysError(code, { message });
}

/** Throws `relay_*_refused` unless the request is one of those a relay carries at `nowSeconds`. */
export function assertCarried(request: SignedForwardRequest, of: { limits: Limits; targets: Targets; nowSeconds: number }): void {
  const { limits, targets, nowSeconds } = of;
  if (limits.wallets.size > 0 && !limits.wallets.has(request.from.toLowerCase()))
    refuse("relay_wallet_refused", "This relay does not carry this wallet's requests: send the transaction yourself, or ask its owner");
  const selectors = targets.get(request.to.toLowerCase());
  if (selectors === undefined) refuse("relay_target_refused", "This relay carries calls of AgentKeys' contracts only");
  if (!selectors.has(request.data.slice(0, SELECTOR_LENGTH).toLowerCase()))
    refuse("relay_target_refused", "This relay carries registrations, scopes, revocations and auditors only");
  if (request.value !== 0) refuse("relay_target_refused", "value must be 0");
  if (request.gas < MIN_GAS || request.gas > limits.maxGas) refuse("relay_gas_refused", `gas must be from ${MIN_GAS} to ${limits.maxGas}`);
  const left = request.deadline - nowSeconds;
  if (left < limits.minDeadlineSeconds || left > limits.maxDeadlineSeconds)
    refuse("relay_deadline_refused", `deadline must be ${limits.minDeadlineSeconds} s to ${limits.maxDeadlineSeconds} s from now`);
}

/** The first requests whose gas fits one transaction; at least one. */
export function batchOf<T extends { gas: number; data: string }>(waiting: readonly T[], batchGas: number): T[] {
  let sum = 0;
  const count = waiting.findIndex((request) => {
    sum += gasOf(request);
    return sum > batchGas;
  });
  return waiting.slice(0, count === -1 ? waiting.length : Math.max(1, count));
}

const OVERHEAD_GAS = 90_000;
const BYTE_GAS = 40;

/** What carrying a request takes at most: the forwarder must have a sixty-third more left than the inner call may use. */
export function gasOf({ gas, data }: { gas: number; data: string }): number {
  return gas + Math.ceil(gas / 32) + OVERHEAD_GAS + BYTE_GAS * (data.length / 2);
}
