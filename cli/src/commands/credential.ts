import { createReadStream } from "node:fs";
import { AgentKeysError } from "@agentkeys/common/errors";
import { assertService } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { noMoreWords, required, usage, type Call, type CommandBody } from "../command.ts";
import { bindingOf, type BoundActor } from "../kube/binding.ts";
import { readAtMost } from "../machine.ts";
import { CHAIN_OPTIONS, RELAY_OPTION, WALLET_OPTIONS } from "../options.ts";
import { openVault } from "../vault.ts";
import { workstationActor } from "../workstation/open.ts";

/** What the wire takes (protocol §5). */
const MAX_VALUE_BYTES = 65_535;

const BINDING_OPTION = {
  binding: { type: "string", value: "<namespace>/<name>", description: "whose credential it is" },
  workstation: { type: "boolean", description: "the agent's of this workstation, instead of a binding's" },
} as const;
const ACCESS = `Goes through broker and creds-worker with your own device key, which may store, list and delete for every actor of your
operator and never read a value back. The first time the master wallet registers the device on chain.`;

export const credentialPut: CommandBody = {
  operands: "<service> --binding <namespace>/<name>",
  detail: `The value comes from standard input or --file and never from an argument, where a shell would keep it. One newline at its end is
left out. ${ACCESS}`,
  example: "agentkeys credential put openrouter --binding team-a/research-agent < key.txt",
  options: {
    ...BINDING_OPTION,
    file: { type: "string", value: "<file>", description: "read the value from here instead of standard input" },
    "if-version": { type: "string", value: "<version>", description: "only replace this version (see credential list)" },
    "create-only": { type: "boolean", description: "only when there is none yet" },
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
  },
  run: async (call) => {
    const [service, ...more] = call.words;
    if (more.length > 0)
      throw usage(
        "A value is never an argument: give it on standard input or with --file. If that was a real key, your shell now keeps it: replace it",
      );
    if (service === undefined) throw usage(`Name the service, as in ${credentialPut.example}`);
    const name = assertService(service);
    const ifVersion = conditionOf(call);
    const binding = await ownerOf(call);
    if (!call.flag("workstation") && !binding.services.includes(name))
      throw new AgentKeysError("not_found", {
        message: `${binding.name} has no service ${name} (it has ${binding.services.join(", ")}): add it to spec.services first`,
      });
    const value = await readValue(call);
    const vault = await openVault(call, binding);
    const { actorOmni } = binding;
    const { version } = await vault.store({ actorOmni, service: name, value, ...(ifVersion === undefined ? {} : { ifVersion }) });
    value.wipe();
    const stored = { binding: binding.name, service: name, version };
    call.answer(stored, [stored]);
    return undefined;
  },
};

export const credentialList: CommandBody = {
  operands: "--binding <namespace>/<name>",
  detail: ACCESS,
  example: "agentkeys credential list --binding team-a/research-agent",
  options: { ...BINDING_OPTION, ...CHAIN_OPTIONS, ...WALLET_OPTIONS, ...RELAY_OPTION },
  run: async (call) => {
    noMoreWords(call, 0);
    const binding = await ownerOf(call);
    const vault = await openVault(call, binding);
    const { services } = await vault.list({ actorOmni: binding.actorOmni, service: anyServiceOf(binding) });
    const rows = services.map(({ service, version, updated_at: updated }) => ({ service, version, updated }));
    call.answer(rows, rows);
    return undefined;
  },
};

export const credentialRm: CommandBody = {
  operands: "<service…> --binding <namespace>/<name>",
  detail: `Deletes the named services' credentials, or with --all everything of the binding's actor. ${ACCESS}`,
  example: "agentkeys credential rm openrouter --binding team-a/research-agent",
  options: {
    ...BINDING_OPTION,
    all: { type: "boolean", description: "delete everything of the binding's actor" },
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
  },
  run: async (call) => {
    const names = call.words.map(assertService);
    if (call.flag("all") === names.length > 0) throw usage("Name the services to delete, or give --all");
    const binding = await ownerOf(call);
    const vault = await openVault(call, binding);
    const { actorOmni } = binding;
    const rows: { service: string; deleted: number; failed: string }[] = [];
    const note = (service: string, { keys_deleted: deleted, failures }: { keys_deleted: number; failures: string[] }): void =>
      void rows.push({ service, deleted, failed: failures.join(", ") });
    if (call.flag("all")) note("all", await vault.removeAll({ actorOmni, service: anyServiceOf(binding) }));
    for (const service of names) note(service, await vault.remove({ actorOmni, service }));
    call.answer(rows, rows);
    return rows.some(({ failed }) => failed !== "") ? 1 : undefined;
  },
};

/** Whose credentials are meant. */
async function ownerOf(call: Call): Promise<BoundActor> {
  if (!call.flag("workstation")) return await bindingOf(required(call, "binding"), call.machine.kubectl);
  if (call.text("binding") !== undefined) throw usage("--binding and --workstation exclude each other");
  return workstationActor(call.machine);
}

/** A cap always names a service; listing and deleting everything do not depend on which. */
function anyServiceOf({ services }: BoundActor): string {
  return services[0] ?? "any";
}

function conditionOf(call: Call): string | null | undefined {
  const version = call.text("if-version");
  if (!call.flag("create-only")) return version;
  if (version !== undefined) throw usage("--if-version and --create-only exclude each other");
  return null;
}

async function readValue(call: Call): Promise<Secret> {
  const file = call.text("file");
  const { input } = call.machine;
  if (file === undefined && input.isTerminal)
    throw usage(
      "Give the value on standard input (agentkeys credential put … < key.txt) or with --file: it is not typed here, where it would show",
    );
  const bytes = await (file === undefined ? input.read(MAX_VALUE_BYTES + 2) : readFile(file));
  const end = bytes.at(-1) !== 10 ? bytes.length : bytes.length - (bytes.at(-2) === 13 ? 2 : 1);
  const value = bytes.subarray(0, end);
  if (value.length === 0) throw usage("The value is empty: nothing was stored");
  if (value.length > MAX_VALUE_BYTES) throw usage(`The value is longer than ${MAX_VALUE_BYTES} bytes: nothing was stored`);
  const secret = Secret.of(value);
  bytes.fill(0);
  return secret;
}

async function readFile(path: string): Promise<Buffer> {
  try {
    return await readAtMost(createReadStream(path), MAX_VALUE_BYTES + 2);
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${path} cannot be read: nothing was stored`, cause });
  }
}
