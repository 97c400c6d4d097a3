import type { Interface, Result } from "ethers";
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { AUDIT, REGISTRY, SCOPE } from "./abi.ts";
import type { Action, Call } from "./actions.ts";

/** What a call must stay within. */
export interface CallTarget {
  chain: Pick<ChainConfig, "chainId" | "contracts">;
  /** The operator it may write for. */
  operatorOmni: Hex;
}

/** Entries are read by position: `pop` of a decoded tuple would be the method of an array. */
type AgentEntry = readonly [deviceKeyHash: Hex, actorOmni: Hex, attestation: string, pop: string];
type ScopeEntry = readonly [actorOmni: Hex, services: Iterable<Hex>, readOnly: boolean];
type Reader = (args: Result) => Action[];

const registered = (operatorOmni: Hex, [deviceKeyHash, actorOmni, attestation, pop]: AgentEntry): Action => ({
  kind: "RegisterDevice",
  deviceKeyHash,
  operatorOmni,
  actorOmni,
  attestation,
  pop,
});
const scoped = (operatorOmni: Hex, [actorOmni, services, readOnly]: ScopeEntry): Action => ({
  kind: "SetScope",
  operatorOmni,
  actorOmni,
  services: [...services],
  readOnly,
});

const READERS: Readonly<Record<"registry" | "scope" | "audit", { abi: Interface; read: Readonly<Record<string, Reader>> }>> = {
  registry: {
    abi: REGISTRY,
    read: {
      registerMasterDevice: (args) => {
        const [deviceKeyHash, operatorOmni, actorOmni, roles, attestation] = [...args] as [Hex, Hex, Hex, bigint, string];
        if (actorOmni !== operatorOmni || attestation !== "0x") throw refuse("registers a master device in a form AgentKeys never writes");
        return [{ kind: "RegisterMaster", deviceKeyHash, operatorOmni, roles: Number(roles) }];
      },
      registerAgentDevice: (args) => {
        const [deviceKeyHash, operatorOmni, actorOmni, attestation, pop] = [...args] as [Hex, Hex, Hex, string, string];
        return [registered(operatorOmni, [deviceKeyHash, actorOmni, attestation, pop])];
      },
      registerAgentDevices: (args) => {
        const [operatorOmni, devices] = [...args] as unknown as [Hex, Iterable<AgentEntry>];
        return [...devices].map((device) => registered(operatorOmni, device));
      },
      revokeDevice: (args) => [{ kind: "RevokeDevice", deviceKeyHash: args[0] as Hex }],
    },
  },
  audit: {
    abi: AUDIT,
    read: {
      setAuditor: (args) => [{ kind: "SetAuditor", operatorOmni: args[0] as Hex, auditor: args[1] as string }],
    },
  },
  scope: {
    abi: SCOPE,
    read: {
      setScope: (args) => {
        const [operatorOmni, actorOmni, services, readOnly] = [...args] as [Hex, Hex, Iterable<Hex>, boolean];
        return [scoped(operatorOmni, [actorOmni, services, readOnly])];
      },
      setScopes: (args) => {
        const [operatorOmni, entries] = [...args] as unknown as [Hex, Iterable<ScopeEntry>];
        return [...entries].map((entry) => scoped(operatorOmni, entry));
      },
      revokeScope: (args) => [{ kind: "RevokeScope", operatorOmni: args[0] as Hex, actorOmni: args[1] as Hex }],
    },
  },
};

function refuse(why: string): AgentKeysError {
  return new AgentKeysError("call_refused", { message: `Not signed: the transaction ${why}` });
}

/**
 * What a call does, from its calldata alone. Throws `call_refused` for another chain, a contract that is not ours, a function the
 * operator never calls, bytes that are not exactly its arguments, and another operator.
 */
export function decodeCall(call: Call, { chain, operatorOmni }: CallTarget): Action[] {
  if (call.chainId !== chain.chainId) throw refuse(`is for chain ${call.chainId}, not ${chain.chainId}`);
  const to = call.to.toLowerCase();
  const contract = (["registry", "scope", "audit"] as const).find((name) => chain.contracts[name]?.toLowerCase() === to);
  if (contract === undefined) throw refuse(`calls ${call.to}, which is no contract of this deployment that a wallet writes to`);
  const { abi, read } = READERS[contract];
  const actions = strictly(abi, read, call.data);
  if (actions.length === 0) throw refuse("does nothing");
  for (const action of actions)
    if ("operatorOmni" in action && action.operatorOmni !== operatorOmni)
      throw refuse(`writes for operator ${action.operatorOmni}, not ${operatorOmni}`);
  return actions;
}

function strictly(abi: Interface, read: Readonly<Record<string, Reader>>, data: string): Action[] {
  const fragment = /^0x(?:[0-9a-fA-F]{2}){4,}$/.test(data) ? abi.getFunction(data.slice(0, 10)) : null;
  const reader = fragment === null || !Object.hasOwn(read, fragment.name) ? undefined : read[fragment.name];
  if (fragment === null || reader === undefined) throw refuse("calls a function that AgentKeys never calls");
  let args: Result;
  let isExact: boolean;
  try {
    args = abi.decodeFunctionData(fragment, data);
    isExact = abi.encodeFunctionData(fragment, args) === data.toLowerCase();
  } catch (cause) {
    throw new AgentKeysError("call_refused", { message: `Not signed: the arguments of ${fragment.name} are malformed`, cause });
  }
  // Bytes that do not encode back would be read by the contract and by nobody who looked at the words.
  if (!isExact) throw refuse(`holds other bytes than the arguments of ${fragment.name}`);
  return reader(args);
}
