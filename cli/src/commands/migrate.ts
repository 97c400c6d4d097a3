import { noMoreWords, type Call, type CommandBody } from "../command.ts";
import { CHAIN_OPTIONS, WALLET_OPTIONS } from "../options.ts";
import { openChain, openOperator, operatorOf, OPERATOR_OPTION } from "../rotation/context.ts";
import { takeInventory, type StoredItem } from "../rotation/inventory.ts";
import { reencryptAll, sealOf } from "../rotation/reencrypt.ts";

export const migrate: CommandBody = {
  operands: "",
  detail: `Has the creds-worker copy every credential that lies under an actor's older wallet (wallets.json of the signer) to the actor's own
path, sealed under the current epoch; no value leaves the signer. Each copy is read back before it counts. The older ones stay, unless
--delete-v1 is given: then each is deleted once the newer one was written, read back and opened. It may be interrupted at any point: what
is left is found again. Only actors in wallets.json are seen, and only while the migration window is open.`,
  example: "agentkeys migrate --operator-omni 0x… --dry-run",
  options: {
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...OPERATOR_OPTION,
    "delete-v1": { type: "boolean", description: "delete each older blob once the newer one is proven" },
    "dry-run": { type: "boolean", description: "only show what would be done" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const access = await openChain(call);
    const operator = await openOperator(call, access, await operatorOf(call, access.chain));
    const deleteV1 = call.flag("delete-v1");
    const look = async (): Promise<StoredItem[]> => (await takeInventory(operator)).filter((item) => isLeft(item, deleteV1));
    const items = await look();
    if (call.flag("dry-run")) {
      answer(call, { done: 0, failed: 0 }, items);
      return undefined;
    }
    const { failed } = await reencryptAll({ ...operator, items, deleteV1, say: call.say, signal: call.machine.signal });
    const left = await look();
    answer(call, { done: items.length - failed, failed }, left);
    if (left.length === 0) call.say(`nothing is left${deleteV1 ? "" : "; the older blobs are still there: run it with --delete-v1"}`);
    return left.length > 0 || failed > 0 ? 1 : undefined;
  },
};

function isLeft({ path, has_v1: hasV1 }: StoredItem, deleteV1: boolean): boolean {
  return path === "v1" || (deleteV1 && hasV1);
}

function answer(call: Call, counts: { done: number; failed: number }, left: readonly StoredItem[]): void {
  const rows = left.map((item) => ({
    credential: `${item.owner} ${item.service}`,
    "sealed by": sealOf(item),
    "to do": item.path === "v1" ? "copy" : "delete the older one",
  }));
  call.answer({ ...counts, left: rows }, { facts: { ...counts, left: left.length } }, ...(rows.length > 0 ? [rows] : []));
}
