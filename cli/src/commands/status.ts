import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32, type Hex } from "@agentkeys/common/identity";
import { formatEther } from "ethers";
import { openChainConfig } from "../chain/config.ts";
import { addressLink } from "../chain/links.ts";
import { openChainView } from "../chain/view.ts";
import { noMoreWords, type Call, type CommandBody } from "../command.ts";
import { allBindings, conditionOf, type BindingView } from "../kube/binding.ts";
import { deploymentsOf, imageOf } from "../kube/installation.ts";
import { CHAIN_OPTIONS } from "../options.ts";
import type { Row } from "../output.ts";
import { VERSION } from "../version.ts";

export const status: CommandBody = {
  operands: "",
  detail: "What is installed, the chain and the operator's wallet, then a line for each binding and what it lacks.",
  example: "agentkeys status",
  options: CHAIN_OPTIONS,
  run: async (call) => {
    noMoreWords(call, 0);
    const { kubectl } = call.machine;
    const namespace = call.text("namespace") ?? "";
    const [versions, deployments, bindings] = await Promise.all([
      kubectl.versions(),
      deploymentsOf(kubectl, namespace),
      allBindings(kubectl),
    ]);
    const operators = operatorsOf(bindings);
    const installation = {
      namespace,
      image: imageOf(deployments),
      command: VERSION,
      kubernetes: versions.server,
      ...(await chainOf(call, operators[0])),
      operator: operators.length > 0 ? operators.join(", ") : undefined,
    };
    const rows = bindings.map(rowOf);
    call.answer({ installation, bindings: rows }, { facts: installation }, rows.map(textRow));
    return undefined;
  },
};

/** Operators that bindings of this cluster belong to. */
export function operatorsOf(bindings: readonly BindingView[]): Hex[] {
  const named = bindings.flatMap((binding) => (binding.status?.operatorOmni === undefined ? [] : [binding.status.operatorOmni]));
  return [...new Set(named)].map(normaliseHex32);
}

/** The chain in words; one that cannot be read is no reason to show nothing. */
async function chainOf(call: Call, operator: Hex | undefined): Promise<Row> {
  try {
    const chain = await openChainConfig(call);
    const view = openChainView(chain);
    call.defer(() => view.close());
    const block = await view.blockNumber();
    const address = operator === undefined ? null : await view.masterWallet(operator);
    const balance = address === null ? undefined : formatEther(await view.balance(address));
    const walletName = address === null ? null : await view.nameOf(address, call.machine.clock);
    const wallet = address ?? undefined;
    return {
      chain: chain.profile,
      chainId: chain.chainId,
      block,
      wallet,
      walletName: walletName ?? undefined,
      walletLink: addressLink(chain, wallet),
      balance,
    };
  } catch (fault) {
    if (!(fault instanceof AgentKeysError)) throw fault;
    return { chain: `not read: ${fault.publicMessage}` };
  }
}

interface BindingRow {
  binding: string;
  ready: string;
  missing: string[];
  pods: { injected: number; ready: number };
  services: { name: string; onChain: boolean; credential: string }[];
}

function rowOf(binding: BindingView): BindingRow {
  const { metadata, status: seen } = binding;
  return {
    binding: `${metadata.namespace}/${metadata.name}`,
    ready: conditionOf(binding, "Ready")?.status ?? "Unknown",
    missing: (seen?.conditions ?? []).flatMap(({ type, status: state, reason }) =>
      state === "True" || type === "Ready" ? [] : [reason ?? type],
    ),
    pods: { injected: seen?.pods?.injected ?? 0, ready: seen?.pods?.ready ?? 0 },
    services: (seen?.services ?? []).map(({ name, onChain, credential }) => ({ name, onChain, credential })),
  };
}

function textRow({ binding, ready, missing, pods, services }: BindingRow): Row {
  const words = services.map(({ name, onChain, credential }) => `${name} (${onChain ? "on chain" : "not on chain"}, ${credential})`);
  return { binding, ready, missing: missing.join(", "), pods: `${pods.ready}/${pods.injected}`, services: words.join(", ") };
}
