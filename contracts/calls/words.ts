import { ZeroAddress } from "ethers";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import type { Action } from "./actions.ts";

/** Names that people gave; each is checked against its hash before it is shown. */
export interface Names {
  /** Agents as `<namespace>/<agent>` by the actor they derive to. */
  agents: ReadonlyMap<Hex, string>;
  /** Services that may be meant. */
  services: readonly string[];
}

/** One action as a sentence without a full stop. A service or agent whose name is not known is shown by its hash. */
export function wordsOf(action: Action, names: Names): string {
  switch (action.kind) {
    case "RegisterMaster":
      return `register device ${action.deviceKeyHash} as a master device: it may store and delete credentials of every agent of your operator`;
    case "RegisterDevice":
      return `register device ${action.deviceKeyHash} of ${agentOf(action.actorOmni, names)}`;
    case "SetScope":
      return scopeWords(action, names);
    case "RevokeScope":
      return `take every service from ${agentOf(action.actorOmni, names)}`;
    case "RevokeDevice":
      return `revoke device ${action.deviceKeyHash} for good`;
    case "SetAuditor":
      return action.auditor === ZeroAddress
        ? "let nobody append audit roots for your operator"
        : `let wallet ${action.auditor} append audit roots for your operator`;
  }
}

function scopeWords({ actorOmni, services, readOnly }: Extract<Action, { kind: "SetScope" }>, names: Names): string {
  const agent = agentOf(actorOmni, names);
  if (services.length === 0) return `let ${agent} use nothing`;
  const known = new Map(names.services.map((name) => [serviceHash(name), name]));
  const listed = services.map((hash) => known.get(hash) ?? `an unknown service ${hash}`).join(", ");
  return `let ${agent} use exactly ${listed} (${readOnly ? "read-only" : "it may also store and delete these credentials"})`;
}

function agentOf(actorOmni: Hex, { agents }: Names): string {
  const name = agents.get(actorOmni);
  return name === undefined ? `an unknown agent ${actorOmni}` : `agent ${name}`;
}
