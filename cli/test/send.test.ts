import { expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { decodeCall } from "@agentkeys/contracts/calls";
import type { MasterWallet } from "../src/chain/wallet.ts";
import type { Proposal } from "../src/proposals/judge.ts";
import { sendProposals } from "../src/proposals/send.ts";

const hex = (digit: string, length = 64): Hex => `0x${digit.repeat(length)}`;
const operatorOmni = hex("a");
const contracts = { registry: hex("1", 40), scope: hex("2", 40), epoch: hex("3", 40), lens: hex("4", 40) };
const chain = { profile: "base", chainId: 8453, rpcUrls: [], contracts };

/** A binding's scope, as it is proposed. */
const proposalOf = (index: number): Proposal => {
  const actorOmni: Hex = `0x${index.toString(16).padStart(64, "0")}`;
  return {
    id: actorOmni,
    binding: `team-a/agent-${index}`,
    actorOmni,
    action: { kind: "SetScope", operatorOmni, actorOmni, services: [hex("5")], readOnly: true },
    words: `let agent team-a/agent-${index} use exactly openai (read-only)`,
  };
};

/** A wallet behind a relay that carries no more than `most` writes at once; notes how many each transaction had. */
function relayedWallet(most: number): { wallet: MasterWallet; sizes: number[] } {
  const sizes: number[] = [];
  const send: MasterWallet["send"] = (call) => {
    const { length } = decodeCall(call, { chain, operatorOmni });
    if (length > most) return Promise.reject(new AgentKeysError("relay_gas_refused"));
    sizes.push(length);
    return Promise.resolve({ hash: hex("9"), block: sizes.length });
  };
  return { wallet: { send } as MasterWallet, sizes };
}

test("what is more than a relay carries at once goes in several requests", async () => {
  const { wallet, sizes } = relayedWallet(8);
  const proposals = Array.from({ length: 25 }, (_each, index) => proposalOf(index + 1));
  const applied = await sendProposals(wallet, chain, proposals, () => undefined);
  expect(applied.map(({ proposal }) => proposal.binding)).toEqual(proposals.map(({ binding }) => binding));
  expect(sizes).toEqual([7, 6, 6, 6]);
});

test("one that alone is more than a relay carries is said, and that nothing was applied", async () => {
  const { wallet } = relayedWallet(0);
  await expect(sendProposals(wallet, chain, [proposalOf(1), proposalOf(2)], () => undefined)).rejects.toMatchObject({
    code: "relay_gas_refused",
    publicMessage: expect.stringContaining("nothing was applied"),
  });
});
