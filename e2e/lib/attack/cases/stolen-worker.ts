/** The creds-worker is stolen too: its certificate opens the signer's door, and the signer checks every chain by itself. */
import assert from "node:assert/strict";
import { deriveKek } from "@agentkeys/common/envelope";
import { capOf, forge, partyOf } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { granted, refused, type Answer } from "../expect.ts";
import type { Kit, Party } from "../kit.ts";
import { newSession, nowSeconds, prove, tamper } from "../tokens.ts";
import { withLeaf } from "../wire.ts";

/** A chain of a party as the worker would pass it on. */
async function chainOf(kit: Kit, party: Party, cap: string, route = "fetch", lie = {}): Promise<Record<string, unknown>> {
  const proof = await prove(party.session, { url: `${kit.worker.url}/credential/${route}`, accessToken: cap }, lie);
  return { cap, delegation: party.delegation, proof };
}

/** Calls the signer with the worker's certificate. */
async function ask(kit: Kit, path: "/derive-cred-kek" | "/sts-credentials" | "/reseal-cred", body: object): Promise<Answer> {
  const worker = withLeaf(kit.signer, kit.loot.caPem, kit.loot.workerLeaf);
  try {
    return await worker.call("POST", path, { body });
  } finally {
    await worker.close();
  }
}

async function refusedBoth(kit: Kit, chain: object, status: number, reason: string): Promise<void> {
  refused(await ask(kit, "/derive-cred-kek", { ...chain, k3_epoch: kit.epoch }), status, reason);
  refused(await ask(kit, "/sts-credentials", chain), status, reason);
}

export const stolenWorkerCases: readonly AttackCase[] = [
  {
    id: "STW-01",
    title: "control: a live chain of A yields A's key and A's session, and no other's",
    run: async (kit) => {
      const chain = await chainOf(kit, kit.a, await capOf(kit, { party: kit.a }));
      const { kek_b64: kek } = granted(await ask(kit, "/derive-cred-kek", { ...chain, k3_epoch: kit.epoch }));
      const k3 = kit.loot.k3.get(kit.epoch);
      assert.ok(k3, `no key of epoch ${kit.epoch}`);
      assert.equal(kek, deriveKek(k3, kit.a.device.actorOmni).revealBytes().toString("base64"));
      assert.notEqual(kek, deriveKek(k3, kit.b.device.actorOmni).revealBytes().toString("base64"));
    },
  },
  {
    id: "STW-02",
    title: "A's chain with B's actor written into the cap",
    run: async (kit) => {
      const cap = tamper(await capOf(kit, { party: kit.a }), { actor_omni: kit.b.device.actorOmni });
      await refusedBoth(kit, await chainOf(kit, kit.a, cap), 403, "broker_sig_invalid");
    },
  },
  {
    id: "STW-03",
    title: "K1 too: a forged cap for B over A's delegation, over B's seen delegation, over the thief's own",
    run: async (kit) => {
      const { actorOmni, operatorOmni } = kit.b.device;
      const overA = await forge(kit, kit.a, { actor_omni: actorOmni });
      await refusedBoth(kit, await chainOf(kit, kit.a, overA), 403, "device_binding_mismatch");
      const seen = { ...kit.b, session: await newSession() };
      await refusedBoth(kit, await chainOf(kit, seen, await forge(kit, seen)), 403, "device_binding_mismatch");
      const device = { ...kit.rival.newDevice("thief"), operatorOmni, actorOmni };
      const own = await partyOf(kit, { device, session: seen.session });
      await refusedBoth(kit, await chainOf(kit, own, await forge(kit, own)), 403, "device_inactive");
    },
  },
  {
    id: "STW-04",
    title: "K1 too: a service A was not granted, and B's chain after its minute",
    run: async (kit) => {
      const wide = await partyOf(kit, { ...kit.a, services: ["attack-alpha", "attack-beta"] });
      const ungranted = await forge(kit, wide, { service: "attack-beta" });
      await refusedBoth(kit, await chainOf(kit, wide, ungranted), 403, "service_not_in_scope");
      const cap = await capOf(kit, { party: kit.b });
      await refusedBoth(kit, await chainOf(kit, kit.b, cap, "fetch", { iat: nowSeconds() - 301 }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "STW-05",
    title: "a key of the next epoch, of none, and by caps that need no key",
    run: async (kit) => {
      const chain = await chainOf(kit, kit.a, await capOf(kit, { party: kit.a }));
      refused(await ask(kit, "/derive-cred-kek", { ...chain, k3_epoch: kit.epoch + 1 }), 403, "k3_epoch_mismatch");
      refused(await ask(kit, "/derive-cred-kek", { ...chain, k3_epoch: 0 }), 400, "invalid_input");
      const cap = await capOf(kit, { party: kit.a, op: "cred-list" });
      const list = await chainOf(kit, kit.a, cap, "list");
      refused(await ask(kit, "/derive-cred-kek", { ...list, k3_epoch: kit.epoch }), 403, "cap_op_mismatch");
      const party = kit.master;
      const stored = await capOf(kit, { party, op: "cred-teardown", request: { actor_omni: kit.b.device.actorOmni } });
      const teardown = await chainOf(kit, party, stored, "teardown");
      refused(await ask(kit, "/derive-cred-kek", { ...teardown, k3_epoch: kit.epoch }), 403, "cap_op_mismatch");
    },
  },
  {
    id: "STW-06",
    title: "the platform's re-encryption cap, for a key; A's own, forged with K1",
    run: async (kit) => {
      const party = kit.master;
      const cap = await capOf(kit, { party, op: "cred-reencrypt", request: { actor_omni: kit.b.device.actorOmni } });
      const chain = await chainOf(kit, party, cap, "reencrypt");
      for (const body of [{ k3_epoch: kit.epoch }, { envelope_version: 1 }, { envelope_version: 2 }])
        refused(await ask(kit, "/derive-cred-kek", { ...chain, ...body }), 403, "cap_op_mismatch");
      const own = await chainOf(kit, kit.a, await forge(kit, kit.a, { op: "cred-reencrypt" }), "reencrypt");
      const blob = { blob_b64: Buffer.alloc(64, 4).toString("base64") };
      refused(await ask(kit, "/reseal-cred", { ...own, ...blob }), 403, "device_role_missing");
    },
  },
];
