import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { encodeActions, type ActionKind } from "@agentkeys/contracts/calls";
import type { MasterWallet } from "../chain/wallet.ts";
import type { Proposal } from "./judge.ts";

/** A proposal that is on chain now. */
export interface Applied {
  proposal: Proposal;
  hash: string;
  block: number;
}

/** What stands on nothing comes first; equal kinds stand together, so that they share a transaction. */
const ORDER: readonly ActionKind[] = ["RegisterMaster", "RegisterDevice", "SetScope", "RevokeScope", "RevokeDevice", "SetAuditor"];
const MOST_IN_ONE = 50;

/**
 * Sends proposals one transaction after another, those of a kind together. When one fails nothing more is sent, and the fault says
 * what was and what was not.
 */
export async function sendProposals(
  wallet: MasterWallet,
  chain: ChainConfig,
  proposals: readonly Proposal[],
  hear: (text: string) => void,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  const groups = groupsOf(proposals);
  for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
    let hash: string | undefined;
    try {
      const [call] = encodeActions(
        group.map(({ action }) => action),
        chain,
      );
      if (call === undefined) throw new TypeError("a group without a call");
      const sent = await wallet.send(
        call,
        group.map(({ words }) => words),
        (made) => hear(`sent ${(hash = made)}, waiting until it is mined`),
      );
      applied.push(...group.map((proposal) => ({ proposal, ...sent })));
    } catch (fault) {
      const smaller = hash === undefined ? smallerGroups(group, fault) : null;
      if (smaller === null) throw partly(fault, { applied, hash, left: [...group, ...groups.flat()] });
      groups.unshift(...smaller);
    }
  }
  return applied;
}

/** How to go on with a group that was refused before anything was sent; null when it cannot be done with less at once. */
function smallerGroups(group: readonly Proposal[], fault: unknown): Proposal[][] | null {
  if (group.length === 1 || !(fault instanceof AgentKeysError)) return null;
  // One that the contract refuses must not hold back the others: each is tried alone.
  if (fault.code === "chain_rpc_error") return group.map((proposal) => [proposal]);
  if (fault.code !== "relay_gas_refused") return null;
  const half = Math.ceil(group.length / 2);
  return [group.slice(0, half), group.slice(half)];
}

function groupsOf(proposals: readonly Proposal[]): Proposal[][] {
  const groups: Proposal[][] = [];
  for (const kind of ORDER) {
    const most = kind === "RegisterDevice" || kind === "SetScope" ? MOST_IN_ONE : 1;
    const ofKind = proposals.filter(({ action }) => action.kind === kind);
    for (let from = 0; from < ofKind.length; from += most) groups.push(ofKind.slice(from, from + most));
  }
  return groups;
}

function partly(
  fault: unknown,
  { applied, hash, left }: { applied: Applied[]; hash: string | undefined; left: readonly Proposal[] },
): AgentKeysError {
  const known = fault instanceof AgentKeysError ? fault : undefined;
  const why = known?.publicMessage ?? (fault instanceof Error ? fault.message : String(fault));
  const done = [...new Set(applied.map((one) => one.hash))];
  const parts = [
    done.length === 0 ? "nothing was applied" : `applied: ${applied.map(({ proposal }) => proposal.words).join("; ")} (${done.join(", ")})`,
    ...(hash === undefined ? [] : [`sent but not seen mined: ${hash}`]),
    `left: ${left.map(({ words }) => words).join("; ")}`,
  ];
  return new AgentKeysError(known?.code ?? "internal", {
    message: `${why}.\n${parts.join("\n")}\nRun the same command again: what is on chain by then is left out`,
    cause: fault,
  });
}
