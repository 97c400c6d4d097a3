import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { noMoreWords, required, usage, type Call, type CommandBody } from "../command.ts";
import { WALLET_OPTIONS } from "../options.ts";
import { KEY_PLACE_OPTIONS, omniOf, openChain, openKeyPlace, openOperator, type ChainAccess } from "../rotation/context.ts";
import { takeInventory, type StoredItem } from "../rotation/inventory.ts";
import { retireKey } from "../rotation/retire.ts";
import { sealOf } from "../rotation/reencrypt.ts";

export const rotateRetire: CommandBody = {
  operands: "--epoch <n>",
  detail: `Proves that no object of any actor is sealed under the key, then removes it from the signer's Secret (or --k3-dir) and waits until
every signer has forgotten it. Refuses, and lists what still needs it, otherwise. Looks at every operator that the registry knows; those
your device cannot list stand in the way unless --operators says that they store nothing here. Older versions of objects, which the bucket
keeps, are unreadable afterwards.`,
  example: "agentkeys rotate retire --epoch 1",
  options: {
    ...KEY_PLACE_OPTIONS,
    ...WALLET_OPTIONS,
    epoch: { type: "string", value: "<n>", description: "whose key" },
    "quiet-seconds": {
      type: "string",
      value: "<n>",
      default: "30",
      description: "for how long every signer must have sealed nothing under it; longer than a write of the worker takes",
    },
    operators: { type: "string", value: "<omni,…>", description: "every operator that this installation serves" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const epoch = Number(required(call, "epoch"));
    if (!Number.isSafeInteger(epoch) || epoch < 1 || epoch > 255) throw usage("--epoch must be 1 to 255");
    const quietSeconds = Number(required(call, "quiet-seconds"));
    if (!Number.isSafeInteger(quietSeconds) || quietSeconds < 0) throw usage("--quiet-seconds must be a whole number");
    const access = await openChain(call);
    const place = await openKeyPlace(call);
    const operators = await operatorsOf(call, access);
    const { clock, signal } = call.machine;
    const inventory = (): Promise<StoredItem[]> => everything(call, access, operators);
    const { needing, objects } = await retireKey({ ...place, ...access, quietSeconds, inventory, clock, signal, say: call.say }, epoch);
    const rows = needing.map((item) => ({ credential: `${item.owner} ${item.service}`, "sealed by": sealOf(item) }));
    call.answer(
      { epoch, retired: needing.length === 0, objects, operators, needing: rows },
      rows.length > 0 ? rows : { facts: { epoch, objects } },
    );
    if (needing.length === 0) return undefined;
    call.say(`key ${epoch} stays: ${needing.length} of ${objects} objects need it. Run agentkeys rotate reencrypt, or delete them`);
    return 1;
  },
};

async function operatorsOf(call: Call, { registered }: ChainAccess): Promise<Hex[]> {
  const given = call.text("operators");
  if (given === undefined) return await registered.operators();
  const operators = given.split(",").map(omniOf);
  call.say(`looking at ${operators.length} operator(s) that you named, and at no other`);
  return operators;
}

async function everything(call: Call, access: ChainAccess, operators: readonly Hex[]): Promise<StoredItem[]> {
  const items: StoredItem[] = [];
  for (const operator of operators) items.push(...(await takeInventory(await listable(call, access, operator))));
  return items;
}

async function listable(call: Call, access: ChainAccess, operator: Hex): ReturnType<typeof openOperator> {
  try {
    return await openOperator(call, access, operator);
  } catch (cause) {
    const message = cause instanceof AgentKeysError ? cause.publicMessage : "";
    throw new AgentKeysError("operator_mismatch", {
      message: `Operator ${operator} may have something under this key, and you cannot look (${message}): have its owner re-encrypt, then name the operators served here with --operators`,
      cause,
    });
  }
}
