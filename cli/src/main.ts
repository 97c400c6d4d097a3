/**
 * The `agentkeys` command. Talks to the cluster by the user's kubectl and to the chain with the user's own wallet; secrets come
 * from files, never from arguments.
 */
import { parseArgs } from "node:util";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32, parseKey32, type Hex } from "@agentkeys/common/identity";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { Secret } from "@agentkeys/common/secret";
import { chainOf, openMasterWallet, type MasterWallet, type Sent } from "./chain.ts";
import { provisionStore } from "./evaluation/provision-store.ts";
import { ROLE_POLICY, WALLET_KEYED_POLICY } from "./evaluation/role-policy.ts";
import { explainPod, type ExplainFacts } from "./explain.ts";
import { createKubectl, type Kubectl } from "./kubectl.ts";
import { render } from "./output.ts";

const USAGE = `agentkeys <command>

  status                                  bindings of the cluster and what is missing
  explain pod <namespace>/<name>          why a pod is injected or not
  grant <namespace>/<binding> <service…>  set the actor's scope on chain   (--wallet-file, --rpc-url)
  revoke <namespace>/<binding>            take the actor's scope on chain  (--wallet-file, --rpc-url; --device for its key)
  evaluation provision-store              bucket and policy of the evaluation store (--wallets-file while migrating)

Options: --namespace <where agentkeys is installed> (agentkeys-system), --chain-file, --json
`;

const OPTIONS = {
  namespace: { type: "string", short: "n", default: "agentkeys-system" },
  "wallet-file": { type: "string" },
  "rpc-url": { type: "string" },
  "chain-file": { type: "string" },
  "read-only": { type: "boolean", default: false },
  device: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  endpoint: { type: "string" },
  bucket: { type: "string" },
  "root-dir": { type: "string" },
  "ca-file": { type: "string" },
  "wallets-file": { type: "string" },
} as const;

type Options = ReturnType<typeof parse>["values"];
interface Command {
  words: readonly string[];
  options: Options;
  kubectl: Kubectl;
  print: (rows: Record<string, unknown>[]) => void;
  say: (text: string) => void;
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
}

function required(value: string | undefined, flag: string): string {
  if (value === undefined) throw new AgentKeysError("invalid_input", { message: `${flag} is required` });
  return value;
}

interface BindingView {
  metadata: { name: string; namespace: string };
  status?: {
    actorOmni?: string;
    deviceKeyHash?: string;
    services?: { name: string; onChain: boolean; credential: string }[];
    conditions?: { type: string; status: string; reason?: string }[];
  };
}

async function bindingOf(reference: string | undefined, kubectl: Kubectl): Promise<{ actor: Hex; device: Hex }> {
  const [namespace, name] = (reference ?? "").split("/");
  if (namespace === undefined || name === undefined)
    throw new AgentKeysError("invalid_input", { message: "Name the binding as <namespace>/<name>" });
  const binding = (await kubectl.get(["agentkeysbinding", name, "-n", namespace])) as BindingView | null;
  if (binding === null)
    throw new AgentKeysError("not_found", { message: `There is no AgentKeysBinding ${namespace}/${name}: see kubectl get akb -A` });
  const { actorOmni, deviceKeyHash } = binding.status ?? {};
  if (actorOmni === undefined)
    throw new AgentKeysError("not_found", { message: `${namespace}/${name} has no actor yet: wait for the operator, then see its status` });
  return { actor: normaliseHex32(actorOmni), device: normaliseHex32(deviceKeyHash ?? "0".repeat(64)) };
}

async function withWallet(command: Command, run: (wallet: MasterWallet) => Promise<Sent>): Promise<void> {
  const { options, kubectl } = command;
  const rpcUrl = options["rpc-url"];
  const chainText = options["chain-file"] === undefined ? undefined : readFileSync(options["chain-file"], "utf8");
  const chain = await chainOf({
    kubectl,
    namespace: options.namespace,
    ...(chainText === undefined ? {} : { chainText }),
    ...(rpcUrl === undefined ? {} : { rpcUrl }),
  });
  const wallet = openMasterWallet(chain, parseKey32(readFileSync(required(options["wallet-file"], "--wallet-file"))));
  try {
    const sent = await run(wallet);
    const explorer = chain.explorerTxUrl?.replace("{hash}", sent.hash);
    command.print([{ wallet: wallet.address, transaction: sent.hash, block: sent.block, explorer }]);
  } finally {
    wallet.close();
  }
}

async function status({ kubectl, print }: Command): Promise<void> {
  const list = (await kubectl.get(["agentkeysbindings", "-A"])) as { items?: BindingView[] } | null;
  print(
    (list?.items ?? []).map(({ metadata, status: seen }) => ({
      binding: `${metadata.namespace}/${metadata.name}`,
      ready: seen?.conditions?.find(({ type }) => type === "Ready")?.status ?? "Unknown",
      missing: (seen?.conditions ?? [])
        .filter((condition) => condition.status !== "True" && condition.type !== "Ready")
        .map(({ reason }) => reason)
        .join(", "),
      services: (seen?.services ?? [])
        .map(({ name, onChain, credential }) => `${name} (${onChain ? "on chain" : "not on chain"}, ${credential})`)
        .join(", "),
    })),
  );
}

async function explain({ words, kubectl, print, options }: Command): Promise<void> {
  const [kind, reference = ""] = words;
  const [namespace, name] = reference.split("/");
  if (kind !== "pod" || namespace === undefined || name === undefined)
    throw new AgentKeysError("invalid_input", { message: "Use: agentkeys explain pod <namespace>/<name>" });
  const pod = (await kubectl.get(["pod", name, "-n", namespace])) as ExplainFacts["pod"] | null;
  if (pod === null) throw new AgentKeysError("not_found", { message: `There is no pod ${namespace}/${name}` });
  const bindingName = pod.metadata?.annotations?.["agentkeys.io/binding"];
  const binding =
    bindingName === undefined ? null : ((await kubectl.get(["agentkeysbinding", bindingName, "-n", namespace])) as ExplainFacts["binding"]);
  const webhook = (await kubectl.get(["deployment", "agentkeys-webhook", "-n", options.namespace])) as {
    status?: { readyReplicas?: number };
  } | null;
  print(explainPod({ pod, binding, isWebhookReady: (webhook?.status?.readyReplicas ?? 0) > 0 }).map((finding) => ({ ...finding })));
}

/** The signer's `wallets.json`, whose actors may read their older, wallet-keyed storage. */
function readWallets(path: string): Record<string, { wallet: string }> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, { wallet: string }>;
  } catch (cause) {
    throw new AgentKeysError("invalid_input", { message: "--wallets-file is not a readable JSON object", cause });
  }
}

async function provision({ words, options, say }: Command): Promise<void> {
  if (words[0] !== "provision-store") throw new AgentKeysError("invalid_input", { message: "Use: agentkeys evaluation provision-store" });
  const dir = required(options["root-dir"], "--root-dir");
  const { "ca-file": caFile, "wallets-file": walletsFile } = options;
  await provisionStore({
    endpoint: required(options.endpoint, "--endpoint"),
    bucket: required(options.bucket, "--bucket"),
    rootUser: readFileSync(join(dir, "user"), "utf8"),
    rootPassword: Secret.of(readFileSync(join(dir, "password"))),
    policyName: "sts.amazonaws.com",
    policyText: ROLE_POLICY,
    ...(walletsFile === undefined ? {} : { wallets: readWallets(walletsFile), walletPolicyText: WALLET_KEYED_POLICY }),
    clock: systemClock,
    onProgress: say,
    ...(caFile === undefined ? {} : { caPem: readFileSync(caFile, "utf8") }),
  });
}

const COMMANDS: Readonly<Record<string, (command: Command) => Promise<void>>> = {
  status,
  explain,
  grant: async (command) => {
    const [reference, ...services] = command.words;
    if (services.length === 0) throw new AgentKeysError("invalid_input", { message: "Name at least one service" });
    const { actor } = await bindingOf(reference, command.kubectl);
    await withWallet(command, (wallet) => wallet.setScope(actor, services, command.options["read-only"]));
  },
  revoke: async (command) => {
    const { actor, device } = await bindingOf(command.words[0], command.kubectl);
    await withWallet(command, (wallet) => (command.options.device ? wallet.revokeDevice(device) : wallet.revokeScope(actor)));
  },
  evaluation: provision,
};

/** Runs one command; answers the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function main(context: ProcessContext): Promise<number> {
  try {
    const { values, positionals } = parse(context.argv);
    const [name = "help", ...words] = positionals;
    const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (run === undefined) {
      context.stderr.write(USAGE);
      return name === "help" ? 0 : 2;
    }
    const print = (rows: Record<string, unknown>[]): void => void context.stdout.write(render(rows, values.json));
    const say = (text: string): void => void context.stderr.write(`${text}\n`);
    await run({ words, options: values, kubectl: createKubectl(context.env), print, say });
    return 0;
  } catch (fault) {
    const isUsage =
      fault instanceof AgentKeysError
        ? fault.code === "invalid_input"
        : (fault as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true;
    context.stderr.write(
      `agentkeys: ${fault instanceof AgentKeysError ? fault.publicMessage : fault instanceof Error ? fault.message : String(fault)}\n`,
    );
    return isUsage ? 2 : 1;
  }
}
