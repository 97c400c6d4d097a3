import { AgentKeysError } from "@agentkeys/common/errors";
import type { ChainView } from "../chain/view.ts";
import type { Proposal } from "./judge.ts";

/** Of several proposals those that the chain does not show yet; one that bindings share is listed once. */
export async function openProposals(proposals: readonly Proposal[], view: ChainView): Promise<Proposal[]> {
  const byId = new Map([...proposals].reverse().map((proposal) => [proposal.id, proposal]));
  const distinct = proposals.filter((proposal) => byId.get(proposal.id) === proposal);
  const isDone = await Promise.all(distinct.map((proposal) => isOnChain(proposal, view)));
  return distinct.filter((_proposal, index) => isDone[index] !== true);
}

async function isOnChain({ action, actorOmni, binding }: Proposal, view: ChainView): Promise<boolean> {
  switch (action.kind) {
    case "RegisterMaster":
    case "RegisterDevice":
      return (await view.device(action.deviceKeyHash)) !== null;
    case "SetAuditor":
      return false;
    case "RevokeDevice": {
      const device = await view.device(action.deviceKeyHash);
      // The calldata names no agent, so the chain says whose device it is.
      if (device !== null && device.actorOmni !== actorOmni)
        throw new AgentKeysError("call_refused", {
          message: `Nothing of ${binding} is signed: device ${action.deviceKeyHash} is another agent's`,
        });
      return device === null || device.revoked;
    }
    case "RevokeScope":
      return !(await view.scope(action.operatorOmni, action.actorOmni)).isSet;
    case "SetScope": {
      const { services, readOnly, isSet } = await view.scope(action.operatorOmni, action.actorOmni);
      const wanted = new Set(action.services);
      return (
        isSet && readOnly === action.readOnly && wanted.size === new Set(services).size && services.every((service) => wanted.has(service))
      );
    }
  }
}
