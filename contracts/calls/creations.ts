import { AbiCoder, concat, Interface, ZeroAddress, type InterfaceAbi, type ParamType } from "ethers";
import { AgentKeysError } from "@agentkeys/common/errors";
import { AgentKeysForwarder, AgentKeysLens, AgentKeysScope, CredentialAudit, K3EpochCounter, SidecarRegistry } from "../generated/index.ts";

const CONTRACTS = { AgentKeysForwarder, AgentKeysLens, AgentKeysScope, CredentialAudit, K3EpochCounter, SidecarRegistry };
export type ContractName = keyof typeof CONTRACTS;

/** A contract of ours that a transaction without a target creates. */
export interface Creation {
  contract: ContractName;
  /** What its constructor is told, in its order; every argument of ours is an address. */
  arguments: readonly { name: string; value: string }[];
}

/** What each contract is for. */
const PURPOSES: Readonly<Record<ContractName, string>> = {
  AgentKeysForwarder: "carries what wallets signed",
  AgentKeysLens: "answers services in one read",
  AgentKeysScope: "services that agents may use",
  CredentialAudit: "roots of audit trees",
  K3EpochCounter: "epoch of the storage key",
  SidecarRegistry: "operators, their wallets and devices",
};

function inputsOf(name: ContractName): readonly ParamType[] {
  return new Interface(CONTRACTS[name].abi as InterfaceAbi).deploy.inputs;
}

/** The init code that creates a contract of ours. */
export function encodeCreation(contract: ContractName, args: readonly string[]): string {
  return concat([CONTRACTS[contract].bytecode, AbiCoder.defaultAbiCoder().encode(inputsOf(contract), args)]);
}

/**
 * What init code creates, from its bytes alone. Throws `call_refused` for code that is not exactly one of our contracts as it was
 * compiled, followed by exactly its constructor's arguments.
 */
export function decodeCreation(initCode: string): Creation {
  const code = initCode.toLowerCase();
  const contract = (Object.keys(CONTRACTS) as ContractName[]).find((name) => code.startsWith(CONTRACTS[name].bytecode.toLowerCase()));
  if (contract === undefined) throw refuse("creates a contract that is none of AgentKeys'");
  const inputs = inputsOf(contract);
  const given = `0x${code.slice(CONTRACTS[contract].bytecode.length)}`;
  let values: string[];
  let isExact: boolean;
  try {
    values = AbiCoder.defaultAbiCoder().decode(inputs, given).toArray() as string[];
    isExact = encodeCreation(contract, values) === code;
  } catch (cause) {
    throw refuse(`tells ${contract} something malformed`, cause);
  }
  if (!isExact) throw refuse(`holds other bytes than ${contract} and its arguments`);
  return { contract, arguments: inputs.map(({ name }, index) => ({ name: name.replace(/_$/, ""), value: values[index] ?? "" })) };
}

/** A creation as a sentence without a full stop. */
export function wordsOfCreation({ contract, arguments: given }: Creation): string {
  const parts = given.map(({ name, value }) => {
    if (name === "trustedForwarder") return value === ZeroAddress ? "it trusts no forwarder" : `it trusts forwarder ${value} for good`;
    return name === "governance" ? `wallet ${value} may advance it` : `its ${LABELS[name] ?? name} is ${value}`;
  });
  return [`create contract ${contract} (${PURPOSES[contract]})`, ...parts].join(", ");
}

const LABELS: Readonly<Record<string, string>> = { epochCounter: "epoch counter" };

function refuse(why: string, cause?: unknown): AgentKeysError {
  return new AgentKeysError("call_refused", { message: `Not signed: the transaction ${why}`, cause });
}
