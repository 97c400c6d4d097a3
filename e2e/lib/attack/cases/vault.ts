/** What is at rest: read back by its owner alone, moved, cut or altered by whoever rules the store. */
import assert from "node:assert/strict";
import { objectKey } from "@agentkeys/common/envelope";
import { kubectl, SYSTEM } from "../../kube.ts";
import { capOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { failsWith, granted } from "../expect.ts";
import { opened, put, type Kit } from "../kit.ts";
import { fetchAs, refusedUse } from "../reads.ts";
import { get, list, rootS3, withObject } from "../store.ts";

const controls: AttackCase[] = [
  {
    id: "WRK-01a",
    title: "what the platform stores, the pod's own session fetches byte for byte",
    run: async (kit) => {
      const value = `{"type":"basic","user":"ünï","pass":"\\u0000 ${"x".repeat(4000)}"}`;
      await put(kit, kit.a.device, "attack-alpha", value);
      assert.equal(await fetchAs(kit, kit.a), value);
      await put(kit, kit.a.device, "attack-alpha", kit.values.a);
      assert.equal(await fetchAs(kit, kit.a), kit.values.a);
    },
  },
  {
    id: "WRK-01b",
    title: "each actor gets its own, sealed to its own session key",
    run: async (kit) => {
      assert.equal(await fetchAs(kit, kit.b), kit.values.bAlpha);
      assert.equal(await fetchAs(kit, kit.b, "attack-beta"), kit.values.bBeta);
      const cap = await capOf(kit, { party: kit.b });
      const answer = granted(await use(kit, { ...kit.b, cap }));
      assert.ok(!JSON.stringify(answer).includes(kit.values.bAlpha));
      await failsWith(opened(kit.a.session, answer), /sealed payload refused/);
    },
  },
  {
    id: "WRK-01c",
    title: "the store holds no plaintext, and every object stands under an actor's prefix (ISO-10)",
    run: async (kit, say) => {
      const root = rootS3(kit);
      const keys = await list(root);
      for (const key of keys) assert.match(key, /^bots\/[0-9a-f]{64}\/credentials\/[a-z0-9][a-z0-9._-]{0,63}\.enc$/);
      for (const { device } of [kit.a, kit.b]) {
        const blob = await get(root, objectKey(device.actorOmni, "attack-alpha"));
        for (const value of Object.values(kit.values)) assert.ok(!blob.includes(value));
      }
      say(`${keys.length} objects`);
    },
  },
];

/** B's object moved onto another key, and the reader of that key asks for it. */
const moves: AttackCase[] = [
  {
    id: "WRK-12a",
    title: "B's object moved onto A's key",
    run: async (kit) => {
      const root = rootS3(kit);
      const stolen = await get(root, objectKey(kit.b.device.actorOmni, "attack-alpha"));
      const key = objectKey(kit.a.device.actorOmni, "attack-alpha");
      const cap = await capOf(kit, { party: kit.a });
      await withObject(
        kit,
        key,
        () => stolen,
        () => refusedUse(kit, kit.a, cap, 500, "envelope_decrypt"),
      );
      assert.equal(await fetchAs(kit, kit.a), kit.values.a);
    },
  },
  {
    id: "WRK-12b",
    title: "B's object of one service moved onto its other service",
    run: async (kit) => {
      const root = rootS3(kit);
      const moved = await get(root, objectKey(kit.b.device.actorOmni, "attack-beta"));
      const key = objectKey(kit.b.device.actorOmni, "attack-alpha");
      const cap = await capOf(kit, { party: kit.b });
      await withObject(
        kit,
        key,
        () => moved,
        () => refusedUse(kit, kit.b, cap, 500, "envelope_decrypt"),
      );
      assert.equal(await fetchAs(kit, kit.b), kit.values.bAlpha);
    },
  },
  ...(
    [
      ["WRK-12c", "one bit of the ciphertext flipped", (blob: Buffer) => flipped(blob, blob.length - 20), 500, "envelope_decrypt"],
      ["WRK-12d", "the envelope cut short", (blob: Buffer) => blob.subarray(0, 20), 500, "envelope_too_short"],
      ["WRK-12e", "the envelope named by an unknown version", (blob: Buffer) => withByte(blob, 0, 9), 500, "envelope_unknown_version"],
      ["WRK-12g", "the envelope named by an older version", (blob: Buffer) => withByte(blob, 0, 2), 500, "envelope_key_missing"],
      ["WRK-12f", "the envelope named by the next epoch", (blob: Buffer) => withByte(blob, 1, 0xff), 403, "k3_epoch_mismatch"],
    ] as const
  ).map(([id, title, change, status, reason]) => ({
    id,
    title,
    run: async (kit: Kit) => {
      const key = objectKey(kit.a.device.actorOmni, "attack-alpha");
      const cap = await capOf(kit, { party: kit.a });
      await withObject(kit, key, change, () => refusedUse(kit, kit.a, cap, status, reason));
    },
  })),
];

function withByte(blob: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(blob);
  changed[at] = value;
  return changed;
}

const flipped = (blob: Buffer, at: number): Buffer => withByte(blob, at, (blob[at] ?? 0) ^ 1);

const silence: AttackCase[] = [
  {
    id: "WRK-19",
    title: "no credential, cap or delegation in any log of the control plane",
    run: async (kit, say) => {
      const cap = await capOf(kit, { party: kit.a });
      granted(await use(kit, { ...kit.a, cap }));
      const components = ["broker", "creds-worker", "signer", "operator", "webhook"];
      const logs = await Promise.all(
        components.map((name) =>
          kubectl("-n", SYSTEM, "logs", "-l", `app.kubernetes.io/component=${name}`, "--tail=-1", "--since=10m", "--prefix"),
        ),
      );
      const text = logs.join("\n");
      assert.ok(text.length > 1000, "the logs are empty");
      const secrets = [...Object.values(kit.values), kit.a.delegation, cap, kit.loot.storeRoot.password.reveal()];
      for (const secret of [...secrets, ...secrets.map((value) => Buffer.from(value).toString("base64"))])
        assert.ok(!text.includes(secret), `a log holds ${secret.slice(0, 8)}…`);
      say(`${text.length} characters of logs`);
    },
  },
];

export const vaultCases: readonly AttackCase[] = [...controls, ...moves, ...silence];
