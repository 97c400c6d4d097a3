import { openChainConfig } from "../chain/config.ts";
import { openChainView, type ChainView } from "../chain/view.ts";
import { noMoreWords, type Call, type CommandBody } from "../command.ts";
import { checkChain, checkOperator } from "../doctor/chain.ts";
import { looked, well, type Check } from "../doctor/check.ts";
import { checkBindings, checkDefinitions, checkDeployments, checkTrust, checkVersions, checkWebhooks } from "../doctor/cluster.ts";
import { checkRelay } from "../doctor/relay.ts";
import { openHome } from "../home.ts";
import { allBindings } from "../kube/binding.ts";
import { deploymentsOf } from "../kube/installation.ts";
import { operatorOf } from "../master.ts";
import { CHAIN_OPTIONS } from "../options.ts";
import { operatorsOf } from "./status.ts";

export const doctor: CommandBody = {
  operands: "",
  detail:
    "Looks at kubectl, the cluster, our parts in it, the chain, the master wallet and every binding. Exit code 1 when something failed.",
  example: "agentkeys doctor",
  options: {
    ...CHAIN_OPTIONS,
    relay: { type: "string", value: "<url>", description: "relay that pays for the master wallet; looked at as well" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const { kubectl } = call.machine;
    const versions = await looked("kubectl", () => checkVersions(kubectl));
    // Without a cluster every other row would say the same.
    const checks = versions[0]?.ok === true ? [...versions, ...(await checkInstallation(call))] : versions;
    call.answer(
      checks,
      checks.map(({ check, ok, detail }) => ({ check, result: ok ? "ok" : "failed", detail })),
    );
    return checks.every(({ ok }) => ok) ? undefined : 1;
  },
};

async function checkInstallation(call: Call): Promise<Check[]> {
  const { kubectl, clock } = call.machine;
  const namespace = call.text("namespace") ?? "";
  const map = await kubectl
    .get<{ data?: Record<string, string> }>("configmap", { namespace, name: "agentkeys-trust-bundle" })
    .catch(() => null);
  const bundle = map?.data?.["ca.crt"];
  const rows = await Promise.all([
    looked("CRDs", () => checkDefinitions(kubectl)),
    looked("webhooks", () => checkWebhooks(kubectl, bundle)),
    looked("deployments", () => checkDeployments(kubectl, namespace)),
    looked("trust bundle", () => Promise.resolve(checkTrust(bundle, clock))),
    looked("chain", () => checkChainSide(call)),
    looked("bindings", () => checkBindings(kubectl)),
  ]);
  return rows.flat();
}

async function checkChainSide(call: Call): Promise<Check[]> {
  const chain = await openChainConfig(call);
  const view = openChainView(chain);
  call.defer(() => view.close());
  const relay = call.text("relay");
  const rows = [...(await checkChain(chain, view)), ...(relay === undefined ? [] : await looked("relay", () => checkRelay(relay)))];
  if (!rows.some(({ check, ok }) => check === "contracts" && ok)) return rows;
  return [...rows, ...(await looked("master wallet", () => checkOperators(call, view)))];
}

/** The operators the bindings name; before the first binding, the person's own wallet. */
async function checkOperators(call: Call, view: ChainView): Promise<Check[]> {
  const named = operatorsOf(await allBindings(call.machine.kubectl));
  const own = named.length > 0 ? null : openHome(call.machine.env).read("wallet");
  const operators = own === null ? named : [operatorOf(own).operatorOmni];
  if (operators.length === 0) return [well("master wallet", "not looked at: no binding names an operator yet")];
  return await Promise.all(operators.map((operator) => checkOperator(operator, view, () => isRelayed(call))));
}

/** Whether a relay pays: the one that was named, or one of the installation's own. */
async function isRelayed({ machine, text }: Call): Promise<boolean> {
  if (text("relay") !== undefined) return true;
  const deployments = await deploymentsOf(machine.kubectl, text("namespace") ?? "").catch(() => []);
  return deployments.some(({ metadata }) => metadata.name === "agentkeys-relay");
}
