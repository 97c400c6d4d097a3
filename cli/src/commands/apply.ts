import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { openChainConfig } from "../chain/config.ts";
import { transactionLink } from "../chain/links.ts";
import { openChainView, type ChainView } from "../chain/view.ts";
import { noMoreWords, usage, type Call, type CommandBody } from "../command.ts";
import { allBindings, bindingNamed, type BindingView } from "../kube/binding.ts";
import { operatorIdentity } from "../kube/identity.ts";
import { openWallet } from "../master.ts";
import { CHAIN_OPTIONS, RELAY_OPTION, WALLET_OPTIONS } from "../options.ts";
import { table } from "../output.ts";
import { judgeProposals, type Proposal } from "../proposals/judge.ts";
import { openProposals } from "../proposals/open.ts";
import { sendProposals, type Applied } from "../proposals/send.ts";

export const apply: CommandBody = {
  operands: "[<namespace>/<binding>]",
  detail: `For bindings with scope.management: Propose. Lists each transaction of the status in words read from its calldata, asks, signs and
sends it and waits until it is mined. Refused before anything is signed: another chain, contract, function or operator, another agent than the
binding's, services its spec does not name, and words that say something else. What the chain shows already is left out.`,
  example: "agentkeys apply team-a/research-agent",
  options: {
    all: { type: "boolean", description: "of every binding" },
    list: { type: "boolean", description: "only show what is to be signed" },
    yes: { type: "boolean", short: "y", description: "do not ask" },
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
  },
  run: async (call) => {
    noMoreWords(call, 1);
    const bindings = await chosenBindings(call);
    const identity = await operatorIdentity(call);
    const chain = await openChainConfig(call);
    const proposals = bindings.flatMap((binding) => judgeProposals(binding, { chain, identity }));
    const view = openChainView(chain);
    call.defer(() => view.close());
    const open = await openProposals(proposals, view);
    if (open.length === 0) call.say("there is nothing to sign: what was proposed is on chain");
    if (open.length === 0 || call.flag("list")) {
      answer(
        call,
        chain,
        open.map((proposal) => ({ proposal })),
      );
      return undefined;
    }
    await confirm(call, chain, { open, signer: await signerWords(call, view, identity.operatorOmni) });
    const wallet = await openWallet(call, chain, identity.operatorOmni);
    answer(call, chain, await sendProposals(wallet, chain, open, call.say));
    return undefined;
  },
};

async function chosenBindings(call: Call): Promise<BindingView[]> {
  const [reference] = call.words;
  if ((reference === undefined) === !call.flag("all")) throw usage("Name the binding as <namespace>/<name>, or give --all");
  return reference === undefined ? await allBindings(call.machine.kubectl) : [await bindingNamed(reference, call.machine.kubectl)];
}

/** The wallet that has to sign, as the chain knows it. */
async function signerWords(call: Call, view: ChainView, operator: Hex): Promise<string> {
  const address = await view.masterWallet(operator);
  if (address === null) return `the master wallet of operator ${operator}`;
  const name = await view.nameOf(address, call.machine.clock);
  return name === null ? address : `${address} (${name})`;
}

async function confirm(
  call: Call,
  { profile, chainId }: ChainConfig,
  { open, signer }: { open: readonly Proposal[]; signer: string },
): Promise<void> {
  const rows = open.map(({ binding, words }, index) => ({ "#": String(index + 1), binding, "signing this would": words }));
  call.say(`${table(rows)}on ${profile} (chain ${chainId}), signed by ${signer}`);
  // A wallet in the browser asks by itself, for each transaction.
  if (call.flag("yes") || call.flag("browser")) return;
  const reply = await call.machine.terminal.ask("Sign and send? [y/N] ");
  if (!/^y(es)?$/i.test(reply)) throw new AgentKeysError("wallet_rejected", { message: "Nothing was signed" });
}

function answer(call: Call, chain: ChainConfig, rows: readonly ({ proposal: Proposal } & Partial<Applied>)[]): void {
  const all = rows.map(({ proposal: { id, binding, action, words }, hash, block }) => {
    const explorer = transactionLink(chain, hash);
    return { id, binding, action: action.kind, words, transaction: hash, block, explorer };
  });
  call.answer(
    all,
    all.map(({ binding, words, transaction, block, explorer }) => ({
      binding,
      words,
      ...(transaction === undefined ? {} : { transaction, block }),
      ...(explorer === undefined ? {} : { explorer }),
    })),
  );
}
