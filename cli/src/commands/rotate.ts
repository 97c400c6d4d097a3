import { operatorOmni } from "@agentkeys/common/identity";
import { advanceCall } from "../chain/epoch.ts";
import { noMoreWords, type CommandBody } from "../command.ts";
import { openSigner } from "../master.ts";
import { CHAIN_OPTIONS, WALLET_OPTIONS } from "../options.ts";
import { KEY_PLACE_OPTIONS, openChain, openKeyPlace, openOperator, operatorOf, OPERATOR_OPTION } from "../rotation/context.ts";
import { countByKey, isBehind, takeInventory } from "../rotation/inventory.ts";
import { reencryptAll, sealOf } from "../rotation/reencrypt.ts";
import { rotateK3 } from "../rotation/rotate.ts";

export const rotateKey: CommandBody = {
  operands: "",
  detail: `Makes a key, adds it to the signer's Secret (or to --k3-dir), waits until every signer holds it, and only then advances the
epoch on chain with the governance wallet. Calls that the new epoch overtakes are made again by themselves. What is stored stays readable:
afterwards run agentkeys rotate reencrypt. It may be interrupted at any point: run it again and it goes on where it was.`,
  example: "agentkeys rotate k3",
  options: {
    ...KEY_PLACE_OPTIONS,
    ...WALLET_OPTIONS,
    prepare: {
      type: "boolean",
      description: "stop before the chain is moved, and show the transaction for a governance wallet kept elsewhere",
    },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const { chain, counter } = await openChain(call);
    const place = await openKeyPlace(call);
    const prepareOnly = call.flag("prepare");
    // Before a key is made: whoever cannot move the chain finds out now.
    const governance = await counter.governance();
    const signer = prepareOnly ? null : await openSigner(call, chain, operatorOmni(governance));
    const { randomBytes, clock, signal } = call.machine;
    const advance = async (from: number): Promise<void> => {
      if (signer !== null) await counter.advance(signer, from);
    };
    const { say } = call;
    const deps = { ...place, counter: { current: () => counter.current(), advance }, randomBytes, clock, signal, say };
    const rotated = await rotateK3(deps, { prepareOnly });
    const { to: contract, data } = advanceCall(chain);
    const transaction = rotated.done ? {} : { governance, contract, data };
    call.answer({ ...rotated, ...transaction }, { facts: { ...rotated, ...transaction } });
    call.say(
      !rotated.done
        ? "next: send this transaction with the governance wallet, then run agentkeys rotate k3 --prepare again to see it to the end"
        : "next: agentkeys rotate reencrypt, then agentkeys rotate retire",
    );
    return undefined;
  },
};

export const rotateStatus: CommandBody = {
  operands: "",
  detail: "Reads the epoch on chain, which keys the signer's Secret (or --k3-dir) has and which each signer holds, by fingerprint.",
  example: "agentkeys rotate status",
  options: KEY_PLACE_OPTIONS,
  run: async (call) => {
    noMoreWords(call, 0);
    const { counter } = await openChain(call);
    const { store, fleet } = await openKeyPlace(call);
    const [epoch, kept, { views, missing }] = [await counter.current(), await store.read(), await fleet.look()];
    const held = (keys: (typeof views)[number]["keys"]): string =>
      keys.map(({ epoch: of, fingerprint }) => `${of} (${fingerprint})`).join(", ");
    const signers = [
      ...views.map(({ name, chainEpoch, keys }) => ({ signer: name, "sees epoch": chainEpoch, holds: held(keys) })),
      ...missing.map((name) => ({ signer: name, "sees epoch": null, holds: "cannot be read" })),
    ];
    const rotating = kept.rotatingTo === null ? "none" : `to ${kept.rotatingTo}: run agentkeys rotate k3`;
    const facts = { epoch, keys: kept.epochs.join(", "), "kept in": store.name, "rotation under way": rotating };
    call.answer({ epoch, keys: kept.epochs, rotatingTo: kept.rotatingTo, signers: views, missing }, { facts }, signers);
    return missing.length > 0 ? 1 : undefined;
  },
};

export const rotateReencrypt: CommandBody = {
  operands: "",
  detail: `Lists every actor of the operator and has the creds-worker re-encrypt what an earlier epoch (or the static key of an older
deployment) seals; no value leaves the signer, and a credential that is stored meanwhile is never lost. It may be interrupted at any
point: what is left is found again. Goes through broker and worker with your own device key.`,
  example: "agentkeys rotate reencrypt --dry-run",
  options: {
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...OPERATOR_OPTION,
    "dry-run": { type: "boolean", description: "only show what would be done" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const access = await openChain(call);
    const operator = await openOperator(call, access, await operatorOf(call, access.chain));
    const epoch = await access.counter.current();
    const look = (): ReturnType<typeof takeInventory> => takeInventory(operator);
    const items = (await look()).filter((item) => isBehind(item, epoch));
    if (call.flag("dry-run")) {
      const rows = items.map((item) => ({ credential: `${item.owner} ${item.service}`, "sealed by": sealOf(item) }));
      call.answer({ epoch, left: rows }, rows);
      return undefined;
    }
    const { say, machine } = call;
    const { failed } = await reencryptAll({ ...operator, items, deleteV1: false, say, signal: machine.signal });
    const after = await look();
    const left = after
      .filter((item) => isBehind(item, epoch))
      .map((item) => ({ credential: `${item.owner} ${item.service}`, seal: sealOf(item) }));
    const counts = countByKey(after);
    call.answer({ epoch, done: items.length - failed, left, counts }, counts, ...(left.length === 0 ? [] : [left]));
    return left.length > 0 ? 1 : undefined;
  },
};
