import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { assertService } from "@agentkeys/common/identity";
import { openChainConfig } from "../chain/config.ts";
import { transactionLink } from "../chain/links.ts";
import type { MasterWallet, Sent } from "../chain/wallet.ts";
import { noMoreWords, usage, type Call, type CommandBody } from "../command.ts";
import { bindingOf } from "../kube/binding.ts";
import { openWallet } from "../master.ts";
import { CHAIN_OPTIONS, RELAY_OPTION, WALLET_OPTIONS } from "../options.ts";

export const grant: CommandBody = {
  operands: "<namespace>/<binding> <service…>",
  detail: `Sends one transaction of the operator's master wallet: afterwards the actor may use exactly these services. Whether it may also
store credentials follows spec.readOnly of the binding, unless said otherwise.`,
  example: "agentkeys grant team-a/research-agent openai github",
  options: {
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
    "read-only": { type: "boolean", description: "the actor may only fetch" },
    "read-write": { type: "boolean", description: "the actor may store and delete its credentials too" },
  },
  run: async (call) => {
    const [reference, ...services] = call.words;
    if (services.length === 0) throw usage("Name the binding as <namespace>/<name>, then at least one service");
    if (call.flag("read-only") && call.flag("read-write")) throw usage("--read-only and --read-write exclude each other");
    const names = services.map(assertService);
    const { actorOmni, operatorOmni, readOnly } = await bindingOf(reference, call.machine.kubectl);
    const isReadOnly = call.flag("read-only") || (readOnly && !call.flag("read-write"));
    const chain = await openChainConfig(call);
    const wallet = await openWallet(call, chain, operatorOmni);
    answerSent(call, { chain, wallet, sent: await wallet.setScope(actorOmni, names, isReadOnly) });
    return undefined;
  },
};

export const revoke: CommandBody = {
  operands: "<namespace>/<binding>",
  detail: `Sends one transaction of the operator's master wallet. The next request of the binding's pods is refused and running streams
are cut. The operator does not grant again by itself: annotate the binding with agentkeys.io/resync, or use grant.`,
  example: "agentkeys revoke team-a/research-agent",
  options: {
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
    device: { type: "boolean", description: "revoke the binding's device for good instead of its scope" },
  },
  run: async (call) => {
    noMoreWords(call, 1);
    const binding = await bindingOf(call.words[0], call.machine.kubectl);
    const chain = await openChainConfig(call);
    const wallet = await openWallet(call, chain, binding.operatorOmni);
    const { deviceKeyHash } = binding;
    if (!call.flag("device")) answerSent(call, { chain, wallet, sent: await wallet.revokeScope(binding.actorOmni) });
    else if (deviceKeyHash !== undefined) answerSent(call, { chain, wallet, sent: await wallet.revokeDevice(deviceKeyHash) });
    else throw new AgentKeysError("not_found", { message: `${binding.name} has no device yet: there is nothing to revoke` });
    return undefined;
  },
};

function answerSent(call: Call, of: { chain: ChainConfig; wallet: MasterWallet; sent: Sent }): void {
  const { hash, block } = of.sent;
  const explorer = transactionLink(of.chain, hash);
  const rows = [{ wallet: of.wallet.address, transaction: hash, block, ...(explorer === undefined ? {} : { explorer }) }];
  call.answer(rows, rows);
}
