import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { AUDIT, REGISTRY, SCOPE } from "./abi.ts";
import type { Action, Call } from "./actions.ts";

const NOTHING = "0x";

type Chain = Pick<ChainConfig, "chainId" | "contracts">;
type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;

/** The calls of several actions, in their order; neighbours of one kind and operator that a contract takes together share a call. */
export function encodeActions(actions: readonly Action[], chain: Chain): Call[] {
  const calls: Call[] = [];
  let index = 0;
  for (let [first] = actions; first !== undefined; first = actions[index]) {
    const group = neighbours(actions.slice(index), first);
    calls.push(group.length === 1 ? encodeOne(first, chain) : encodeGroup(group, chain));
    index += group.length;
  }
  return calls;
}

function neighbours(actions: readonly Action[], first: Action): Action[] {
  if (first.kind !== "RegisterDevice" && first.kind !== "SetScope") return [first];
  const end = actions.findIndex((action) => action.kind !== first.kind || action.operatorOmni !== first.operatorOmni);
  return actions.slice(0, end === -1 ? actions.length : end);
}

function encodeOne(action: Action, { chainId, contracts }: Chain): Call {
  const registry = (name: string, args: unknown[]): Call => ({
    chainId,
    to: contracts.registry,
    data: REGISTRY.encodeFunctionData(name, args),
  });
  const scope = (name: string, args: unknown[]): Call => ({ chainId, to: contracts.scope, data: SCOPE.encodeFunctionData(name, args) });
  switch (action.kind) {
    case "RegisterMaster": {
      const { deviceKeyHash, operatorOmni, roles } = action;
      return registry("registerMasterDevice", [deviceKeyHash, operatorOmni, operatorOmni, roles, NOTHING]);
    }
    case "RegisterDevice": {
      const { deviceKeyHash, operatorOmni, actorOmni, attestation, pop } = action;
      return registry("registerAgentDevice", [deviceKeyHash, operatorOmni, actorOmni, attestation, pop]);
    }
    case "SetScope":
      return scope("setScope", [action.operatorOmni, action.actorOmni, [...action.services], action.readOnly]);
    case "RevokeScope":
      return scope("revokeScope", [action.operatorOmni, action.actorOmni]);
    case "SetAuditor": {
      if (contracts.audit === undefined)
        throw new AgentKeysError("config_invalid", {
          message: "This deployment has no CredentialAudit: give contracts.audit in the chain file",
        });
      return { chainId, to: contracts.audit, data: AUDIT.encodeFunctionData("setAuditor", [action.operatorOmni, action.auditor]) };
    }
    case "RevokeDevice":
      return registry("revokeDevice", [action.deviceKeyHash]);
  }
}

function encodeGroup(group: readonly Action[], { chainId, contracts }: Chain): Call {
  const devices = group.filter((action): action is Of<"RegisterDevice"> => action.kind === "RegisterDevice");
  const [device] = devices;
  if (device !== undefined) {
    const entries = devices.map(({ deviceKeyHash, actorOmni, attestation, pop }) => ({ deviceKeyHash, actorOmni, attestation, pop }));
    return { chainId, to: contracts.registry, data: REGISTRY.encodeFunctionData("registerAgentDevices", [device.operatorOmni, entries]) };
  }
  const scopes = group.filter((action): action is Of<"SetScope"> => action.kind === "SetScope");
  const entries = scopes.map(({ actorOmni, services, readOnly }) => ({ agentOmni: actorOmni, services: [...services], readOnly }));
  return { chainId, to: contracts.scope, data: SCOPE.encodeFunctionData("setScopes", [scopes[0]?.operatorOmni, entries]) };
}
