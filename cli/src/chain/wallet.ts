import { AgentKeysScope, CredentialAudit, SidecarRegistry } from "@agentkeys/contracts";
import { decodeCall, encodeActions, wordsOf, type Action, type Call } from "@agentkeys/contracts/calls";
import { ROLE_CAP_MINT, type ChainConfig, type FailoverProvider } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { AbiCoder, Interface } from "ethers";
import type { WalletSigner } from "../wallet/port.ts";
import { chainWords } from "./provider.ts";
import { minedAs } from "./receipt.ts";

const ERRORS = new Interface(
  [...SidecarRegistry.abi, ...AgentKeysScope.abi, ...CredentialAudit.abi].filter(({ type }) => type === "error"),
);

/** What a transaction came to. */
export interface Sent {
  hash: string;
  block: number;
}

/** The master wallet on one chain. Every write waits until it is mined; faults are `chain_rpc_error` or the wallet's own. */
export interface MasterWallet {
  address: string;
  operatorOmni: Hex;
  /** Refuses (`call_refused`) what is no write of this operator on this chain. `words` are shown by a wallet that asks its owner. */
  send(call: Call, words: readonly string[], onSent?: (hash: string) => void): Promise<Sent>;
  setScope(actorOmni: Hex, services: readonly string[], readOnly: boolean): Promise<Sent>;
  revokeScope(actorOmni: Hex): Promise<Sent>;
  revokeDevice(deviceKeyHash: Hex): Promise<Sent>;
  /** Lets a wallet append audit roots for this operator; the zero address lets nobody. */
  setAuditor(auditor: string): Promise<Sent>;
  /** A device that may mint caps for every actor of this operator, and nothing else. */
  registerMasterDevice(deviceKeyHash: Hex): Promise<Sent>;
  /** The device of an actor, which derives from this operator by `actorPath`. `pop` is the device's own proof. */
  registerAgentDevice(device: { deviceKeyHash: Hex; actorOmni: Hex; actorPath: readonly string[]; pop: string }): Promise<Sent>;
}

/** How a write goes to the chain; resolves once it is mined and was what was asked for. */
export type Carry = (call: Call, words: readonly string[], onSent?: (hash: string) => void) => Promise<Sent>;

/** The wallet sends its own transactions. */
export function directly(signer: WalletSigner, provider: FailoverProvider): Carry {
  return async ({ to, data }, words, onSent) => {
    const hash = await signer.sendTransaction({ to, data, words });
    onSent?.(hash);
    const { block } = await minedAs(provider, hash, { from: signer.address, to, data });
    return { hash, block };
  };
}

/** The writes of the operator whose master wallet signs; msg.sender of every one is this wallet, whoever carries it. */
export function openMasterWallet(chain: ChainConfig, signer: WalletSigner, carry: Carry): MasterWallet {
  const { address } = signer;
  const operator = operatorOmni(address);
  const send: MasterWallet["send"] = async (call, words, onSent) => {
    const actions = decodeCall(call, { chain, operatorOmni: operator });
    try {
      return await carry(call, words, onSent);
    } catch (cause) {
      if (cause instanceof AgentKeysError) throw cause;
      const what = [...new Set(actions.map(({ kind }) => kind))].join(", ");
      throw new AgentKeysError("chain_rpc_error", {
        message: `The chain did not take ${what} of ${address}: ${chainWords(cause, ERRORS)}`,
        cause,
      });
    }
  };
  const act = (action: Action, services: readonly string[] = []): Promise<Sent> => {
    const [call] = encodeActions([action], chain);
    if (call === undefined) throw new TypeError("an action without a call");
    return send(call, [wordsOf(action, { agents: new Map(), services })]);
  };
  return {
    address,
    operatorOmni: operator,
    send,
    setScope: (actorOmni, services, readOnly) =>
      act({ kind: "SetScope", operatorOmni: operator, actorOmni, services: services.map(serviceHash), readOnly }, services),
    revokeScope: (actorOmni) => act({ kind: "RevokeScope", operatorOmni: operator, actorOmni }),
    revokeDevice: (deviceKeyHash) => act({ kind: "RevokeDevice", deviceKeyHash }),
    setAuditor: (auditor) => act({ kind: "SetAuditor", operatorOmni: operator, auditor }),
    registerMasterDevice: (deviceKeyHash) => act({ kind: "RegisterMaster", deviceKeyHash, operatorOmni: operator, roles: ROLE_CAP_MINT }),
    registerAgentDevice: ({ actorPath, ...device }) => {
      const attestation = AbiCoder.defaultAbiCoder().encode(["string[]"], [actorPath]);
      return act({ kind: "RegisterDevice", ...device, operatorOmni: operator, attestation });
    },
  };
}
